import Base
import Glibc
import TestSupport
import Testing

@testable import Git

struct WorktreeRetireTests {
    private func trees(_ scratch: borrowing ScratchRepository) throws -> Worktrees {
        Worktrees(in: try Repository(at: scratch.path), git: nil)
    }

    /// A tree with something of every kind in it.
    private func busyTree(_ scratch: borrowing ScratchRepository) async throws -> Worktree {
        let tree = try await scratch.makeTree()
        let script = """
            echo x > new; echo y >> file; echo s > staged; git add staged; echo l > a.log
            git commit -q --allow-empty -m one; git commit -q --allow-empty --amend -m two
            """
        let result = try Shell.run(
            ["/bin/sh", "-ec", script], in: tree.path, environment: scratch.environment)
        try #require(result.status == 0, "\(result.text)")
        return tree
    }

    private func state(of tree: Worktree, _ scratch: borrowing ScratchRepository) throws -> [String]
    {
        try snapshot(tree.path) + [
            scratch.git(in: tree, "status", "--porcelain=v2", "--branch", "--ignored"),
            scratch.git(in: tree, "reflog"),
        ]
    }

    @Test func `a retired tree is gone for git, and comes back whole`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let tree = try await busyTree(scratch)
        let trees = try trees(scratch)
        let before = try state(of: tree, scratch)
        let trashed = try await trees.retire(tree, reason: "test")
        #expect(Files.kind(of: tree.path) == nil)
        #expect(try scratch.git("worktree", "list").split(separator: "\n").count == 1)
        #expect(trashed.headBranch == tree.branch)
        let tip = try #require(trashed.head)
        try await trees.deleteBranch(of: tree, at: tip)
        #expect(try scratch.git("branch", "--list", "treeguild/*") == "")
        try scratch.git("worktree", "prune", "--expire", "now")

