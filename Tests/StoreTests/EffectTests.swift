import Base
import Store
import Testing

struct EffectTests {
    private let effect = EffectKey(run: run("one"), kind: "tree.create", key: "retry/1")

    @Test func `an effect is started, then pending, then done`() async throws {
        try await withLedger { ledger in
            let intent: JSON = ["path": "/x"]
            #expect(try await ledger.begin(effect, task: task("retry"), intent: intent) == .started)
            #expect(try await ledger.begin(effect, intent: "other") == .pending(intent: intent))
            try await ledger.finish(effect, task: task("retry"), result: ["ok": true])
            #expect(try await ledger.begin(effect, intent: "other") == .done(result: ["ok": true]))
            #expect(
                try await ledger.kinds()
                    == ["run.started", "tree.create.intent", "tree.create.done"])
            let events = try await ledger.events(after: 1)
            #expect(events.map(\.task) == [task("retry"), task("retry")])
            #expect(events[0].data == ["key": "retry/1", "intent": intent])
            #expect(events[1].data == ["key": "retry/1", "result": ["ok": true]])
        }
    }

    @Test func `a result of null is a result`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.begin(effect, intent: .null)
            try await ledger.finish(effect, result: .null)
            #expect(try await ledger.begin(effect, intent: .null) == .done(result: .null))
            #expect(try await ledger.effects(run: run("one")).map(\.result) == [.some(.null)])
        }
    }

    @Test func `the same result twice is nothing new, another is refused`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.begin(effect, intent: .null)
            try await ledger.finish(effect, result: 1)
            try await ledger.finish(effect, result: 1)
            #expect(try await ledger.events().count == 3)
            await #expect(throws: StoreError.effectDone(effect, recorded: 1)) {
                try await ledger.finish(effect, result: 2)
            }
            #expect(try await ledger.effects(run: run("one")).map(\.result) == [1])
        }
    }

    @Test func `what was never begun cannot be finished`() async throws {
        try await withLedger { ledger in
            await #expect(throws: StoreError.effectNotBegun(effect)) {
                try await ledger.finish(effect, result: 1)
            }
            let effects = try await ledger.effects(run: run("one"))
            #expect(effects == [])
        }
    }

    @Test func `a value that could not be read back is not written`() async throws {
        try await withLedger { ledger in
            // As deep as the parser goes: the event around it is deeper.
            let depth = 512
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let deep = try JSON(parsing: text)
            await #expect(throws: StoreError.self) {
                _ = try await ledger.begin(effect, intent: deep)
            }
            await #expect(throws: StoreError.self) {
                try await ledger.append(
                    run: run("one"), actor: "test", kind: "x", data: .number("NaN"))
            }
            #expect(try await ledger.effects(run: run("one")) == [])
            #expect(try await ledger.kinds() == ["run.started"])
        }
    }

    @Test func `effects belong to a run that exists`() async throws {
        try await withLedger { ledger in
            let stray = EffectKey(run: run("two"), kind: "x", key: "y")
            await #expect(throws: StoreError.unknownRun(run("two"))) {
                _ = try await ledger.begin(stray, intent: .null)
            }
            let state = try await ledger.verifyChain()
            #expect(state == .intact(events: 1))
        }
    }

    @Test func `of many that begin one effect exactly one starts it`() async throws {
        try await withLedger { first in
            let second = try await Ledger.open(at: first.folder)
            let states = try await withThrowingTaskGroup(of: EffectState.self) { group in
                for number in 0..<20 {
                    let ledger = number % 2 == 0 ? first : second
                    group.addTask { try await ledger.begin(effect, intent: .int(number)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let intent = try #require(try await first.effects(run: run("one")).first?.intent)
            #expect(states.filter { $0 == .started }.count == 1)
            #expect(states.filter { $0 == .pending(intent: intent) }.count == 19)
            #expect(try await first.events().count == 2)
        }
    }
}
