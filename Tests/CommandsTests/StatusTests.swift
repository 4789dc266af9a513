import Base
import Store
import TestSupport
import Testing

@testable import Commands

struct StatusTests {
    @Test func `where no run was made status says so, and the others what makes one`() async throws
    {
        let repository = try ScratchRepository()
        let status = await Captured.run(["status"], in: repository.path)
        #expect(status.code == .done)
        #expect(status.data == "no runs yet\n")
        let json = await Captured.run(["status", "--json"], in: repository.path)
        #expect(try json.json == ["schema": "treeguild.status/1", "runs": []])
        for words in [["status", "x"], ["log"], ["show", "x/y"], ["stop"]] {
            let captured = await Captured.run(words, in: repository.path)
            #expect(captured.code == .usage)
            #expect(captured.talk.contains("treeguild run PLAN"))
        }
        #expect(Files.kind(of: repository.path.appending(".git/treeguild")) == nil)
    }

    @Test func `outside a repository all of them are bad usage`() async throws {
        let scratch = try Scratch()
        for words in [["status"], ["log"], ["show", "x/y"], ["stop"], ["land", "--onto", "main"]] {
            let captured = await Captured.run(words, in: scratch.path)
            #expect(captured.code == .usage)
            #expect(captured.talk.contains("not inside a git repository"))
        }
    }

    @Test func `all runs are a table, newest first`() async throws {
        let scratch = try await StatusLedger()
        _ = try await scratch.finishedRun("first")
        let second = try await scratch.run("second", owner: StatusLedger.dead)
        try await scratch.task("a", of: second, .running, ["attempts": 1])
        let captured = await scratch.command("status")
        #expect(captured.code == .done)
        #expect(
            captured.data == """
                RUN     STATE        TASKS                  STARTED               ELAPSED  RESULT
                second  interrupted  1 running              2023-11-14T22:13:20Z  -        -
                first   completed    1 completed, 1 failed  2023-11-14T22:13:20Z  0.0 s    \
                treeguild/first/merged
                interrupted; to go on: treeguild resume second
                  its process ended in the middle of it

                """)
        #expect(await scratch.command("status", "--names").data == "second\nfirst\n")
    }

    @Test func `one run is its tasks, where their trees are and what became of them`() async throws
    {
        let scratch = try await StatusLedger()
        let id = try await scratch.finishedRun("first")
        let path = try #require(AbsolutePath("/trees/lint"))
        try await scratch.ledger.setTree(
            TreeRow(
                run: id, name: "lint", path: path, branch: "treeguild/first/lint",
                base: scratch.base, state: .kept))
        try await scratch.ledger.setTree(
            TreeRow(
                run: id, name: "docs", path: path, base: scratch.base, state: .removed,
                ref: "refs/treeguild/preserved/first/docs"))
        let captured = await scratch.command("status", "first")
        #expect(
            captured.data == """
                first  completed  1 completed, 1 failed
                started  2023-11-14T22:13:20Z
                elapsed  0.0 s
                base     \(scratch.base)
                result   treeguild/first/merged
                TASK  STATE      LINES  BRANCH                TREE                                 NOTE
                docs  completed  +3 -1  treeguild/first/docs  refs/treeguild/preserved/first/docs  \
                wrote the documents
                lint  failed     -      treeguild/first/lint  /trees/lint                          \
                exit: exit status 2

                """)
    }

    @Test func `the documents follow their schemas, whatever the rows hold`() async throws {
        let scratch = try await StatusLedger()
        let finished = try await scratch.finishedRun("first")
        let second = try await scratch.run("second")
        try await scratch.task("empty", of: second, .pending)
        try await scratch.task("skipped", of: second, .skipped, ["error": .null])
        for words in [["status"], ["status", "first"], ["status", "second"]] {
            let captured = await Captured.run(words + ["--json"], in: scratch.repository.path)
            #expect(try captured.schemaProblems() == [])
        }
        let stored = try await scratch.ledger.run(finished)?.result
        #expect(try await scratch.command("status", "first", "--json").json == stored)
        #expect(
            try await scratch.command("status", "second", "--json").json["status"] == "running")
    }

    @Test func `an owner that nobody can understand may still be alive`() async throws {
        let scratch = try await StatusLedger()
        try await scratch.run("odd", owner: "a process of another program")
        let captured = await scratch.command("status", "--json")
        #expect(try captured.json["runs"]?.arrayValue?.first?["status"] == "running")
    }

    @Test func `a mistyped run is corrected`() async throws {
        let scratch = try await StatusLedger()
        try await scratch.run("20260102-030405-x7k2")
        let captured = await scratch.command("status", "20260102-030405-x7k3")
        #expect(captured.code == .usage)
        #expect(captured.talk.contains("did you mean '20260102-030405-x7k2'?"))
    }

    @Test func `what a worker said cannot move the cursor`() async throws {
        let scratch = try await StatusLedger()
        let id = try await scratch.run("run")
        try await scratch.task("a", of: id, .completed, ["summary": "\u{1b}[2Jgone"])
        #expect(await scratch.command("status", "run").data.contains("\\x1b[2Jgone"))
        #expect(await !scratch.command("log").data.contains("\u{1b}"))
    }
}
