import Base
import Glibc
import TestSupport
import Testing

@testable import Git

struct PreservationTests {
    private static let rules = WorktreeInspectionTests.rules

    private func request(_ task: String, limit: Int = 10_000_000) -> PreservationRequest {
        PreservationRequest(
            ref: "refs/treeguild/preserved/run/\(task)", subject: "run/\(task)", reason: "test",
            limit: limit, rules: Self.rules)
    }

    private func shell(
        _ script: String, in tree: Worktree, _ scratch: borrowing ScratchRepository
    ) throws {
        let result = try Shell.run(
            ["/bin/sh", "-c", script], in: tree.path, environment: scratch.environment)
        try #require(result.status == 0, "\(result.text)")
    }

    /// What must come back: every file, but no empty folders and nothing that a build makes.
    private func work(in tree: Worktree) throws -> [String] {
        try snapshot(tree.path).filter { !$0.contains("/ 4") && !$0.hasPrefix("build/") }
    }

    @Test(arguments: 0..<10)
    func `whatever a worker does, every byte comes back`(seed: Int) async throws {
        let scratch = try WorktreeInspectionTests.repository()
        var random = SeededRandom(seed: UInt64(seed) &* 0x2545_f491_4f6c_dd1d)
        for number in 0..<20 {
            let name = "t\(number)"
            let trees = Worktrees(in: try Repository(at: scratch.path), git: nil)
            let tree = try await trees.make(
                scratch.tree(name, detached: Bool.random(using: &random)))
            let script = (0..<Int.random(in: 1...12, using: &random))
                .map { _ in RandomWork.step(&random) }.joined(separator: "\n")
            try shell(script + "\n:", in: tree, scratch)
            let before = try work(in: tree)
            let status = try scratch.git(in: tree, "status", "--porcelain=v2", "--branch")
            let reflog = try scratch.git(in: tree, "reflog", "--format=%H")
            let index = try Files.read(
                scratch.path.appending(".git/worktrees/\(name)/index"))

            let result = try await trees.preserve(tree, request(name))
            guard case .stored(let ref, let commit) = result else {
                Issue.record("\(result)\n\(script)")
                continue
            }
            #expect(try await trees.preserve(tree, request(name)) == result, "again: \(script)")
            #expect(
                try Files.read(scratch.path.appending(".git/worktrees/\(name)/index")) == index)
            #expect(try work(in: tree) == before)
            #expect(try scratch.git(in: tree, "status", "--porcelain=v2", "--branch") == status)

            let trashed = try await trees.retire(tree, reason: "test")
            try Files.removeTree(trashed.entry)
            if let branch = tree.branch { try scratch.git("update-ref", "-d", branch) }
            for id in reflog.split(separator: "\n") {
                let held = try scratch.git(
                    ["merge-base", "--is-ancestor", String(id), "\(commit)"], in: scratch.path,
                    allowingFailure: true)
                #expect(held.status == 0, "\(id) is lost: \(script)")
            }
            let back = try await trees.restore(preserved: ref, as: tree).tree
            let after = try work(in: back)
            #expect(
                after == before,
                "\(Set(after).symmetricDifference(before)) \(script)")
        }
        try scratch.git("fsck", "--strict")
    }

    @Test func `index, conflicts and own refs are parents`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let trees = Worktrees(in: try Repository(at: scratch.path), git: nil)
        let tree = try await trees.make(scratch.tree())
        try shell(
            """
            echo staged > file; git add file; echo on disk > file
            git update-ref refs/worktree/own $(git commit-tree -m own HEAD^{tree})
            """, in: tree, scratch)
        guard case .stored(let ref, _) = try await trees.preserve(tree, request("t")) else {
            Issue.record("stored")
            return
        }
        #expect(try scratch.git("show", "\(ref):file") == "on disk")
        #expect(try scratch.git("show", "\(ref)^2:file") == "staged")
        #expect(try scratch.git("log", "-1", "--format=%s", "\(ref)^3") == "own")
        #expect(
            try scratch.git("log", "-1", "--format=%s|%an", ref) == "Preserve run/t: test|treeguild"
        )

        let other = try await trees.make(scratch.tree("other"))
        try shell(
            """
            echo 1 > file; git commit -qam 1; git checkout -q --detach HEAD~; echo 2 > file
            git commit -qam 2; git merge -q treeguild/other; :
            """, in: other, scratch)
        let stages = try scratch.git(in: other, "ls-files", "-u", "--format=%(objectname)")
        guard case .stored(let second, _) = try await trees.preserve(other, request("o")) else {
            Issue.record("stored")
            return
        }
        let objects = try scratch.git("rev-list", "--objects", second)
        for id in stages.split(separator: "\n") { #expect(objects.contains(id)) }
        #expect(objects.contains(try scratch.git("rev-parse", "treeguild/other")))
    }

    @Test func `line ends come back as they were, without what attributes would make of them`()
        async throws
    {
        let scratch = try WorktreeInspectionTests.repository()
        let trees = Worktrees(in: try Repository(at: scratch.path), git: nil)
        let tree = try await trees.make(scratch.tree())
        try shell("printf 'a\\nb\\r\\nc' > crlf.txt; git add crlf.txt", in: tree, scratch)
        let before = try work(in: tree)
        guard case .stored(let ref, _) = try await trees.preserve(tree, request("t")) else {
            Issue.record("stored")
            return
        }
        let back = try await trees.restore(preserved: ref, as: scratch.tree("back")).tree
        #expect(try work(in: back) == before)
    }

    @Test(arguments: [
        // Line ends that git takes for the commit's own, in both directions.
        ["git config core.autocrlf true", "printf 'one\\ntwo\\n' >lines"],
        ["echo '* text=auto' >.git/info/attributes", "printf 'one\\r\\ntwo\\r\\n' >lines"],
        [
            "echo '* eol=crlf' >.git/info/attributes",
            "printf 'one\\ntwo\\r\\n' >lines; git add lines",
        ],
        // What a keyword was, and rules that the worker changed.
        ["echo '* ident' >.git/info/attributes", "printf '$Id: mine $\\n' >keyword"],
        ["true", "echo '* text' >.gitattributes; printf 'one\\r\\ntwo\\r\\n' >lines"],
        ["true", "echo '* text eol=crlf' >.gitattributes; rm lines; git checkout lines"],
        // Modes and links that git is told to overlook.
        ["git config core.fileMode false", "chmod +x lines"],
        ["git config core.symlinks false", "rm link; ln -s lines link"],
    ])
    func `bytes and modes that git takes for unchanged come back as well`(
        _ settingAndWork: [String]
    ) async throws {
        let scratch = try ScratchRepository()
        try scratch.write("lines", "one\ntwo\n")
        try scratch.write("keyword", "$Id$\n")
        symlink("lines", scratch.path.appending("link").description)
        try scratch.commit()
        try scratch.shell(settingAndWork[0], in: scratch.path)
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try shell(settingAndWork[1], in: tree, scratch)
        let before = try work(in: tree)
        let result = try await trees.preserve(tree, request("t"))
        guard case .stored(let ref, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(try await trees.preserve(tree, request("t")) == result)
        let back = try await trees.restore(preserved: ref, as: scratch.tree("back")).tree
        #expect(try work(in: back) == before)
        #expect(try scratch.git("fsck", "--strict").contains("error") == false)
    }

    @Test func `a name that is taken gets a number`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let trees = Worktrees(in: try Repository(at: scratch.path), git: nil)
        let tree = try await trees.make(scratch.tree())
        for (number, name) in ["t", "t-2", "t-3"].enumerated() {
            try shell("echo \(number) > new", in: tree, scratch)
            let result = try await trees.preserve(tree, request("t"))
            guard case .stored("refs/treeguild/preserved/run/" + name, _) = result else {
                Issue.record("\(result)")
                return
            }
        }
        #expect(try scratch.git("show", "refs/treeguild/preserved/run/t:new") == "0")
    }

    @Test func `too much, and what cannot be stored, is said and nothing is kept`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let trees = Worktrees(in: try Repository(at: scratch.path), git: nil)
        let tree = try await trees.make(scratch.tree())
        try shell("head -c 2000 /dev/zero > big", in: tree, scratch)
        #expect(
            try await trees.preserve(tree, request("t", limit: 1999))
                == .tooLarge(bytes: 2000, limit: 1999))
        try shell("git init -q nested; echo x > nested/x; mkfifo pipe", in: tree, scratch)
        #expect(
            try await trees.preserve(tree, request("t"))
                == .impossible([RepositoryPath("nested"), RepositoryPath("pipe")]))
        #expect(try scratch.git("for-each-ref", "refs/treeguild") == "")
    }
}

