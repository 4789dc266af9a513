import Base
import Glibc
import TestSupport
import Testing

@testable import Git

struct WorktreeWorkTests {
    private func shell(
        _ script: String, in tree: Worktree, _ scratch: borrowing ScratchRepository
    ) throws {
        let result = try Shell.run(
            ["/bin/sh", "-ec", script], in: tree.path, environment: scratch.environment)
        try #require(result.status == 0, "\(result.text)")
    }

    private func trees(_ scratch: borrowing ScratchRepository) async throws -> Worktrees {
        Worktrees(in: try Repository(at: scratch.path), git: await scratch.gitProgram())
    }

    @Test(arguments: [
        "echo x >> file; echo new > dir/new; rm dir/other; ln -s file l; chmod +x crlf.txt",
        "printf 'a\\r\\nb\\r\\nc\\r\\n' > crlf.txt; echo x > a.log; mkdir build; echo x > build/o",
        "rm file; mkdir file; echo x > file/inside", "rm -r dir; echo x > dir",
        "mv dir moved; ln -s moved dir", "echo x > n; git add n; echo y > n", "git rm -q file",
        "echo x > n; git add -N n; : > m; git add -N m",
        "printf 'x' > \"$(printf 'odd\\nname')\"; printf y > \"$(printf '\\377\\376')\"",
        "git update-index --assume-unchanged file; echo hidden >> file",
        "rm link; echo not a link > link",
        "git config core.autocrlf input; rm link; printf 'no\\r\\nlink\\r\\n' > link",
        "git mv file renamed; echo more >> renamed",
    ])
    func `what is committed is what git would add`(script: String) async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let trees = try await trees(scratch)
        let ours = try await scratch.makeTree("ours")
        let gits = try await scratch.makeTree("gits")
        try shell(script, in: ours, scratch)
        try shell(script, in: gits, scratch)
        try scratch.git(
            ["update-index", "--no-assume-unchanged", "file"], in: gits.path, allowingFailure: true)
        try scratch.git(["add", "-A"], in: gits.path)
        try scratch.git(["commit", "-qm", "by git"], in: gits.path)
        let result = try await trees.commitWork(
            in: ours, message: "by treeguild", identity: Identity(name: "Ada", email: "a@b"))
        guard case .committed(let commit, leftOut: []) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(try scratch.git(in: ours, "rev-parse", "HEAD") == "\(commit)")
        #expect(
            try scratch.git(in: ours, "rev-parse", "HEAD^{tree}")
                == scratch.git(in: gits, "rev-parse", "HEAD^{tree}"))
        #expect(try scratch.git(in: ours, "status", "--porcelain") == "")
        #expect(
            try scratch.git(in: ours, "log", "-1", "--format=%s|%an|%P")
                == "by treeguild|Ada|\(ours.base)")
        #expect(try scratch.git(in: ours, "reflog", "-1", "--format=%gs") == "commit: by treeguild")
        try scratch.git("fsck", "--strict")
    }

    @Test func `nothing to commit is nothing committed, and detached trees take commits too`()
        async throws
    {
        let scratch = try WorktreeInspectionTests.repository()
        let trees = try await trees(scratch)
        let tree = try await scratch.makeTree("t", detached: true)
        func commit() async throws -> CommittedWork {
            try await trees.commitWork(in: tree, message: "m", identity: .fallback)
        }
        #expect(try await commit() == .nothing(leftOut: []))
        try shell("echo x > n", in: tree, scratch)
        guard case .committed(let id, _) = try await commit() else {
            Issue.record("a file is there to commit")
            return
        }
        #expect(try scratch.git(in: tree, "rev-parse", "HEAD") == "\(id)")
        #expect(try scratch.git(in: tree, "status", "--porcelain", "-b") == "## HEAD (no branch)")
        let repository = try Repository(at: scratch.path)
        let summary = try await repository.work(from: tree.base, to: id)
        #expect(summary.commits == [id])
        #expect(summary.changes.map(\.path) == [RepositoryPath("n")])
    }

    @Test func `files with a filter driver are staged by git`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        try scratch.git("config", "filter.upper.smudge", "tr a-z A-Z")
        try scratch.git("config", "filter.upper.clean", "tr A-Z a-z")
        try scratch.write(".gitattributes", "file filter=upper\n")
        try scratch.commit()
        let trees = try await trees(scratch)
        let tree = try await scratch.makeTree()
        try shell("echo LOUD > file; echo plain > other", in: tree, scratch)
        _ = try await trees.commitWork(in: tree, message: "m", identity: .fallback)
        #expect(try scratch.git(in: tree, "show", "HEAD:file") == "loud")
        #expect(try scratch.git(in: tree, "show", "HEAD:other") == "plain")
        #expect(try scratch.git(in: tree, "status", "--porcelain") == "")
    }

    @Test func `repositories inside and special files are left out and named`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let trees = try await trees(scratch)
        let tree = try await scratch.makeTree()
        try shell(
            """
            git init -q nested; cd nested; echo x > x; git add x; git commit -qm x; cd ..
            echo y > y; mkfifo pipe; git add -A . 2>/dev/null
            """, in: tree, scratch)
        let result = try await trees.commitWork(in: tree, message: "m", identity: .fallback)
        guard case .committed(_, let left) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(left == [RepositoryPath("nested"), RepositoryPath("pipe")])
        #expect(
            try scratch.git(in: tree, "ls-tree", "--name-only", "HEAD")
                == ".gitattributes\n.gitignore\ncrlf.txt\ndir\nfile\nlink\ny")
    }

    @Test(arguments: [
        "git checkout -q -b mine; echo x > n", "git checkout -q --detach; echo x > n",
        "echo 1 > file; git commit -qam 1; git branch o HEAD~; echo 2 > file; git checkout -q -f --detach o; echo 3 > file; git commit -qam 2; git checkout -q treeguild/run-task; ! git merge -q HEAD@{1}",
        "rm .git",
    ])
    func `a tree that is in the middle of something is refused`(script: String) async throws {
        let scratch = try WorktreeInspectionTests.repository()
        let trees = try await trees(scratch)
        let tree = try await scratch.makeTree()
        try shell(script, in: tree, scratch)
        let before = try scratch.git("for-each-ref")
        do {
            let result = try await trees.commitWork(in: tree, message: "m", identity: .fallback)
            guard case .refused(let findings) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(!findings.isEmpty)
        } catch { #expect(error.stage == .commit) }
        #expect(try scratch.git("for-each-ref") == before)
    }

    @Test func `set-up files are copied, remembered and not taken for work`() async throws {
        let scratch = try WorktreeInspectionTests.repository()
        try scratch.write(".env", "SECRET=1\n")
        chmod(scratch.path.appending(".env").description, 0o600)
        try scratch.write("config/a.local", "a\n")
        try scratch.write("file", "changed in the main worktree\n")
        let trees = try await trees(scratch)
        let tree = try await scratch.makeTree()
        let provided = try await trees.copySetup(to: tree) {
            $0.description == ".env" || $0.description.hasSuffix(".local")
                || $0.description == "file"
        }
        #expect(Set(provided.keys.map(\.description)) == [".env", "config/a.local"])
        let rules = TreeRules(provided: provided)
        #expect(await trees.inspect(tree, rules: rules).findings == [])
        #expect(
            try await trees.commitWork(in: tree, message: "m", identity: .fallback, rules: rules)
                == .nothing(leftOut: []))
        #expect(try snapshot(tree.path).contains { $0.hasPrefix(".env 100600") })
        try Files.replace(tree.path.appending("config/a.local"), with: "b\n".utf8)
        #expect(
            await trees.inspect(tree, rules: rules).findings
                == [.providedChanged(PathList([RepositoryPath("config/a.local")]))])
    }
}
