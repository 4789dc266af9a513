import Base
import SQLite
import Store
import Testing

struct EventTests {
    @Test func `an event's document has the contract's keys in order`() async throws {
        try await withFolder { folder in
            let ledger = try await Ledger.open(
                at: folder, clock: { Timestamp(milliseconds: 1_700_000_000_123) })
            let event = try await ledger.append(
                run: run("one"), actor: "worker", kind: "note.set",
                data: ["b": .double(1.5), "a": [true]])
            let stored = try await ledger.events()
            #expect(stored == [event])
            #expect(
                event.json.compact == """
                    {"seq":1,"time":"2023-11-14T22:13:20.123Z","run":"one","task":null,\
                    "actor":"worker","kind":"note.set","data":{"b":1.5,"a":[true]},\
                    "mac":"\(event.mac.hexadecimal)"}
                    """)
            #expect(event.mac.count == 32)
        }
    }

    @Test(arguments: [
        (EventFilter(), [1, 2, 3, 4, 5, 6]),
        (EventFilter(run: RunID("r2")), [2, 4, 6]),
        (EventFilter(task: TaskID("a")), [1, 2, 5]),
        (EventFilter(kinds: ["x", "z"]), [1, 3, 4, 6]),
        (EventFilter(kinds: []), []),
        (EventFilter(since: 4), [5, 6]),
        (EventFilter(since: 1, limit: 2), [2, 3]),
        (EventFilter(limit: 0), []),
        (EventFilter(run: RunID("r2"), task: TaskID("b"), kinds: ["x"], since: 3), [4]),
        (EventFilter(kinds: ["x' OR '1'='1"]), []),
    ])
    func `a filter selects by run, task, kind and number`(
        filter: EventFilter, seqs: [Int]
    ) async throws {
        try await withFolder { folder in
            let ledger = try await Ledger.open(at: folder)
            let lines = [
                ("r1", "a", "x"), ("r2", "a", "y"), ("r1", "b", "z"), ("r2", "b", "x"),
                ("r1", "a", "y"), ("r2", nil, "z"),
            ]
            for (name, worker, kind) in lines {
                try await ledger.append(
                    run: run(name), task: worker.map(task), actor: "test", kind: kind)
            }
            #expect(try await ledger.events(matching: filter).map(\.seq) == seqs)
        }
    }

    @Test func `events of many writers are numbered without gaps and chained`() async throws {
        try await withFolder { folder in
            let ledgers = [try await Ledger.open(at: folder), try await Ledger.open(at: folder)]
            let seqs = try await withThrowingTaskGroup(of: [Int].self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        var seqs: [Int] = []
                        for number in 0..<125 {
                            let event = try await ledgers[writer % 2].append(
                                run: run("one"), task: task("t\(writer)"), actor: "test",
                                kind: "count", data: .int(number))
                            seqs.append(event.seq)
                        }
                        return seqs
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(seqs.allSatisfy { $0 == $0.sorted() })
            #expect(seqs.flatMap { $0 }.sorted() == Array(1...1000))
            for ledger in ledgers {
                #expect(try await ledger.verifyChain() == .intact(events: 1000))
            }
            for writer in 0..<8 {
                let filter = EventFilter(task: task("t\(writer)"))
                let numbers = try await ledgers[0].events(matching: filter).map(\.data.intValue)
                #expect(numbers == Array(0..<125))
            }
        }
    }

    @Test func `a follower sees that another ledger has written`() async throws {
        try await withLedger { writer in
            let reader = try #require(try await Ledger.openExisting(at: writer.folder))
            let before = try await reader.dataVersion
            #expect(try await reader.dataVersion == before)
            try await writer.append(run: run("one"), actor: "test", kind: "hello")
            #expect(try await reader.dataVersion != before)
            #expect(try await reader.events(after: 1).map(\.kind) == ["hello"])
            #expect(try await reader.events(after: 2) == [])
        }
    }

    @Test(arguments: ["UPDATE events SET kind = 'x' WHERE seq = 2", "DELETE FROM events"])
    func `the database refuses to change events`(sql: String) async throws {
        try await withLedger { ledger in
            try await ledger.append(run: run("one"), actor: "test", kind: "hello")
            #expect(throws: SQLiteError.self) {
                try withDatabase(in: ledger.folder) { try $0.execute(sql) }
            }
            #expect(try await ledger.verifyChain() == .intact(events: 2))
        }
    }

    @Test(arguments: [
        ("UPDATE events SET data = '{}' WHERE seq = 3", ChainState.broken(seq: 3)),
        ("UPDATE events SET actor = 'user' WHERE seq = 1", .broken(seq: 1)),
        ("UPDATE events SET time = time + 1 WHERE seq = 5", .broken(seq: 5)),
        ("UPDATE events SET task = '' WHERE seq = 4", .broken(seq: 4)),
        ("UPDATE events SET run = 'two' WHERE seq = 2", .broken(seq: 2)),
        // The bytes of both fields joined stay the same.
        ("UPDATE events SET actor = 'testk', kind = 'ind' WHERE seq = 2", .broken(seq: 2)),
        ("UPDATE events SET mac = zeroblob(32) WHERE seq = 4", .broken(seq: 4)),
        ("DELETE FROM events WHERE seq = 3", .broken(seq: 3)),
        ("DELETE FROM events WHERE seq = 1", .broken(seq: 1)),
        ("UPDATE events SET seq = 9 WHERE seq = 5", .broken(seq: 5)),
        (
            """
            UPDATE events SET seq = -seq WHERE seq IN (2, 3);
            UPDATE events SET seq = 5 + seq WHERE seq < 0
            """, .broken(seq: 2)
        ),
        ("DELETE FROM events WHERE seq = 5", .missingTail(last: 4, head: 5)),
        ("DELETE FROM events", .missingTail(last: 0, head: 5)),
        (
            """
            DELETE FROM events WHERE seq = 5;
            UPDATE head SET (seq, mac) = (SELECT seq, mac FROM events WHERE seq = 4)
            """, .forgedHead(last: 4)
        ),
        ("DELETE FROM head", .forgedHead(last: 5)),
        (
            """
            INSERT INTO events SELECT 6, time, run, task, actor, kind, data, mac
            FROM events WHERE seq = 5
            """, .broken(seq: 6)
        ),
        ("UPDATE events SET kind = kind", .intact(events: 5)),
    ])
    func `tampering is found where it begins`(sql: String, state: ChainState) async throws {
        try await withFolder { folder in
            let ledger = try await Ledger.open(at: folder)
            for number in 1...5 {
                try await ledger.append(
                    run: run("one"), actor: "test", kind: "kind", data: .int(number))
            }
            try withDatabase(in: folder) {
                try $0.execute(
                    "DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_deleted")
                try $0.execute(sql)
            }
            #expect(try await ledger.verifyChain() == state)
        }
    }

    @Test func `no event goes on after a forged head`() async throws {
        try await withLedger { ledger in
            try withDatabase(in: ledger.folder) {
                try $0.execute("UPDATE head SET seq = 0, mac = zeroblob(32)")
            }
            let file = ledger.folder.appending("ledger.db")
            await #expect(throws: StoreError.corrupt(path: file, detail: "head")) {
                try await ledger.append(run: run("one"), actor: "test", kind: "hello")
            }
        }
    }

    @Test func `a ledger put under another key is found broken`() async throws {
        try await withFolder { folder in
            try await Ledger.open(at: folder).createRun(run("one"))
            try Files.replace(folder.appending("key"), with: Digest.random(32), mode: 0o600)
            let ledger = try await Ledger.open(at: folder)
            #expect(try await ledger.verifyChain() == .broken(seq: 1))
        }
    }
}
