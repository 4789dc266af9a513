import Base
import Store
import Testing

struct RunTests {
    @Test func `a run keeps all that it was made with`() async throws {
        try await withFolder { folder in
            let ledger = try await Ledger.open(
                at: folder, clock: { Timestamp(milliseconds: 5000) })
            let plan: JSON = ["tasks": [["id": "a"]]]
            let made = try await ledger.createRun(
                run("one"), kind: "merge", base: "abc", plan: plan, options: ["jobs": 2],
                owner: "12/34")
            #expect(made.plan == plan)
            #expect(made.started == Timestamp(milliseconds: 5000))
            #expect(try await ledger.run(run("one")) == made)
            #expect(try await ledger.run(run("two")) == nil)
        }
    }

    @Test func `a name is taken once`() async throws {
        try await withLedger { ledger in
            await #expect(throws: StoreError.taken(run("one"))) {
                try await ledger.createRun(run("one"), owner: "second")
            }
            let runs = try await ledger.runs()
            #expect(runs.map(\.owner) == ["first"])
            #expect(try await ledger.kinds() == ["run.started"])
        }
    }

    @Test func `the newest run comes first, even when the clock stands`() async throws {
        try await withFolder { folder in
            let ledger = try await Ledger.open(at: folder, clock: { Timestamp(milliseconds: 1) })
            for name in ["b", "c", "a"] { try await ledger.createRun(run(name)) }
            #expect(try await ledger.runs().map(\.id) == [run("a"), run("c"), run("b")])
        }
    }

    @Test(arguments: RunOutcome.allCases)
    func `a run ends once`(outcome: RunOutcome) async throws {
        try await withLedger { ledger in
            try await ledger.finishRun(run("one"), outcome, result: ["x": 1])
            try await ledger.finishRun(run("one"), outcome, result: ["x": 1])
            let record = try #require(try await ledger.run(run("one")))
            #expect(record.status == outcome.status)
            #expect(record.result == ["x": 1])
            #expect(record.ended != nil)
            await #expect(throws: StoreError.ended(run("one"), status: outcome.status)) {
                try await ledger.finishRun(run("one"), outcome, result: ["x": 2])
            }
            #expect(try await !ledger.interruptRun(run("one")))
            #expect(try await !ledger.takeOver(run: run("one"), owner: "b", from: "first"))
            #expect(try await ledger.kinds() == ["run.started", "run.ended"])
        }
    }

    @Test(arguments: RunOutcome.allCases)
    func `a run that has ended is opened again by a request for a task of it`(_ outcome: RunOutcome)
        async throws
    {
        try await withLedger { ledger in
            let (run, task) = (run("one"), try #require(TaskID("a")))
            try await ledger.finishRun(run, outcome, result: ["x": 1])
            let stranger = try await ledger.requestReopening(
                run: run, task: task, kind: "revive", data: ["text": "more"], owner: "second")
            #expect(stranger == nil)
            #expect(try await ledger.run(run)?.status == outcome.status)
            for number in 1...2 {
                let request = try await ledger.requestReopening(
                    run: run, task: task, kind: "revive", data: ["text": "more"], owner: "first")
                #expect(request?.number == number && request?.task == task)
            }
            let record = try #require(try await ledger.run(run))
            #expect(record.status == .interrupted && record.ended == nil && record.result == nil)
            #expect(
                try await ledger.kinds() == [
                    "run.started", "run.ended", "run.reopened", "request.revive", "request.revive",
                ])
            #expect(try await ledger.takeOver(run: run, owner: "second", from: "first"))
            try await ledger.finishRun(run, outcome, result: ["x": 2])
        }
    }

    @Test func `an interrupted run is taken over and ends`() async throws {
        try await withLedger { ledger in
            #expect(try await ledger.interruptRun(run("one")))
            #expect(try await !ledger.interruptRun(run("one")))
            #expect(try await ledger.run(run("one"))?.status == .interrupted)
            #expect(try await !ledger.takeOver(run: run("one"), owner: "b", from: "other"))
            #expect(try await ledger.takeOver(run: run("one"), owner: "b", from: "first"))
            let record = try #require(try await ledger.run(run("one")))
            #expect(record.status == .running)
            #expect(record.owner == "b")
            try await ledger.finishRun(run("one"), .completed, result: .null)
            #expect(
                try await ledger.kinds()
                    == ["run.started", "run.interrupted", "run.resumed", "run.ended"])
        }
    }

    @Test func `an unknown run cannot change`() async throws {
        try await withLedger { ledger in
            let two = run("two")
            await #expect(throws: StoreError.unknownRun(two)) {
                try await ledger.finishRun(two, .completed, result: .null)
            }
            await #expect(throws: StoreError.unknownRun(two)) {
                try await ledger.interruptRun(two)
            }
            let isTaken = try await ledger.takeOver(run: two, owner: "b", from: "a")
            #expect(!isTaken)
        }
    }

    @Test func `of many that take a run over exactly one gets it`() async throws {
        try await withLedger { first in
            let second = try await Ledger.open(at: first.folder)
            let winners = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<20 {
                    let ledger = number % 2 == 0 ? first : second
                    group.addTask {
                        let owner = "owner-\(number)"
                        return try await ledger.takeOver(
                            run: run("one"), owner: owner, from: "first") ? owner : nil
                    }
                }
                return try await group.reduce(into: [String]()) { owners, owner in
                    if let owner { owners.append(owner) }
                }
            }
            #expect(winners.count == 1)
            #expect(try await first.run(run("one"))?.owner == winners.first)
        }
    }
}