        #expect(try await trees.restore(trashed) == tree)
        #expect(try state(of: tree, scratch) == before)
        #expect(try Files.list(TrashedTree.trash(of: tree)) == [])
        #expect(try await trees.restore(trashed) == tree)
        try scratch.git("fsck", "--strict")
    }

    @Test func `retiring and restoring go on wherever they were killed`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let tree = try await busyTree(scratch)
        let trees = try trees(scratch)
        let repository = try Repository(at: scratch.path)
        let registration = tree.registration(in: repository.layout.commonDirectory)
        let before = try state(of: tree, scratch)

        // After the entry, and after the folder.
        _ = try await repository.beginRetiring(tree, reason: "killed")
        let second = try await repository.beginRetiring(tree, reason: "killed again")
        try await repository.moveFolderToTrash(second)
        let trashed = try await trees.retire(tree, reason: "test")
        #expect(trashed.entry == second.entry)
        #expect(Files.kind(of: registration) == nil)
        #expect(try await trees.retire(tree, reason: "test") == trashed)

        // After the registration is back, and after the folder is.
        try TrashFolder.move(trashed.registration, to: registration)
        _ = try await trees.restore(trashed)
        #expect(try state(of: tree, scratch) == before)

        let again = try await trees.retire(tree, reason: "test")
        try TrashFolder.move(again.registration, to: registration)
        try Files.rename(again.folder, to: tree.path)
        _ = try await trees.restore(again)
        #expect(try state(of: tree, scratch) == before)
        #expect(Files.kind(of: again.entry) == nil)
    }

    @Test func `what belongs to another is refused`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let tree = try await busyTree(scratch)
        let trees = try trees(scratch)
        let lock = scratch.path.appending(".git/worktrees/run-task/locked")
        try Files.replace(lock, with: "somebody else\n".utf8)
        await #expect(
            throws: WorktreeError(
                .retire, tree.path.description, .locked(reason: "somebody else"))
        ) { try await trees.retire(tree, reason: "test") }
        try Files.removeFile(lock)

        let link = tree.path.appending(".git")
        let text = try Files.read(link)
        try Files.replace(link, with: "gitdir: /elsewhere\n".utf8)
        await #expect(throws: WorktreeError.self) { try await trees.retire(tree, reason: "test") }
        try Files.removeFile(link)
        await #expect(throws: WorktreeError.self) { try await trees.retire(tree, reason: "test") }
        try Files.replace(link, with: text)
        let gitdir = scratch.path.appending(".git/worktrees/run-task/gitdir")
        try Files.replace(gitdir, with: "/elsewhere/.git\n".utf8)
        await #expect(throws: WorktreeError.self) { try await trees.retire(tree, reason: "test") }
        try Files.replace(gitdir, with: "\(link)\n".utf8)

        let trashed = try await trees.retire(tree, reason: "test")
        try Files.makeFolder(tree.path)
        await #expect(throws: WorktreeError(.restore, tree.path.description, .exists)) {
            try await trees.restore(trashed)
        }
        rmdir(tree.path.description)
        try scratch.git("branch", "-f", "treeguild/run-task", "main")
        await #expect(throws: WorktreeError.self) { try await trees.restore(trashed) }
        try scratch.git("branch", "-D", "treeguild/run-task")
        _ = try await trees.restore(trashed)
        await #expect(
            throws: WorktreeError(
                .retire, scratch.path.appending(".git/worktrees/none").description, .missing)
        ) {
            let none = Worktree(
                name: "none", path: scratch.outside.appending("trees/none"), branch: nil,
                base: tree.base, lockReason: "")
            return try await trees.retire(none, reason: "test")
        }
    }

    @Test func `the trash is emptied of what is old, and of nothing else`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let trees = try trees(scratch)
        var retired: [TrashedTree] = []
        for name in ["a", "b", "c"] {
            retired.append(try await trees.retire(scratch.makeTree(name), reason: "test"))
        }
        let half = try await scratch.makeTree("half")
        let repository = try Repository(at: scratch.path)
        try await repository.moveFolderToTrash(repository.beginRetiring(half, reason: "killed"))
        let folder = TrashedTree.trash(of: half)
        try Files.makeFolder(folder.appending("not ours"))
        let trash = TrashFolder(besideTreesIn: half.path.parent)
        #expect(await trash.entries().map(\.tree.name) == ["a", "b", "c"])
        let cutoff = Timestamp(milliseconds: retired[2].time.milliseconds)
        let none = await trash.empty(olderThan: retired[0].time)
        #expect(none == EmptiedTrash(removed: 0, left: 0, failures: []))
        let future = Timestamp(milliseconds: cutoff.milliseconds + 1)
        let one = await trash.empty(olderThan: future, limit: 1)
        #expect(one == EmptiedTrash(removed: 1, left: 2, failures: []))
        let rest = await trash.empty(olderThan: future)
        #expect(rest == EmptiedTrash(removed: 2, left: 0, failures: []))
        #expect(try Files.list(folder).count == 2)
        _ = try await trees.retire(half, reason: "test")
    }

    @Test func `a making that was killed is made anew, what it left goes to the trash`()
        async throws
    {
        let scratch = try WorktreeInspectionTests.repository()
        let repository = try Repository(at: scratch.path)
        let trees = Worktrees(in: repository, git: nil)
        for (number, detached) in [false, true].enumerated() {
            let tree = try scratch.tree("killed-\(number)", detached: detached)
            // Killed after each of its stages in turn; each call below finds what the one before left.
            for stage in 0..<5 {
                if stage > 0 { _ = try? await repository.makeParents(of: tree) }
                if stage > 1, !detached { try? await repository.createBranch(of: tree) }
                if stage > 2 { try await repository.register(tree) }
                if stage > 3 {
                    _ = try await repository.writeFiles(of: tree)
                    try Files.replace(tree.path.appending("file"), with: "on".utf8)
                }
                #expect(try await trees.make(tree, resuming: true) == tree)
                #expect(await trees.inspect(tree).findings == [])
                #expect(try await trees.make(tree, resuming: true) == tree)
                let trashed = try await trees.retire(tree, reason: "test")
                if let branch = tree.branch { try scratch.git("update-ref", "-d", branch) }
                try Files.removeTree(trashed.entry)
            }
            try scratch.git("worktree", "prune", "--expire", "now")
            #expect(try scratch.git("for-each-ref", "--format=%(refname)") == "refs/heads/main")
        }
    }
}
