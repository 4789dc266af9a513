import Base
import Git

/// Trees as the coordinator makes them: all at once in this process, through the same calls.
struct OurWay: TreeWay {
    let repository: MadeRepository

    var name: String { "treeguild" }
    var makesWorktrees: Bool { true }
    var isGit: Bool { false }

    private func tree(at path: AbsolutePath) throws -> Worktree {
        guard let base = ObjectID(repository.base) else { throw BenchmarkFailure("no commit") }
        return Worktree(
            name: "\(path.parent.name)-\(path.name)", path: path, branch: nil, base: base,
            lockReason: "benchmark")
    }

    private func forEach(
        _ trees: [AbsolutePath],
        _ body: @escaping @Sendable (Worktrees, Worktree) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for path in trees {
                let tree = try tree(at: path)
                let operations = Worktrees(in: try Repository(at: repository.path), git: nil)
                group.addTask { try await body(operations, tree) }
            }
            try await group.waitForAll()
        }
    }

    func make(_ trees: [AbsolutePath]) async throws {
        try await forEach(trees) { _ = try await $0.make($1) }
    }

    /// As a tree goes from one task to the next: out of the way, and in again as another's.
    func reset(_ trees: [AbsolutePath]) async throws {
        try await forEach(trees) { operations, tree in
            let retired = try await operations.retire(tree, reason: "measured")
            guard await operations.make(tree, reusing: retired) else {
                throw BenchmarkFailure("a tree could not be used again")
            }
        }
    }

    func remove(_ trees: [AbsolutePath]) async throws {
        try await forEach(trees) { _ = try await $0.retire($1, reason: "measured") }
        guard let parent = trees.first?.parent else { return }
        // What was retired in this very millisecond too.
        let now = Timestamp(milliseconds: Timestamp.now.milliseconds + 1)
        let emptied = await TrashFolder(besideTreesIn: parent).empty(olderThan: now)
        if let failure = emptied.failures.first { throw failure }
        guard emptied.removed == trees.count else { throw BenchmarkFailure("a tree was left") }
    }
}
