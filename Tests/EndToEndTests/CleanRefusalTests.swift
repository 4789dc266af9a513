import Base
import Glibc
import TestSupport
import Testing

/// `clean` leaves alone what a living owner holds, what is not treeguild's, and what it cannot look at.
struct CleanRefusalTests {
    /// A run whose one tree was kept, with work in it that nobody committed.
    private func kept(_ trial: borrowing Trial) throws -> AbsolutePath {
        let plan = """
            version: 1
            setup: {teardown: ["echo down >>$HOME/ran"]}
            tasks: [{id: a, command: "echo a >a.txt"}]
            """
        #expect(try trial.run(plan, ["--keep-trees"]).status == 0)
        let tree = try #require(
            trial.repository.git("worktree", "list", "--porcelain").split(separator: "\n")
                .last { $0.hasPrefix("worktree ") }
                .flatMap { AbsolutePath(String($0.dropFirst(9))) })
        try Files.replace(tree.appending("mine.txt"), with: "mine\n".utf8)
        return tree
    }

    /// Expects that `clean` keeps the tree, says why, and changes nothing.
    private func expectKept(
        _ trial: borrowing Trial, _ tree: AbsolutePath, because words: String,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        func listing(_ trial: borrowing Trial) throws -> String {
            try Shell.run(
                ["find", tree.description, "-printf", "%p %y %m %s %l\n"], in: trial.outside,
                environment: trial.environment
            ).text + trial.repository.git("worktree", "list", "--porcelain")
        }
        let before = try listing(trial)
        let answer = try trial.treeguild(["clean", "r1"])
        #expect(answer.status == 1, "\(answer.errors)", sourceLocation: location)
        let line = answer.output.split(separator: "\n").first { $0.contains("tree a:") } ?? ""
        #expect(
            line.contains("kept") && line.contains(words), "\(answer.output)",
            sourceLocation: location)
        #expect(try listing(trial) == before, sourceLocation: location)
        #expect(
            try trial.lines("ran") == [], "torn down although it stays", sourceLocation: location)
    }

    @Test func `a link in the place of a ref holds nothing else up`() throws {
        let trial = try Trial()
        let run = try trial.run(
            """
            version: 1
            tasks: [{id: a, command: "echo a >a.txt"}, {id: b, command: "echo b >b.txt"}]
            """)
        #expect(run.status == 0)
        let folder = trial.repository.path.appending(".git/refs/heads/treeguild/r1")
        try Files.removeFile(folder.appending("a"))
        symlink("../../main", folder.appending("a").description)
        let before = try trial.repository.git("rev-parse", "main")
        let answer = try trial.treeguild(["clean", "r1"])
        #expect(answer.output.contains("branch treeguild/r1/a: removed, a worker had put a link"))
        #expect(answer.output.contains("branch treeguild/r1/b: removed"), "\(answer.output)")
        #expect(try trial.repository.git("rev-parse", "main") == before)
        #expect(Files.kind(of: folder) == nil)
    }

    @Test func `a tree that the user locked stays`() throws {
        let trial = try Trial()
        let tree = try kept(trial)
        try trial.repository.git("worktree", "unlock", tree.description)
        try trial.repository.git("worktree", "lock", "--reason", "on a stick", tree.description)
        try expectKept(trial, tree, because: "on a stick")
    }

    @Test func `a tree that another living process of treeguild holds stays`() throws {
        let trial = try Trial()
        let tree = try kept(trial)
        let status = String(
            decoding: try Files.read(try #require(AbsolutePath("/proc/self/stat"))), as: UTF8.self)
        // The name in brackets may hold anything; the start is the twentieth field after it.
        let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
        let boot = String(
            decoding: try Files.read(try #require(AbsolutePath("/proc/sys/kernel/random/boot_id"))),
            as: UTF8.self)
        let owner = "\(getpid()):\(fields[19]):\(boot.dropLast())"
        try Files.replace(
            trial.repository.path.appending(".git/worktrees/treeguild-r1-a/locked"),
            with: "treeguild run r1 process \(owner)".utf8)
        try expectKept(trial, tree, because: "is locked")
    }

    @Test(arguments: ["folder", "repository", "link", "worktree", "file"])
    func `what somebody put in the place of a tree stays`(_ kind: String) throws {
        let trial = try Trial()
        let tree = try kept(trial)
        let elsewhere = trial.outside.appending("elsewhere")
        try Files.rename(tree, to: elsewhere)
        switch kind {
        case "folder":
            try Files.makeFolder(tree)
            try Files.replace(tree.appending("other.txt"), with: "other\n".utf8)
        case "repository":
            try trial.repository.git("clone", "-q", ".", tree.description)
        case "link":
            #expect(symlink(elsewhere.description, tree.description) == 0)
        case "worktree":
            try trial.repository.git(
                "worktree", "add", "-q", "-f", "-f", "-b", "users", tree.description)
        default: try Files.replace(tree, with: "a file\n".utf8)
        }
        try expectKept(trial, tree, because: "")
        #expect(try Files.read(elsewhere.appending("mine.txt")) == Array("mine\n".utf8))
    }

    @Test func `worktrees of the user stay, wherever they are`() throws {
        let trial = try Trial()
        let tree = try kept(trial)
        let inside = tree.parent.appending("users")
        let beside = trial.outside.appending("users-own")
        try trial.repository.git("worktree", "add", "-q", "-b", "one", inside.description)
        try trial.repository.git(
            "worktree", "add", "-q", "-b", "treeguild/r1/two", beside.description)
        #expect(try trial.treeguild(["clean", "r1"]).status == 1)
        #expect(Files.kind(of: tree) == nil)
        for place in [inside, beside] {
            #expect(try trial.repository.git(["status", "--porcelain"], in: place).text == "")
        }
        #expect(try trial.repository.git("branch", "--list", "treeguild/r1/two") != "")
    }

    @Test func `a tree that cannot be read stays, with every file`() throws {
        let trial = try Trial()
        let tree = try kept(trial)
        let closed = tree.appending("closed")
        try Files.makeFolder(closed)
        try Files.replace(closed.appending("work.txt"), with: "work\n".utf8)
        let everything = trial.outside
        let root = geteuid() == 0
        // Nothing is closed to root: the program runs as nobody there.
        let program = everything.appending("treeguild-program")
        if root {
            _ = try Shell.run(
                ["cp", Trial.program, program.description], in: everything,
                environment: trial.environment)
            _ = try Shell.run(
                ["chown", "-R", "65534:65534", everything.description], in: everything,
                environment: trial.environment)
        }
        #expect(chmod(closed.description, 0) == 0)
        defer { chmod(closed.description, 0o700) }
        let words =
            root
            ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program.description]
            : [Trial.program]
        let answer = try Shell.run(
            words + ["clean", "r1"], in: trial.repository.path, environment: trial.environment)
        #expect(answer.status == 1, "\(answer.text)")
        #expect(
            answer.text.contains("tree a: kept") && answer.text.contains("closed"), "\(answer.text)"
        )
        chmod(closed.description, 0o700)
        #expect(try Files.read(closed.appending("work.txt")) == Array("work\n".utf8))
        #expect(try trial.lines("ran") == [])
    }
}
