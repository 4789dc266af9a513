import Base
import Store
import TestSupport
import Testing

@testable import Commands

struct LogTests {
    private func lines(_ captured: Captured) throws -> [JSON] {
        try captured.data.split(separator: "\n").map { try JSON(parsing: String($0)) }
    }

    @Test func `with --json each line is an event, the latest run's by default`() async throws {
        let scratch = try await StatusLedger()
        try await scratch.run("old")
        let id = try await scratch.run("new")
        try await scratch.task("a", of: id, .running)
        try await scratch.ledger.request(run: id, kind: "stop")
        let events = try lines(await scratch.command("log", "--json"))
        #expect(
            events.compactMap { $0["kind"]?.stringValue } == [
                "run.started", "task.running", "request.stop",
            ])
        let schema = try #require(Schemas.schema(named: "treeguild.event/1"))
        for event in events { #expect(SchemaChecker.problems(event, schema) == []) }
        #expect(events.map { $0["run"] }.allSatisfy { $0 == "new" })
    }

    @Test func `task, kind and since select`() async throws {
        let scratch = try await StatusLedger()
        let id = try await scratch.run("run")
        for status in [TaskRow.Status.running, .completed] {
            try await scratch.task("a", of: id, status)
            try await scratch.task("b", of: id, status)
        }
        func kinds(_ words: String...) async throws -> [String] {
            let captured = await Captured.run(
                ["log", "--json"] + words, in: scratch.repository.path)
            return try lines(captured).compactMap { $0["kind"]?.stringValue }
        }
        #expect(try await kinds("--task", "a") == ["task.running", "task.completed"])
        #expect(try await kinds("run", "--kind", "task.running").count == 2)
        #expect(try await kinds("--since", "4") == ["task.completed"])
        #expect(try await kinds("--task", "b", "--since", "4") == ["task.completed"])
        let unknown = await scratch.command("log", "--task", "c")
        #expect(unknown.code == .usage)
        #expect(unknown.talk.contains("run run has no task 'c'"))
    }

    @Test func `for people a line has number, time, task, kind and data`() async throws {
        let scratch = try await StatusLedger()
        let id = try await scratch.run("run")
        try await scratch.task("a", of: id, .running, ["attempts": 1])
        #expect(
            await scratch.command("log", "--since", "1").data
                == "2  2023-11-14T22:13:20Z  a task.running  {\"attempts\":1}\n")
    }

    @Test(.timeLimit(.minutes(5)))
    func `following shows what comes and ends with the run`() async throws {
        let scratch = try await StatusLedger()
        let id = try await scratch.run("run")
        let folder = scratch.repository.path
        let ledger = scratch.ledger
        async let followed = Captured.run(["log", "--follow", "--json"], in: folder)
        try await scratch.task("a", of: id, .completed)
        try await ledger.finishRun(id, .completed, result: [:])
        let events = try lines(await followed)
        #expect(events.last?["kind"] == "run.ended")
        #expect(events.map { $0["seq"]?.intValue } == [1, 2, 3])
    }

    @Test func `following a run that nobody works on ends at once`() async throws {
        let scratch = try await StatusLedger()
        try await scratch.run("run", owner: StatusLedger.dead)
        let captured = await scratch.command("log", "--follow")
        #expect(captured.code == .done)
        #expect(captured.talk.contains("treeguild resume run"))
    }
}