/// One random thing that workers do, as a line for the shell; failing is part of it.
enum RandomWork {
    static func step(_ random: inout SeededRandom) -> String {
        let names = [
            "file", "dir/other", "link", ".gitkeep", "new", "dir/new",
            "deep/er/x",
            "a.log", "dir/b.log", "build/o", ".env", "$(printf 'odd\\nname')", "$(printf '\\377x')",
            "sp ace", "dir",
        ]
        func name() -> String { "\"" + (names.randomElement(using: &random) ?? "file") + "\"" }
        let number = Int.random(in: 0..<1000, using: &random)
        let steps = [
            "mkdir -p \"$(dirname \(name()))\"; p=\(name()); mkdir -p \"$(dirname \"$p\")\"; printf 'x\(number)\\r\\n\\0' > \"$p\"",
            "p=\(name()); mkdir -p \"$(dirname \"$p\")\"; head -c \(number) /dev/urandom > \"$p\"",
            "printf 'more\\n' >> \(name())", "rm -rf \(name())", "chmod +x \(name())",
            "p=\(name()); rm -rf \"$p\"; ln -s \(name()) \"$p\"",
            "p=\(name()); rm -rf \"$p\"; mkdir \"$p\"; echo in > \"$p/inside\"",
            "git add \(name())", "git add -A", "git rm -q --cached \(name())",
            "git add -N \(name())",
            "git commit -qam 'c\(number)'", "git commit -q --amend --allow-empty -m 'a\(number)'",
            "git reset -q --hard", "git reset -q --hard HEAD~", "git reset -q --soft HEAD~",
            "git checkout -q --detach", "git update-index --assume-unchanged \(name())",
            "mv \(name()) \(name())", "git mv -k \(name()) \(name())", "mkdir -p empty/folder",
        ]
        return "{ " + (steps.randomElement(using: &random) ?? ":") + "; } >/dev/null 2>&1"
    }
}
