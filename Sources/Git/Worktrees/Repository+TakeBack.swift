import Base
import Glibc

/// Taking back what a failed call made; best effort, since the first error is the one to report.
extension Repository {
    /// Removes one part that this call made.
    func takeBack(_ part: MadePart, of tree: Worktree) {
        switch part {
        case .folders(let folders):
            for folder in folders.reversed() { rmdir(folder.description) }
        case .branch:
            guard let branch = tree.branch else { return }
            // A branch that somebody moved meanwhile is theirs.
            try? retryingContention { () throws(WorktreeError) in
                try WorktreeError.during(.branch, branch) {
                    try deleteReference(branch, at: tree.base)
                }
            }
        case .registration:
            // The folder first: a registration without folder is what git can explain to the user.
            try? Files.removeTree(tree.path)
            try? Files.removeTree(tree.registration(in: layout.commonDirectory))
        }
    }

    /// Removes what an attempt at registering left: only files with the content that it writes, and empty folders.
    func removeFailedRegistration(of tree: Worktree) {
        let registration = tree.registration(in: layout.commonDirectory)
        let link = Repository.canonical(tree.path.appending(".git"))
        if pointer(in: link, prefix: "gitdir: ") == registration { unlink(link.description) }
        rmdir(tree.path.description)
        let known = pointer(in: registration.appending("gitdir"), prefix: "")
        if let known, known != link { return }
        if known == link {
            for name in [
                "HEAD", "commondir", "config.worktree", "logs/HEAD", "info/sparse-checkout",
            ] {
                unlink(registration.appending(name).description)
            }
            rmdir(registration.appending("logs").description)
            rmdir(registration.appending("info").description)
            rmdir(registration.appending("refs").description)
            unlink(registration.appending("gitdir").description)
            unlink(registration.appending("locked").description)
        }
        rmdir(registration.description)
    }

    /// The path that a file of one line names, with its folder's links resolved; nil when it cannot be read.
    func pointer(in file: AbsolutePath, prefix: String) -> AbsolutePath? {
        guard let bytes = try? Files.read(file, limit: 1 << 16) else { return nil }  // nil says it.
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix(prefix) else { return nil }
        let line = text.dropFirst(prefix.count).prefix { $0 != "\n" && $0 != "\r\n" }
        return Repository.canonical(AbsolutePath(String(line), relativeTo: file.parent))
    }

    /// The path with the links of its folder resolved, whether it exists or not.
    static func canonical(_ path: AbsolutePath) -> AbsolutePath {
        let existing = Files.nearestFolder(to: path.parent)
        // What vanishes meanwhile keeps its name.
        guard let resolved = try? Files.resolve(existing) else { return path }
        let rest = path.description.dropFirst(
            existing.description == "/" ? 0 : existing.description.count)
        return resolved.appending(String(rest))
    }
}
