import Base
import Glibc
import TestSupport
import Testing

@testable import Git

/// Trees that get the folder of a retired one.
struct WorktreeReuseTests {
    /// All that tells a tree from another: files with modes, what git says, and the registration.
    private struct Look: Equatable {
        let files: [String]
        let status: String
        let staged: String
        let registration: [String]
        let rootMode: mode_t

        init(_ tree: Worktree, _ scratch: borrowing ScratchRepository) throws {
            files = try snapshot(tree.path)
            status = try scratch.git(in: tree, "status", "--porcelain=v2", "--ignored", "--branch")
                .replacing(tree.name, with: "NAME")
            staged = try scratch.git(in: tree, "ls-files", "-s", "-v", "--debug")
                .split(separator: "\n").filter { !$0.hasPrefix("  ") }.joined(separator: "\n")
            let folder = scratch.path.appending(".git/worktrees").appending(tree.name)
            registration = try Files.list(folder).sorted().map { name in
                ["index", "logs"].contains(name)
                    ? name
                    : name
                        + String(decoding: try Files.read(folder.appending(name)), as: UTF8.self)
                        .replacing(tree.name, with: "NAME")
            }
            var status = stat()
            lstat(tree.path.description, &status)
            rootMode = status.st_mode
        }
    }

    private func shell(
        _ script: String, in tree: Worktree, _ scratch: borrowing ScratchRepository
    ) throws {
        _ = try Shell.run(
            ["/bin/sh", "-c", script], in: tree.path, environment: scratch.environment)
    }

    /// A tree in which the script ran, retired, and its folder in another tree.
    private func reuse(
        _ scratch: borrowing ScratchRepository, after script: String, name: String,
        base: String = "HEAD"
    ) async throws -> (made: Bool, tree: Worktree) {
        let trees = try await scratch.maker()
        let first = try await trees.make(try scratch.tree("\(name)-first"))
        try shell(script, in: first, scratch)
        let retired = try await trees.retire(first, reason: "test")
        let second = try scratch.tree("\(name)-next", base: base)
        return (await trees.make(second, reusing: retired), second)
    }

    @Test(arguments: 0..<6)
    func `whatever a worker did, the next tree is like a new one`(seed: Int) async throws {
        let scratch = try WorktreeInspectionTests.repository()
        if seed % 3 == 0 { try scratch.write(".gitattributes", "* text=auto eol=crlf\n") }
        try scratch.write("other", "of the second commit\n")
        try scratch.commit()
        var random = SeededRandom(seed: UInt64(seed))
        let new = try await scratch.makeTree("made-new")
        let expected = try Look(new, scratch)
        for number in 0..<8 {
            let script = (0..<Int.random(in: 1...12, using: &random))
                .map { _ in RandomWork.step(&random) }.joined(separator: "\n")
            let (made, tree) = try await reuse(scratch, after: script, name: "t\(number)")
            #expect(made, "seed \(seed) tree \(number)\n\(script)")
            let look = try Look(tree, scratch)
            #expect(
                look.files == expected.files && look.status.contains(".oid")
                    && look.staged == expected.staged && look.rootMode == expected.rootMode,
                "seed \(seed) tree \(number)\n\(script)")
            #expect(
                look.registration.map { $0.replacing("t\(number)-next", with: "NAME") }.count
                    == expected.registration.count)
            #expect(try scratch.git(in: tree, "status", "--porcelain", "--ignored") == "")
        }
        #expect(try scratch.git("fsck").contains("error") == false)
    }

    @Test(arguments: [
        "chmod 600 file", "chmod 777 dir", "chmod g+s dir", "ln file /tmp/../$PWD/../linked-$$",
        "touch -d @1 file", "printf 'FILE!\\n' >file; touch -d @1 file", "chmod 000 dir",
        "rm -r dir; ln -s .. dir", "git config --worktree a.b c", "git sparse-checkout set dir",
        "git update-index --skip-worktree file; rm file", "touch .git/nothing; mkdir -p dir/.git",
        "git init -q nested", "mkfifo pipe", "setfattr -n user.x -v y file", "chmod 700 .",
        "git merge --no-commit --no-ff HEAD~ || :; git rebase -q -x false HEAD~ || :",
        "touch $(git rev-parse --git-dir)/index.lock $(git rev-parse --git-dir)/MERGE_HEAD",
    ])
    func `nothing special that a worker leaves is in the next tree`(script: String) async throws {
        let scratch = try WorktreeInspectionTests.repository()
        try scratch.commit("second")
        let expected = try Look(try await scratch.makeTree("made-new"), scratch)
        let (made, tree) = try await reuse(scratch, after: script, name: "special")
        guard made else {
            // Settings of single worktrees are git's business, so the folder is not used again.
            #expect(script.contains("config --worktree") || script.contains("sparse-checkout"))
            #expect(Files.kind(of: tree.path) == nil)
            #expect(try scratch.git("for-each-ref", "refs/heads/treeguild/special-next") == "")
            return
        }
        let look = try Look(tree, scratch)
        #expect(look.files == expected.files)
        #expect(look.staged == expected.staged && look.rootMode == expected.rootMode)
        #expect(look.registration.count == expected.registration.count)
        #expect(try scratch.git(in: tree, "status", "--porcelain", "--ignored") == "")
        #expect(
            try scratch.git(in: tree, "rev-parse", "--abbrev-ref", "HEAD")
                == "treeguild/special-next")
    }

    @Test func `the next tree may start from another commit, and what was there is in the trash`()
        async throws
    {
        let scratch = try WorktreeInspectionTests.repository()
        let old = try scratch.git("rev-parse", "HEAD")
        try scratch.git("rm", "-rq", "dir")
        try scratch.write("dir", "a file now\n")
        try scratch.write("far/away/x", "new\n")
        try scratch.commit()
        let expected = try snapshot(try await scratch.makeTree("made-new").path)
        let (made, tree) = try await reuse(
            scratch, after: "git checkout -q \(old); echo kept >left.txt", name: "other")
        #expect(made)
        #expect(try snapshot(tree.path) == expected)
        let trash = TrashFolder(besideTreesIn: tree.path.parent)
        let entry = try #require(await trash.entries().first)
        #expect(!entry.holdsFolder)
        let left = try Files.list(entry.entry.appending("leftovers")).compactMap {
            try? Files.read(entry.entry.appending("leftovers").appending($0))
        }
        #expect(left.contains(Array("kept\n".utf8)))
    }
}
