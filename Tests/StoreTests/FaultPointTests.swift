import Base
import Glibc
import Store
import TestSupport
import Testing

/// A small run that goes on wherever an earlier process left it, and does each thing once.
private struct Scenario {
    /// Fault points that it passes when nothing stops it; `countsPoints` keeps the number honest.
    static let points = 24

    let ledger: Ledger
    /// Stands for the world: has one line for each time that the effect was done.
    let world: AbsolutePath

    private let id = run("one")
    private let a = task("a")

    func play() async throws {
        if try await ledger.run(id) == nil { try await ledger.createRun(id) }
        if try await ledger.tasks(run: id).isEmpty {
            try await ledger.setTask(a, run: id, status: .pending, data: .null)
        }
        let lease = try await ledger.acquire(
            lease: "run", holder: "a", until: Timestamp(milliseconds: 9),
            now: Timestamp(milliseconds: 1))
        #expect(lease?.holder == "a")
        let effect = EffectKey(run: id, kind: "file.write", key: "a/1")
        switch try await ledger.begin(effect, task: a, intent: ["path": "world"]) {
        case .started: try touch()
        case .pending: if try lines().isEmpty { try touch() }
        case .done: break
        }
        try await ledger.finish(effect, task: a, result: ["lines": 1])
        let tree = TreeRow(run: id, name: "a", path: world, base: "abc", state: .ready)
        try await ledger.setTree(tree, task: a)
        if try await ledger.events(matching: EventFilter(kinds: ["request.stop"])).isEmpty {
            try await ledger.request(run: id, kind: "stop")
        }
        _ = try await ledger.takeRequests(run: id)
        try await ledger.setTask(a, run: id, status: .completed, data: .null)
        try await ledger.interruptRun(id)
        try await ledger.finishRun(id, .completed, result: .null)
    }

    private func touch() throws { try Files.replace(world, with: lines() + Array("done\n".utf8)) }

    private func lines() throws -> [UInt8] {
        Files.kind(of: world) == nil ? [] : try Files.read(world)
    }
}

struct FaultPointTests {
    private static let kinds = [
        "run.started", "task.pending", "file.write.intent", "file.write.done", "tree.ready",
        "request.stop", "request.stop.handled", "task.completed", "run.interrupted", "run.ended",
    ]

    @Test func `a run that nothing stops passes every point`() async throws {
        try await withFolder { folder in
            let ledger = try await Ledger.open(at: folder)
            #expect(await ledger.pointsPassed == 2)
            try await Scenario(ledger: ledger, world: folder.appending("world")).play()
            #expect(await ledger.pointsPassed == Scenario.points)
            #expect(try await ledger.kinds() == FaultPointTests.kinds)
        }
    }

    @Test(arguments: 1...Scenario.points)
    func `a process killed at any point leaves rows and events together, and another goes on`(
        number: Int
    ) async throws {
        try await withFolder { folder in
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [text = folder.description as String, number = number as Int] in
                let ledger = try await Ledger.open(
                    at: path(text), faults: FaultPoint(number: number))
                try await Scenario(ledger: ledger, world: path(text).appending("world")).play()
            }
            // Two points for each commit, and the first commit makes the ledger.
            let commits = number / 2
            if commits == 0 {
                #expect(try await Ledger.openExisting(at: folder) == nil)
            }
            let ledger = try await Ledger.open(at: folder)
            try await expectAgreement(in: ledger)
            try await Scenario(ledger: ledger, world: folder.appending("world")).play()
            try await expectAgreement(in: ledger)
            #expect(try await ledger.kinds() == FaultPointTests.kinds)
            #expect(try Files.read(folder.appending("world")) == Array("done\n".utf8))
        }
    }

    /// Every row has its event, and every event its row.
    private func expectAgreement(in ledger: Ledger) async throws {
        let id = run("one")
        let events = try await ledger.events()
        #expect(try await ledger.verifyChain() == .intact(events: events.count))
        let kinds = events.map(\.kind)
        #expect(kinds == Array(FaultPointTests.kinds.prefix(kinds.count)))
        let record = try await ledger.run(id)
        #expect((record != nil) == kinds.contains("run.started"))
        #expect((record?.result != nil) == kinds.contains("run.ended"))
        let status = try await ledger.tasks(run: id).first.map { "task.\($0.status.rawValue)" }
        #expect(status == kinds.last { $0.hasPrefix("task.") })
        let effect = try await ledger.effects(run: id).first
        #expect((effect != nil) == kinds.contains("file.write.intent"))
        #expect((effect?.result != nil) == kinds.contains("file.write.done"))
        #expect(try await ledger.trees().isEmpty == !kinds.contains("tree.ready"))
    }
}
