import Base
import Processes
import Store
import TestSupport
import Testing

@testable import Commands

struct StopTests {
    @Test func `what does not run is not stopped`() async throws {
        let scratch = try await StatusLedger()
        let id = try await scratch.finishedRun("done")
        let running = try await scratch.run("running")
        try await scratch.task("over", of: running, .completed)
        try await scratch.run("dead", owner: StatusLedger.dead)
        for (name, words) in [
            ("done", "run done is not running: it is completed"),
            ("running/over", "task running/over is not running: it is completed"),
            ("dead", "treeguild resume dead"),
        ] {
            let captured = await scratch.command("stop", name)
            #expect(captured.code == .notDone)
            #expect(captured.talk.contains(words))
        }
        #expect(await scratch.command("stop", "nobody").code == .usage)
        #expect(await scratch.command("stop", "running/nothing").code == .usage)
        #expect(try await scratch.ledger.takeRequests(run: id) == [])
        #expect(try await scratch.ledger.takeRequests(run: running) == [])
    }

    /// Stands in for the program that works on a run: a real process that may be woken.
    private func withOwner(
        _ script: String,
        _ body: (ProcessIdentity) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        let sign = scratch.path.appending("pid")
        let command = Command.shell(
            "trap '\(script)' USR1; echo $$ > \(sign); while :; do sleep 0.05; done",
            in: scratch.path, environment: Shell.environment(home: scratch.path),
            teardown: .immediate)
        let running = Task { try await ProgramRun.run(command) }
        defer { running.cancel() }
        while true {
            let text = (try? Files.read(sign)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            if text.hasSuffix("\n"), let pid = Int32(text.dropLast()) {
                try await body(try #require(ProcessIdentity(pid: pid)))
                break
            }
            await Task.yield()
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a run is asked, its owner woken, and its end awaited`() async throws {
        let scratch = try await StatusLedger()
        let woken = scratch.repository.outside.appending("woken")
        let folder = scratch.repository.path
        try await withOwner("echo yes > \(woken)") { owner in
            let id = try await scratch.run("run", owner: owner.description)
            async let stopped = Captured.run(["stop", "--json"], in: folder)
            var requests: [Request] = []
            while requests.isEmpty || Files.kind(of: woken) == nil {
                requests += try await scratch.ledger.takeRequests(run: id)
                await Task.yield()
            }
            #expect(requests.map(\.kind) == ["stop"])
            #expect(requests.map(\.task) == [nil])
            try await scratch.ledger.interruptRun(id)
            let captured = await stopped
            #expect(captured.code == .done)
            #expect(
                try captured.json == [
                    "schema": "treeguild.stop/1", "run": "run", "task": .null,
                    "status": "interrupted",
                ])
            #expect(captured.talk.contains("treeguild resume run"))
            #expect(try captured.schemaProblems() == [])
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a task alone is stopped, the run goes on`() async throws {
        let scratch = try await StatusLedger()
        let folder = scratch.repository.path
        try await withOwner(":") { owner in
            let id = try await scratch.run("run", owner: owner.description)
            try await scratch.task("a", of: id, .running)
            async let stopped = Captured.run(["stop", "run/a"], in: folder)
            var requests: [Request] = []
            while requests.isEmpty {
                requests += try await scratch.ledger.takeRequests(run: id)
                await Task.yield()
            }
            #expect(requests.map(\.task) == [TaskID("a")])
            try await scratch.task("a", of: id, .killed)
            let captured = await stopped
            #expect(captured.code == .done)
            #expect(captured.data == "task run/a: killed\n")
            #expect(try await scratch.ledger.run(id)?.status == .running)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an owner that dies of the wish leaves an interrupted run`() async throws {
        let scratch = try await StatusLedger()
        try await withOwner("exit 0") { owner in
            try await scratch.run("run", owner: owner.description)
            let captured = await scratch.command("stop", "run")
            #expect(captured.code == .done)
            #expect(captured.data == "run run: interrupted\n")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `who does not end in time is not waited for any longer`() async throws {
        let scratch = try await StatusLedger()
        let runs = RecordedRuns(
            ledger: scratch.ledger, layout: try await layout(of: scratch.repository.path))
        try await withOwner(":") { owner in
            let id = try await scratch.run("run", owner: owner.description)
            let record = try #require(try await runs.ledger.run(id))
            let wait = StopWait(runs: runs, run: RecordedRun(record), task: nil, limit: .zero)
            #expect(try await wait.end() == .running)
        }
    }

    @Test func `without a name there must be exactly one running run`() async throws {
        let scratch = try await StatusLedger()
        _ = try await scratch.finishedRun("done")
        let none = await scratch.command("stop")
        #expect(none.code == .notDone)
        #expect(none.talk.contains("no run is running"))
        try await scratch.run("a")
        try await scratch.run("b")
        let several = await scratch.command("stop")
        #expect(several.code == .usage)
        #expect(several.talk.contains("  a\n"))
    }

    @Test(.timeLimit(.minutes(5)))
    func `an identity that is no more wakes nobody`() async throws {
        let dead = try #require(ProcessIdentity(StatusLedger.dead))
        #expect(try dead.wake() == false)
        try await withOwner(":") { owner in
            let other = try #require(ProcessIdentity("\(owner.pid):1:\(owner.boot)"))
            #expect(try other.wake() == false)
            #expect(try owner.wake())
        }
    }
}
