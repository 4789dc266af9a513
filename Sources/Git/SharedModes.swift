import Base
import CLibgit2
import Glibc

/// What `core.sharedRepository` asks of the modes of files and folders; libgit2 does not heed it.
struct SharedModes: Equatable {
    private let bits: mode_t
    /// True when the bits are all that may be set, not some that must be.
    private let isExact: Bool

    /// Reads the setting as git does; nil when it leaves modes to the umask.
    init?(_ text: String) {
        switch text.lowercased() {
        case "group", "true", "yes", "on", "1": (bits, isExact) = (0o660, false)
        case "all", "world", "everybody", "2": (bits, isExact) = (0o664, false)
        default:
            guard let mode = mode_t(text, radix: 8), mode & 0o600 == 0o600 else { return nil }
            (bits, isExact) = (mode & 0o666, true)
        }
    }

    /// The mode that a file or folder of the git directory is to have.
    func mode(for old: mode_t) -> mode_t {
        let isFolder = old & S_IFMT == S_IFDIR
        var wanted = old & 0o200 == 0 ? bits & ~0o222 : bits
        if old & 0o100 != 0 { wanted |= (wanted & 0o444) >> 2 }
        var mode = isExact ? old & 0o7000 | wanted : old & 0o7777 | wanted
        if isFolder {
            mode |= (mode & 0o444) >> 2
            // What is made below belongs to the same group then.
            if mode & 0o060 != 0 { mode |= S_ISGID }
        }
        return mode
    }

    /// Changes a mode where that is needed; what belongs to somebody else stays.
    func apply(to path: AbsolutePath) {
        var status = stat()
        guard lstat(path.description, &status) == 0, status.st_uid == geteuid(),
            [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
        else { return }
        let wanted = mode(for: status.st_mode)
        if wanted != status.st_mode & 0o7777 { chmod(path.description, wanted) }
    }
}

extension RepositoryHandle {
    func sharedModes() throws(GitError) -> SharedModes? {
        let pointer = pointer
        let config = try Owned(git_config_free, "read configuration", "core.sharedrepository") {
            git_repository_config_snapshot(&$0, pointer)
        }
        var value: UnsafePointer<CChar>?
        let status = git_config_get_string(&value, config.pointer, "core.sharedrepository")
        if status == GIT_ENOTFOUND.rawValue { return nil }
        try check(status, "read configuration", "core.sharedrepository")
        return value.flatMap { SharedModes(String(cString: $0)) }
    }
}

/// Best effort: who shares a repository without these modes could not write either.
extension Repository {
    /// Gives a ref, its log and the folders of loose objects the modes of a shared repository.
    func share(reference name: String) {
        guard let sharing else { return }
        for root in ["", "logs/"] {
            var path = layout.commonDirectory.appending(root + name)
            while path.isInside(layout.commonDirectory), path != layout.commonDirectory {
                sharing.apply(to: path)
                path = path.parent
            }
        }
        for number in 0..<256 {
            sharing.apply(
                to: layout.commonDirectory.appending(
                    "objects/" + [UInt8(number)].hexadecimal))
        }
    }

    /// Gives a tree's folder and registration those modes, as git does: folders made below inherit the group.
    func share(_ tree: Worktree) {
        guard let sharing else { return }
        sharing.apply(to: tree.path)
        func visit(_ path: AbsolutePath) {
            sharing.apply(to: path)
            guard Files.kind(of: path) == .folder else { return }
            // A folder that can't be listed keeps the modes that it has: the tree itself is made.
            for name in (try? Files.list(path)) ?? [] { visit(path.appending(name)) }
        }
        sharing.apply(to: layout.commonDirectory.appending("worktrees"))
        visit(tree.registration(in: layout.commonDirectory))
    }
}
