import Base
import CLibgit2

/// libgit2's own `git_worktree_add`, which writes the files as well.
struct LibraryWay: TreeWay {
    let repository: MadeRepository
    let threads: Int

    var name: String {
        threads == 1 ? "libgit2, one thread" : "libgit2, \(threads) threads"
    }
    var makesWorktrees: Bool { true }
    var isGit: Bool { false }

    func make(_ trees: [AbsolutePath]) async throws {
        let (path, count) = (repository.path, threads)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<min(count, trees.count) {
                let lane = LibraryLane()
                group.addTask {
                    try await lane.make(
                        stride(from: thread, to: trees.count, by: count).map { trees[$0] },
                        of: path)
                }
            }
            try await group.waitForAll()
        }
    }

    func reset(_ trees: [AbsolutePath]) {}

    func remove(_ trees: [AbsolutePath]) throws {
        try GitWay(repository: repository, order: .loop).remove(trees)
    }
}

/// One thread with a repository handle of its own.
private actor LibraryLane {
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }
    nonisolated private let lane = Lane(label: "libgit2")

    func make(_ trees: [AbsolutePath], of path: AbsolutePath) throws {
        git_libgit2_init()
        var repository: OpaquePointer?
        guard git_repository_open(&repository, path.description) == 0 else {
            throw BenchmarkFailure("libgit2 cannot open \(path)")
        }
        defer { git_repository_free(repository) }
        for tree in trees {
            var worktree: OpaquePointer?
            let name = "\(tree.parent.name)-\(tree.name)"
            guard git_worktree_add(&worktree, repository, name, tree.description, nil) == 0 else {
                throw BenchmarkFailure("libgit2 cannot add \(tree)")
            }
            git_worktree_free(worktree)
        }
    }
}
