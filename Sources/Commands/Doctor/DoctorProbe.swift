import Base
import Git
import Glibc
import SQLite

/// Collects what doctor judges. Blocks.
struct DoctorProbe: Sendable {
    let program: ProgramProbe
    let folder: AbsolutePath
    let places: SettingsPlaces
    /// The folder of worktrees from the settings; nil for the default.
    let worktrees: AbsolutePath?

    func facts() -> DoctorFacts {
        var facts = DoctorFacts()
        facts.git = program.gitVersion()
        facts.libgit2 = Repository.libraryVersion
        facts.sqlite = SQLiteLibrary.version
        facts.memory = memory()
        facts.cgroup = cgroup()
        facts.securityModules = text("/sys/kernel/security/lsm").map {
            $0.split(separator: ",").map(String.init)
        }
        facts.inotifyWatches = number("/proc/sys/fs/inotify/max_user_watches")
        facts.inotifyInstances = number("/proc/sys/fs/inotify/max_user_instances")
        facts.openFiles = openFiles()
        facts.hasIdentity = hasIdentity()
        let repository = RepositoryProbe(program: program, folder: folder, places: places)
        facts.repository = repository.state()
        var place = worktrees ?? folder
        if worktrees == nil, case .found(let found) = facts.repository { place = found.path }
        facts.trees = space(nearest(place))
        return facts
    }

    /// The first line of a small file of the kernel.
    private func text(_ path: String) -> String? {
        // A file that cannot be read is a fact that could not be looked at.
        guard let path = AbsolutePath(path), let bytes = try? Files.read(path, limit: 1 << 20)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
    }

    private func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

    private func openFiles() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return nil
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// The nearest folder above that exists.
    private func nearest(_ path: AbsolutePath) -> AbsolutePath {
        var path = path
        while Files.kind(of: path, followingLinks: true) == nil, path.parent != path {
            path = path.parent
        }
        return path
    }

    private func space(_ path: AbsolutePath) -> DoctorFacts.Space? {
        var status = statvfs()
        guard statvfs(path.description, &status) == 0 else { return nil }
        let inodes = status.f_files == 0 ? nil : Int(clamping: status.f_favail)
        return DoctorFacts.Space(
            path: path, free: Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize)),
            freeInodes: inodes)
    }

    private func memory() -> DoctorFacts.Space? {
        guard let path = AbsolutePath("/dev/shm"), access(path.description, W_OK) == 0,
            isMounted("tmpfs", at: path)
        else { return nil }
        return space(path)
    }

    private func mounts() -> [[Substring]] {
        guard let path = AbsolutePath("/proc/self/mounts"), let bytes = try? Files.read(path)
        else { return [] }  // Without /proc nothing is known to be mounted.
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: " ")
        }
    }

    private func isMounted(_ type: Substring, at path: AbsolutePath) -> Bool {
        mounts().contains { $0.count > 2 && $0[1] == path.description && $0[2] == type }
    }

    private func cgroup() -> DoctorFacts.Cgroup? {
        guard let own = AbsolutePath("/proc/self/cgroup"), let bytes = try? Files.read(own)
        else { return nil }  // Nothing is known without /proc.
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        // Version 2 is the line whose number is 0 and which names no controllers.
        guard let line = lines.first(where: { $0.hasPrefix("0::") }),
            let mount = mounts().first(where: { $0.count > 2 && $0[2] == "cgroup2" })
        else { return .absent }
        let folder = AbsolutePath(String(mount[1]))?.appending(String(line.dropFirst(3)))
        guard let folder else { return .absent }
        return access(folder.description, W_OK) == 0 ? .usable : .readOnly
    }

    private func hasIdentity() -> Bool? {
        guard
            let (status, text) = program.answer([
                "git", "-C", folder.description, "var", "GIT_COMMITTER_IDENT",
            ])
        else { return nil }
        // Git makes an address up from the host's name, which nobody wants in commits.
        guard status == 0, !text.isEmpty else { return status == 127 ? nil : false }
        let given = ["user.email", "committer.email"].contains {
            program.line(["git", "-C", folder.description, "config", "--get", $0]) != nil
        }
        return given || program.hasVariable("GIT_COMMITTER_EMAIL") || program.hasVariable("EMAIL")
    }
}

extension ProgramProbe {
    /// Whether the programs see a variable.
    func hasVariable(_ name: String) -> Bool { line(["printenv", name]) != nil }
}
