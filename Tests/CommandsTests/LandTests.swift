import Base
import Git
import Store
import TestSupport
import Testing

@testable import Commands

/// The folders of a repository, asked off the pool.
func layout(of folder: AbsolutePath) async throws -> RepositoryLayout {
    try await BlockingCalls.run { try Repository(at: folder).layout }
}

struct LandTests {
    /// A run with a result that changes `a`; main stays checked out.
    private func fill(_ scratch: borrowing StatusLedger) async throws {
        _ = try await scratch.finishedRun("run")
        try scratch.repository.git("checkout", "-q", "-b", "treeguild/run/merged")
        try scratch.repository.write("a", "one\nchanged\n")
        try scratch.repository.commit("work")
        try scratch.repository.git("checkout", "-q", "main")
    }

    @Test func `the latest run's result lands, and the ledger tells of it`() async throws {
        let scratch = try await StatusLedger()
        try await fill(scratch)
        let captured = await scratch.command("land", "--onto", "main", "--json")
        #expect(captured.code == .done)
        #expect(try captured.schemaProblems() == [])
        let document = try captured.json
        let main = try scratch.repository.git("rev-parse", "main")
        #expect(document["status"] == "landed")
        #expect(document["old"] == .string(scratch.base))
        #expect(document["new"] == .string(main))
        #expect(document["backup"] == "refs/treeguild/backup/run/main-1")
        #expect(try scratch.repository.git("status", "--porcelain") == "")
        let kinds = try await scratch.ledger.events().suffix(2).map(\.kind)
        #expect(kinds == ["land.started", "land.ended"])
        let again = await scratch.command("land", "run", "--onto", "main")
        #expect(again.code == .done)
        #expect(again.data == "main has it already\n")
    }

    /// What stands in the way, the exit code and the status.
    @Test(arguments: [
        ("git commit -qm x -a", "merge", ExitCode.notDone, "conflict"),
        ("git commit -qm x -a", "ff", .refused, "diverged"),
        ("true", "squash", .refused, "in_the_way"),
        (
            "git checkout -q . && git bisect start -q main && git checkout -q main", "rebase",
            .refused, "busy"
        ),
    ])
    func `what does not land says why, as text and as a document`(
        script: String, strategy: String, code: ExitCode, status: String
    ) async throws {
        let scratch = try await StatusLedger()
        try await fill(scratch)
        try scratch.repository.write("a", "one\nmine\n")
        let result = try Shell.run(
            ["sh", "-c", script], in: scratch.repository.path,
            environment: scratch.repository.environment)
        try #require(result.status == 0)
        let before = try scratch.repository.git("for-each-ref")
        let captured = await scratch.command(
            "land", "run", "--onto", "main", "--strategy", strategy, "--json")
        #expect(captured.code == code)
        #expect(try captured.schemaProblems() == [])
        #expect(try captured.json["status"] == .string(status))
        if ["conflict", "in_the_way"].contains(status) {
            #expect(try captured.json["paths"] == ["a"])
            #expect(captured.talk.contains("\n  a\n"))
        }
        #expect(captured.talk.hasPrefix("treeguild: "))
        #expect(try scratch.repository.git("for-each-ref") == before)
    }

    @Test func `any branch lands without a run, and what is none is bad usage`() async throws {
        let repository = try ScratchRepository()
        try repository.write("a", "x\n")
        try repository.commit()
        try repository.git("checkout", "-q", "-b", "topic/x")
        try repository.write("b", "x\n")
        try repository.commit()
        try repository.git("checkout", "-q", "main")
        let landed = await Captured.run(
            ["land", "topic/x", "--onto", "main", "--strategy", "ff"], in: repository.path)
        #expect(landed.code == .done)
        #expect(try repository.git("rev-parse", "main") == repository.git("rev-parse", "topic/x"))
        for words in [
            ["land", "--onto", "main"], ["land", "none", "--onto", "main"],
            ["land", "a b", "--onto", "main"], ["land", "topic/x", "--onto", "none"],
        ] {
            #expect(await Captured.run(words, in: repository.path).code == .usage)
        }
    }

    @Test func `a run without a result has nothing to land`() async throws {
        let scratch = try await StatusLedger()
        try await scratch.run("run")
        let captured = await scratch.command("land", "--onto", "main")
        #expect(captured.code == .notDone)
        #expect(captured.talk.contains("run run has no result"))
    }

    @Test func `the result of a run that is not all done lands only when that is said`()
        async throws
    {
        let scratch = try await StatusLedger()
        let id = try await scratch.run("run")
        try scratch.repository.git("checkout", "-q", "-b", "treeguild/run/merged")
        try scratch.repository.write("a", "one\nchanged\n")
        try scratch.repository.commit("work")
        try scratch.repository.git("checkout", "-q", "main")
        try await scratch.ledger.finishRun(
            id, .failed,
            result: [
                "tasks": [
                    ["id": "docs", "status": "completed", "error": .null],
                    ["id": "lint", "status": "failed", "error": ["message": "exit status 2"]],
                ],
                "merge": [
                    "excluded": [["task": "docs", "reason": "1 conflict"]], "verdict": "failed",
                ],
            ])
        let before = try scratch.repository.git("for-each-ref")
        let refused = await scratch.command("land", "run", "--onto", "main")
        #expect(refused.code == .refused)
        for fact in [
            "treeguild/run/merged holds only a part", "task lint failed: exit status 2",
            "docs is left out: 1 conflict", "the verdict is failed", "--partial",
        ] {
            #expect(refused.talk.contains(fact), "\(refused.talk)")
        }
        #expect(try scratch.repository.git("for-each-ref") == before)
        let landed = await scratch.command("land", "run", "--onto", "main", "--partial")
        #expect(landed.code == .done)
        #expect(landed.talk.contains("task lint failed"), "\(landed.talk)")
        #expect(
            try scratch.repository.git("rev-parse", "main^{tree}")
                == scratch.repository.git("rev-parse", "treeguild/run/merged^{tree}"))
    }
}
