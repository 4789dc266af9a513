import Base
import Glibc
import TestSupport
import Testing

@testable import Git

/// Random repositories and random workers, with git as the oracle; `TREEGUILD_REPOSITORY_CASES` sets how many.
struct RandomRepositoryTests {
    private static let seeds: Range<UInt64> = {
        let wanted = getenv("TREEGUILD_REPOSITORY_CASES").flatMap { UInt64(String(cString: $0)) }
        return 0..<(wanted ?? 100)
    }()

    @Test(arguments: seeds)
    func `what we find, commit, preserve and bring back is what git says`(seed: UInt64) async throws
    {
        let scratch = try ScratchRepository()
        var random = RandomRepository(seed: seed)
        try random.build(scratch)
        let trees = try await scratch.maker()
        let tree = try scratch.tree("task", base: "HEAD")
        if seed % 4 == 3 {
            try scratch.git(
                "worktree", "add", "-q", "-b", "treeguild/task", tree.path.description)
            try scratch.git("worktree", "lock", "--reason", tree.lockReason, tree.path.description)
        } else {
            _ = try await trees.make(tree)
        }
        let note: Comment = "seed \(seed): \(random.steps)"
        #expect(await trees.inspect(tree).findings == [], note)
        try #require(try GitStatus(scratch, in: tree.path) == GitStatus(TreeState()), note)

        try random.work(scratch, in: tree.path)
        let after: Comment = "seed \(seed): \(random.steps)"
        let status = try GitStatus(scratch, in: tree.path)
        let state = await trees.state(of: tree, rules: TreeRules())
        #expect(GitStatus(state) == status, after)
        let before = try snapshot(tree.path)
        try await expectRetiring(tree, trees, before, after)
        try await expectPreserving(tree, trees, scratch, before, after)
        try await expectCommit(tree, trees, scratch, after)
    }

    private func expectRetiring(
        _ tree: Worktree, _ trees: Worktrees, _ before: [String], _ note: Comment
    ) async throws {
        let trashed = try await trees.retire(tree, reason: "test")
        _ = try await trees.restore(trashed)
        #expect(try snapshot(tree.path) == before, note)
    }

    /// Restored elsewhere from the ref alone, every byte is there. Modes beyond git's are the umask's.
    private func expectPreserving(
        _ tree: Worktree, _ trees: Worktrees, _ scratch: borrowing ScratchRepository,
        _ before: [String], _ note: Comment
    ) async throws {
        let request = PreservationRequest(
            ref: "refs/treeguild/preserved/r/t", subject: "r/t", reason: "test")
        let result = try await trees.preserve(tree, request)
        guard case .stored(let ref, _) = result else {
            Issue.record("\(result) \(note)")
            return
        }
        let again = try await trees.restore(preserved: ref, as: try scratch.tree("again")).tree
        func files(_ lines: [String]) -> [String] { lines.filter { !$0.contains("/ ") } }
        #expect(files(try snapshot(again.path)) == files(before), note)
    }

    private func expectCommit(
        _ tree: Worktree, _ trees: Worktrees, _ scratch: borrowing ScratchRepository,
        _ note: Comment
    ) async throws {
        let head = try scratch.git(in: tree, "rev-parse", "HEAD^{tree}")
        let wanted = try scratch.shell(
            """
            index=$(git rev-parse --git-path index); cp "$index" "$index.own"
            GIT_INDEX_FILE="$index.own" git add -A --sparse >&2 && GIT_INDEX_FILE="$index.own" git write-tree; rm "$index.own"
            """, in: tree.path
        ).split(separator: "\n").last.map(String.init)
        switch try await trees.commitWork(in: tree, message: "work", identity: .fallback) {
        case .committed(let commit, leftOut: []):
            #expect(try scratch.git(in: tree, "rev-parse", "\(commit)^{tree}") == wanted, note)
        case .nothing(leftOut: []): #expect(head == wanted, note)
        case let other: Issue.record("\(other) \(note)")
        }
        #expect(try scratch.git(in: tree, "status", "--porcelain=v2") == "", note)
    }
}
