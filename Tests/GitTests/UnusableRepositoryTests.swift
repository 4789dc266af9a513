import Base
import TestSupport
import Testing

@testable import Git

/// What cannot be held is refused with the reason, before anything is made.
struct UnusableRepositoryTests {
    @Test(arguments: [
        "objectFormat=sha256", "relativeWorktrees=true", "refStorage=reftable", "unheardOf=1",
    ])
    func `an extension that the library does not know is named`(setting: String) throws {
        let scratch = try ScratchRepository()
        try scratch.commit("start")
        let parts = setting.split(separator: "=").map(String.init)
        try scratch.git("config", "core.repositoryFormatVersion", "1")
        try scratch.git("config", "extensions.\(parts[0])", parts[1])
        do {
            _ = try Repository(at: scratch.path)
            Issue.record("opened")
        } catch {
            #expect(error.code == .unsupported)
            #expect(error.message.lowercased().contains(parts[0].lowercased()), "\(error.message)")
        }
    }

    @Test func `a registration with a relative path, as newer gits write it, is understood`()
        async throws
    {
        let scratch = try ScratchRepository()
        try scratch.commit("start")
        let tree = try await scratch.makeTree()
        // As a newer git writes it where worktree.useRelativePaths is set.
        try Files.replace(
            scratch.path.appending(".git/worktrees/run-task/gitdir"),
            with: "../../../../trees/run-task/.git\n".utf8)
        let trees = try await scratch.maker()
        #expect(await trees.inspect(tree).findings == [])
        let trashed = try await trees.retire(tree, reason: "test")
        _ = try await trees.restore(trashed)
        #expect(await trees.inspect(tree).findings == [])
    }

    @Test func `without a commit there is no tree, and nothing is left of the attempt`()
        async throws
    {
        let scratch = try ScratchRepository()
        let repository = try Repository(at: scratch.path)
        guard case .branch(_, id: nil) = try await repository.head() else {
            Issue.record("it has a commit")
            return
        }
        await #expect(throws: GitError.self) { try await repository.commit(named: "HEAD") }
    }

    @Test func `a tree without a reflog is not proved unchanged`() async throws {
        let scratch = try ScratchRepository()
        try scratch.git("config", "core.logAllRefUpdates", "false")
        try scratch.write("a", "a\n")
        try scratch.commit("start")
        let pair = try await TreePair(scratch, start: scratch.path)
        try pair.expectAlike(scratch, "as made")
        #expect(await pair.trees.inspect(pair.ours).findings == [])
        #expect(await !pair.trees.inspect(pair.gits).isUnchanged)
    }

    @Test func `a hundred thousand files`() async throws {
        let scratch = try ScratchRepository()
        let blob = try scratch.git("hash-object", "-w", "--stdin", input: Array("same\n".utf8))
        // One folder of a thousand files, a hundred times.
        let names = (0..<1000).map { "100644 blob \(blob)\tfile-\($0)\n" }.joined()
        let folder = try scratch.git("mktree", input: Array(names.utf8))
        let folders = (0..<100).map { "040000 tree \(folder)\tfolder-\($0)\n" }.joined()
        let root = try scratch.git("mktree", input: Array(folders.utf8))
        let commit = try scratch.git("commit-tree", "-m", "many", root)
        try scratch.git("update-ref", "refs/heads/main", commit)
        let tree = try await scratch.makeTree()
        #expect(try scratch.git(in: tree, "status", "--porcelain", "--ignored") == "")
        #expect(try FolderListing.countFiles(below: tree.path) == 100_001)
        #expect(try await scratch.maker().inspect(tree).findings == [])
    }
}
