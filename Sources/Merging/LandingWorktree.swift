import Base
import Git

/// A worktree that has a branch, or an operation that will move it.
struct LandingWorktree: Hashable, Sendable {
    let path: AbsolutePath
    /// What its `HEAD` and `index` lie in.
    let gitDirectory: AbsolutePath
    /// Why it cannot be updated now.
    let operation: Landing.Operation?
}

extension Repository {
    /// Every worktree, the main one first, in which git would not let the branch be moved from outside.
    ///
    /// Reads git's own files (gitrepository-layout), since libgit2 does not know of a branch that waits for
    /// the end of a rebase or bisection.
    func worktrees(holding branch: String) throws -> [LandingWorktree] {
        var found: [LandingWorktree] = []
        let common = layout.commonDirectory
        if let main = layout.mainWorktree,
            let worktree = try Self.worktree(main, common, holding: branch)
        {
            found.append(worktree)
        }
        let folder = common.appending("worktrees")
        let names: [String]
        do throws(FileError) { names = try Files.list(folder) } catch {
            guard error.isMissing else { throw error }
            return found
        }
        for name in names {
            let administration = folder.appending(name)
            guard let file = try Self.line(administration.appending("gitdir")) else { continue }
            let path = AbsolutePath(file, relativeTo: administration).parent
            if let worktree = try Self.worktree(path, administration, holding: branch) {
                found.append(worktree)
            }
        }
        return found
    }

    /// Nil when the worktree has nothing to do with the branch.
    private static func worktree(
        _ path: AbsolutePath, _ directory: AbsolutePath, holding branch: String
    ) throws(FileError) -> LandingWorktree? {
        var operation = try operationOn(branch, in: directory)
        if try line(directory.appending("HEAD")) == "ref: " + branch {
            operation = operation ?? operationIn(directory)
        } else if operation == nil {
            return nil
        }
        if Files.kind(of: path.appending(".git"), followingLinks: true) == nil {
            operation = .missing
        }
        return LandingWorktree(path: path, gitDirectory: directory, operation: operation)
    }

    /// An operation that began on the branch and ends by moving it, with `HEAD` elsewhere meanwhile.
    private static func operationOn(
        _ branch: String, in directory: AbsolutePath
    ) throws(FileError) -> Landing.Operation? {
        for file in ["rebase-merge/head-name", "rebase-apply/head-name"]
        where try line(directory.appending(file)) == branch {
            return .rebase
        }
        if try lines(directory.appending("rebase-merge/update-refs")).contains(branch) {
            return .rebase
        }
        let start = try line(directory.appending("BISECT_START"))
        return start.map { "refs/heads/" + $0 } == branch ? .bisect : nil
    }

    private static func operationIn(_ directory: AbsolutePath) -> Landing.Operation? {
        let signs: [(String, Landing.Operation)] = [
            ("rebase-merge", .rebase), ("rebase-apply", .rebase), ("MERGE_HEAD", .merge),
            ("CHERRY_PICK_HEAD", .cherryPick), ("REVERT_HEAD", .revert),
            ("sequencer", .cherryPick), ("BISECT_LOG", .bisect), ("index.lock", .indexLocked),
        ]
        return signs.first { Files.kind(of: directory.appending($0.0)) != nil }?.1
    }

    /// The first line of a small file; nil when there is no such file.
    private static func line(_ path: AbsolutePath) throws(FileError) -> String? {
        try lines(path).first
    }

    private static func lines(_ path: AbsolutePath) throws(FileError) -> [String] {
        do throws(FileError) {
            let text = String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self)
            return text.split(separator: "\n").map(String.init)
        } catch {
            guard error.isMissing else { throw error }
            return []
        }
    }
}
