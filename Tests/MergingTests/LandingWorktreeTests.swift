import Base
import Git
import Merging
import TestSupport
import Testing

struct LandingWorktreeTests {
    @Test func `uncommitted, staged, untracked and ignored work is kept`() async throws {
        let scratch = try LandingScratch()
        try scratch.write("keep", "edited\n")
        try scratch.write("b", LandingScratch.lines(changing: 5))
        try scratch.git("add", "b")
        try scratch.write("b", LandingScratch.lines(changing: 6))
        try scratch.write("staged", "new\n")
        try scratch.git("add", "staged")
        try scratch.write("untracked", "mine\n")
        try scratch.write("new/beside", "mine\n")
        try scratch.write("x.tmp", "mine\n")
        let status = try scratch.git("status", "--porcelain", "-uall", "--ignored")
        let staged = try scratch.git("diff", "--cached")
        let unstaged = try scratch.git("diff")
        #expect(try await scratch.land().landed != nil)
        #expect(try scratch.git("status", "--porcelain", "-uall", "--ignored") == status)
        #expect(try scratch.git("diff", "--cached") == staged)
        #expect(try scratch.git("diff") == unstaged)
        #expect(Files.kind(of: scratch.path.appending("gone")) == nil)
        #expect(try Files.read(scratch.path.appending("new/file")) == Array("new\n".utf8))
    }

    /// Work in the way: shell commands, and the paths that are named.
    static let obstacles: [(String, [String])] = [
        ("echo mine >> a", ["a"]),
        ("echo mine >> a; git add a", ["a"]),
        ("echo mine >> a; echo mine >> gone; git add a", ["a", "gone"]),
        ("git rm -q --cached a", ["a"]),
        ("echo mine >> gone", ["gone"]),
        ("mkdir new; echo mine > new/file", ["new/file"]),
        ("mkdir new; echo mine > new/file; git add new", ["new/file"]),
        ("echo mine > new", ["new"]),
        ("echo mine > new; git add new", ["new"]),
        ("ln -s keep new", ["new"]),
        ("mkdir -p new/file; echo mine > new/file/x", ["new/file/x"]),
        // git itself overwrites what it ignores.
        ("echo new/ >> .git/info/exclude; mkdir new; echo mine > new/file", ["new/file"]),
        ("echo new >> .git/info/exclude; echo mine > new", ["new"]),
        ("mkdir -p new/file; echo mine > new/file/x.tmp", ["new/file/x.tmp"]),
    ]

