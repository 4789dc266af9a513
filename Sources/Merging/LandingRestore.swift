import Base
import Git
import Processes

extension WorktreeUpdate {
    /// Takes back what an update that failed half-way has written; the index is still that of before.
    ///
    /// Touches only files that are exactly as the landing brings them, so that no other work is lost.
    func restore(_ changes: [TreeChange], _ repository: Repository) async throws {
        let differing = try await names(["diff-files", "--name-only", "-z", "--"])
        let isThere = await repository.filesThere(changes.map(\.path), in: worktree.path)
        let brought = try await brought(
            changes.filter { isThere.contains($0.path) && $0.new?.mode.isRegular == true })
        let replaced = changes.filter { change in
            guard change.old != nil, differing.contains(change.path) else { return false }
            return change.new == nil
                ? !isThere.contains(change.path) : brought.contains(change.path)
        }
        if !replaced.isEmpty {
            let input = replaced.flatMap { change -> [UInt8] in change.path.bytes + [0] }
            let output = try await run(
                ["checkout-index", "-f", "-u", "-z", "--stdin"], input: input)
            guard output.ending.isSuccess else { throw failure(["checkout-index"], output) }
        }
        let added = changes.filter { $0.old == nil && brought.contains($0.path) }.map(\.path)
        try await repository.removeFiles(added, in: worktree.path)
    }

    /// Paths whose files hold what the landing brings, filters taken into account.
    private func brought(_ changes: [TreeChange]) async throws -> Set<RepositoryPath> {
        let newline = UInt8(ascii: "\n")
        let askable = changes.filter { !$0.path.bytes.contains(newline) }
        guard !askable.isEmpty else { return [] }
        let output = try await run(
            ["hash-object", "--stdin-paths"],
            input: askable.flatMap { change -> [UInt8] in change.path.bytes + [newline] })
        // Fewer answers than questions: git stopped at a file that it could not read.
        let ids = output.text.split(separator: "\n").map { ObjectID($0) }
        return Set(zip(askable, ids).filter { $0.new?.id == $1 }.map(\.0.path))
    }
}

extension Repository {
    /// The paths at which the worktree has a file or link.
    func filesThere(
        _ paths: [RepositoryPath], in worktree: AbsolutePath
    ) -> Set<RepositoryPath> {
        Set(
            paths.filter {
                let kind = Files.kind(of: worktree.appending($0.description))
                return kind == .file || kind == .link
            })
    }

    /// Removes files of a worktree.
    func removeFiles(_ paths: [RepositoryPath], in worktree: AbsolutePath) throws(FileError) {
        for path in paths { try Files.removeFile(worktree.appending(path.description)) }
    }
}
