import Base
import Git
import Glibc
import Processes
import SQLite

/// Collects what doctor judges.
struct DoctorProbe: Sendable {
    let program: ProgramProbe
    let places: SettingsPlaces
    /// The folder of worktrees from the settings; nil for the default.
    let worktrees: AbsolutePath?

    func facts() async -> DoctorFacts {
        var facts = await BlockingCalls.run { machine() }
        facts.git = await program.gitVersion()
        facts.hasIdentity = await program.hasIdentity()
        facts.repository = await RepositoryProbe(program: program, places: places).state()
        var folder = places.folder
        if case .found(let found) = facts.repository {
            facts.ledger = await LedgerProbe.state(below: found.path)
            folder = found.path
        }
        let place = worktrees ?? folder
        facts.trees = await BlockingCalls.run { space(nearest(place)) }
        return facts
    }

    /// What the kernel and the libraries say. Blocks.
    private func machine() -> DoctorFacts {
        var facts = DoctorFacts()
        facts.libgit2 = Repository.libraryVersion
        facts.sqlite = SQLiteLibrary.version
        facts.memory = memory()
        facts.cgroup = cgroup()
        facts.sandbox = SandboxSupport.probed
        facts.inotifyWatches = number("/proc/sys/fs/inotify/max_user_watches")
        facts.inotifyInstances = number("/proc/sys/fs/inotify/max_user_instances")
        facts.openFiles = openFiles()
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
        // Without /proc nothing is known to be mounted.
        guard let path = AbsolutePath("/proc/self/mounts"), let bytes = try? Files.read(path)
        else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: " ")
        }
    }

    private func isMounted(_ type: Substring, at path: AbsolutePath) -> Bool {
        mounts().contains { $0.count > 2 && $0[1] == path.description && $0[2] == type }
    }

    private func cgroup() -> DoctorFacts.Cgroup? {
        // Nothing is known without /proc.
        guard let own = AbsolutePath("/proc/self/cgroup"), let bytes = try? Files.read(own)
        else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        // Version 2 is the line whose number is 0 and which names no controllers.
        guard let line = lines.first(where: { $0.hasPrefix("0::") }),
            let mount = mounts().first(where: { $0.count > 2 && $0[2] == "cgroup2" })
        else { return .absent }
        let folder = AbsolutePath(String(mount[1]))?.appending(String(line.dropFirst(3)))
        guard let folder else { return .absent }
        return access(folder.description, W_OK) == 0 ? .usable : .readOnly
    }
}