    @Test(arguments: obstacles)
    func `what is in the way is named, and nothing changes`(
        script: String, paths: [String]
    ) async throws {
        let scratch = try LandingScratch()
        let result = try scratch.sh(script)
        try #require(result.status == 0)
        let before = try scratch.snapshot()
        for strategy in Landing.Strategy.allCases {
            #expect(
                try await scratch.land(strategy)
                    == .inTheWay(
                        worktree: scratch.path, paths.map { RepositoryPath($0) }))
            #expect(try scratch.snapshot() == before)
        }
    }

    /// Work that only looks as if it was in the way.
    @Test(arguments: [
        "touch -d '2001-01-01' a gone",
        "git checkout -q topic -- a new/file",
        "git checkout -q topic -- a; echo mine >> a",
        "mkdir -p new/folder",
    ])
    func `what the landing does not overwrite is not in its way`(script: String) async throws {
        let scratch = try LandingScratch()
        let result = try scratch.sh(script)
        try #require(result.status == 0)
        let mine = try Files.read(scratch.path.appending("a"))
        #expect(try await scratch.land().landed != nil)
        #expect(try scratch.git("diff", "--cached") == "")
        if script.contains("mine") {
            #expect(try Files.read(scratch.path.appending("a")) == mine)
        } else {
            #expect(try scratch.git("status", "--porcelain") == "")
        }
    }

    /// Shell commands that leave an operation behind.
    static let operations: [(String, Landing.Operation)] = [
        ("git merge -q --no-commit --no-ff topic || true", .merge),
        ("git cherry-pick clash || true", .cherryPick),
        ("git revert --no-edit clash || true", .revert),
        ("git rebase -q clash || true", .rebase),
        ("git rebase -q --apply clash || true", .rebase),
        ("git checkout -q clash; git rebase -q --update-refs main || true", .rebase),
        ("git bisect start -q; git bisect bad; git bisect good main~1", .bisect),
        ("touch .git/index.lock", .indexLocked),
    ]

    @Test(arguments: operations)
    func `an operation in progress refuses the landing`(
        script: String, operation: Landing.Operation
    ) async throws {
        let scratch = try LandingScratch()
        try scratch.git("checkout", "-q", "-b", "clash")
        try scratch.write("a", "clash\n")
        try scratch.commit("clash")
        try scratch.git("checkout", "-q", "main")
        try scratch.moveMain()
        if operation == .rebase, script.contains("update-refs") {
            // main is a branch in the middle of the one that is rebased, onto something that conflicts.
            try scratch.git("checkout", "-q", "-b", "stack")
            try scratch.commit("on top")
            let result = try Shell.run(
                ["git", "rebase", "-q", "--update-refs", "clash"], in: scratch.path,
                environment: scratch.environment)
            try #require(result.status != 0)
        } else {
            let result = try scratch.sh(script)
            try #require(result.status == 0, "\(result.text)")
        }
        let refs = try scratch.git("for-each-ref")
        #expect(
            try await scratch.land() == .busy(worktree: scratch.path, operation))
        #expect(try scratch.git("for-each-ref") == refs)
    }

    @Test func `a linked worktree of the branch follows, the main one stays`() async throws {
        let scratch = try LandingScratch()
        let linked = scratch.outside.appending("linked")
        try scratch.git("checkout", "-q", "-b", "elsewhere")
        try scratch.git("worktree", "add", "-q", linked.description, "main")
        try Files.replace(linked.appending("keep"), with: "edited\n".utf8)
        let main = try scratch.git("ls-files", "-s")
        #expect(try await scratch.land(.ff).landed != nil)
        #expect(try scratch.git(["status", "--porcelain"], in: linked).line == " M keep")
        #expect(
            try Files.read(linked.appending("a"))
                == Array(LandingScratch.lines(changing: 8).utf8))
        #expect(try scratch.git("ls-files", "-s") == main)
        #expect(try scratch.git("status", "--porcelain") == "")
    }

    @Test func `two worktrees of one branch both follow, or neither`() async throws {
        let scratch = try LandingScratch()
        let linked = scratch.outside.appending("linked")
        try scratch.git("worktree", "add", "-q", "-f", linked.description, "main")
        try Files.replace(linked.appending("a"), with: "edited\n".utf8)
        let before = try scratch.snapshot()
        #expect(
            try await scratch.land()
                == .inTheWay(worktree: linked, [RepositoryPath("a")]))
        #expect(try scratch.snapshot() == before)
        try scratch.git(["checkout", "-q", "a"], in: linked)
        #expect(try await scratch.land().landed != nil)
        for folder in [scratch.path, linked] {
            #expect(try scratch.git(["status", "--porcelain"], in: folder).line == "")
        }
    }

    @Test func `a worktree whose files are gone is not taken for none`() async throws {
        let scratch = try LandingScratch()
        let linked = scratch.outside.appending("linked")
        try scratch.git("checkout", "-q", "-b", "elsewhere")
        try scratch.git("worktree", "add", "-q", linked.description, "main")
        try Files.removeTree(linked)
        #expect(try await scratch.land() == .busy(worktree: linked, .missing))
        try scratch.git("worktree", "prune")
        #expect(try await scratch.land().landed != nil)
    }

    @Test func `a detached HEAD at the branch's commit stays where it is`() async throws {
        let scratch = try LandingScratch()
        try scratch.git("checkout", "-q", "--detach")
        let start = try scratch.id("HEAD")
        #expect(try await scratch.land().landed != nil)
        #expect(try scratch.id("HEAD") == start)
        #expect(try scratch.git("status", "--porcelain") == "")
    }

    @Test func `when the files cannot follow, the branch goes back`() async throws {
        let scratch = try LandingScratch()
        try scratch.git("checkout", "-q", "topic")
        try scratch.write(".gitattributes", "*.bin filter=broken\n")
        try scratch.write("z.bin", "x\n")
        try scratch.commit("needs a filter")
        try scratch.git("checkout", "-q", "main")
        try scratch.git("config", "filter.broken.required", "true")
        try scratch.git("config", "filter.broken.smudge", "false")
        try scratch.write("keep", "edited\n")
        let (main, index) = (try scratch.id("main"), try scratch.git("ls-files", "-s"))
        await #expect(throws: MergeError.self) { _ = try await scratch.land() }
        #expect(try scratch.id("main") == main)
        #expect(try scratch.git("ls-files", "-s") == index)
        #expect(try scratch.git("status", "--porcelain") == " M keep")
    }
}
