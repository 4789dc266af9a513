import Base
import Store
import Testing

struct TaskRowTests {
    @Test(arguments: TaskRow.Status.allCases)
    func `each status is kept and told`(status: TaskRow.Status) async throws {
        try await withLedger { ledger in
            let data: JSON = ["attempt": 1]
            #expect(
                try await ledger.setTask(task("a"), run: run("one"), status: status, data: data))
            let row = try #require(try await ledger.tasks(run: run("one")).first)
            #expect(row.status == status)
            #expect(row.data == data)
            let event = try #require(try await ledger.events(after: 1).first)
            #expect(event.kind == "task.\(status.rawValue)")
            #expect(event.task == task("a"))
            #expect(event.data == data)
        }
    }

    @Test func `tasks keep their first order, and the same again is nothing new`() async throws {
        try await withLedger { ledger in
            for name in ["b", "a", "c"] {
                try await ledger.setTask(
                    task(name), run: run("one"), status: .pending, data: .null)
            }
            #expect(
                try await ledger.setTask(
                    task("a"), run: run("one"), status: .running, data: .null))
            #expect(
                try await !ledger.setTask(
                    task("a"), run: run("one"), status: .running, data: .null))
            #expect(
                try await ledger.setTask(task("a"), run: run("one"), status: .running, data: 1))
            let rows = try await ledger.tasks(run: run("one"))
            #expect(rows.map(\.task) == [task("b"), task("a"), task("c")])
            #expect(rows.map(\.status) == [.pending, .running, .pending])
            #expect(try await ledger.events().count == 6)
        }
    }

    @Test func `a task belongs to a run that exists`() async throws {
        try await withLedger { ledger in
            await #expect(throws: StoreError.unknownRun(run("two"))) {
                try await ledger.setTask(
                    task("a"), run: run("two"), status: .running, data: .null)
            }
        }
    }
}

struct TreeRowTests {
    @Test func `a tree's row is replaced as a whole`() async throws {
        try await withFolder { folder in
            let ledger = try await Ledger.open(at: folder, clock: { Timestamp(milliseconds: 7) })
            for name in ["one", "two"] { try await ledger.createRun(run(name)) }
            var tree = TreeRow(
                run: run("one"), name: "a", path: path("/trees/a"), branch: "treeguild/one/a",
                base: "abc", state: .creating)
            #expect(try await ledger.setTree(tree, task: task("a")))
            #expect(try await !ledger.setTree(tree, task: task("a")))
            tree.state = .trashed
            tree.branch = nil
            tree.reason = "changed"
            tree.ref = "refs/treeguild/preserved/one/a"
            tree.trash = path("/trash/a")
            #expect(try await ledger.setTree(tree))
            let other = TreeRow(
                run: run("two"), name: "verifier", path: path("/v"), base: "abc", state: .ready)
            try await ledger.setTree(other)

            tree.updated = Timestamp(milliseconds: 7)
            #expect(try await ledger.trees(run: run("one")) == [tree])
            #expect(try await ledger.trees().map(\.name) == ["a", "verifier"])
            let events = try await ledger.events(after: 2)
            #expect(events.map(\.kind) == ["tree.creating", "tree.trashed", "tree.ready"])
            #expect(events.map(\.task) == [task("a"), nil, nil])
            #expect(events[1].data["ref"] == "refs/treeguild/preserved/one/a")
        }
    }

    @Test func `any one column makes a change`() async throws {
        try await withLedger { ledger in
            let start = TreeRow(
                run: run("one"), name: "a", path: path("/a"), branch: "b", base: "c",
                state: .ready, reason: "r", ref: "f", trash: path("/t"))
            let changes: [@Sendable (inout TreeRow) -> Void] = [
                { $0.path = path("/b") }, { $0.branch = nil }, { $0.base = "d" },
                { $0.state = .kept }, { $0.reason = nil }, { $0.ref = "g" }, { $0.trash = nil },
            ]
            for change in changes {
                try await ledger.setTree(start)
                var next = start
                change(&next)
                #expect(try await ledger.setTree(next))
                next.updated = try #require(try await ledger.trees().first?.updated)
                #expect(try await ledger.trees() == [next])
            }
        }
    }
}

struct LeaseTests {
    private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    @Test func `a lease is free, held, expired, and released`() async throws {
        try await withLedger { ledger in
            let held = try await ledger.acquire(
                lease: "merge", holder: "a", until: at(100), now: at(0))
            #expect(held?.holder == "a")
            #expect(held?.expires == at(100))
            // Held by another until the last moment.
            #expect(
                try await ledger.acquire(lease: "merge", holder: "b", until: at(200), now: at(99))
                    == nil)
            // The holder's own again.
            let again = try await ledger.acquire(
                lease: "merge", holder: "a", until: at(150), now: at(50))
            #expect(again?.expires == at(150))
            #expect(again?.acquired == at(0))
            // Expired.
            let taken = try await ledger.acquire(
                lease: "merge", holder: "b", until: at(300), now: at(150))
            #expect(taken?.holder == "b")
            #expect(taken?.acquired == at(150))
            #expect(taken?.hasExpired(at: at(299)) == false)
            #expect(taken?.hasExpired(at: at(300)) == true)
            #expect(try await !ledger.release(lease: "merge", holder: "a"))
            #expect(try await ledger.leases().map(\.holder) == ["b"])
            #expect(try await ledger.release(lease: "merge", holder: "b"))
            #expect(try await ledger.leases() == [])
        }
    }

    @Test func `only a holder in time renews`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.acquire(lease: "x", holder: "a", until: at(100), now: at(0))
            let cases: [(String, Int64, Bool)] = [("b", 50, false), ("a", 50, true)]
            for (holder, now, isHeld) in cases {
                let lease = try await ledger.renew(
                    lease: "x", holder: holder, until: at(120), now: at(now))
                #expect((lease != nil) == isHeld)
            }
            #expect(try await ledger.leases().map(\.expires) == [at(120)])
            #expect(
                try await ledger.renew(lease: "x", holder: "a", until: at(200), now: at(120))
                    == nil)
            #expect(
                try await ledger.renew(lease: "y", holder: "a", until: at(200), now: at(0)) == nil)
        }
    }

    @Test func `of many that want a lease exactly one gets it`() async throws {
        try await withLedger { first in
            let second = try await Ledger.open(at: first.folder)
            let now = at(0)
            let until = at(1000)
            for round in 0..<5 {
                let winners = try await withThrowingTaskGroup(of: Lease?.self) { group in
                    for number in 0..<20 {
                        let ledger = number % 2 == 0 ? first : second
                        group.addTask {
                            try await ledger.acquire(
                                lease: "l\(round)", holder: "h\(number)", until: until, now: now)
                        }
                    }
                    return try await group.reduce(into: [Lease]()) { leases, lease in
                        if let lease { leases.append(lease) }
                    }
                }
                #expect(winners.count == 1)
                #expect(try await first.leases().last == winners.first)
            }
        }
    }
}

struct RequestTests {
    @Test func `requests are handed out once, oldest first`() async throws {
        try await withLedger { ledger in
            try await ledger.createRun(run("two"))
            try await ledger.request(run: run("one"), kind: "stop")
            try await ledger.request(run: run("two"), kind: "stop")
            try await ledger.request(
                run: run("one"), task: task("a"), kind: "send", data: ["text": "hello"])
            let other = try await Ledger.open(at: ledger.folder)
            let taken = try await other.takeRequests(run: run("one"))
            #expect(taken.map(\.kind) == ["stop", "send"])
            #expect(taken.map(\.task) == [nil, task("a")])
            #expect(taken[1].data == ["text": "hello"])
            #expect(try await ledger.takeRequests(run: run("one")) == [])
            #expect(try await ledger.takeRequests(run: run("two")).count == 1)
            #expect(
                try await ledger.kinds().dropFirst(2) == [
                    "request.stop", "request.stop", "request.send", "request.stop.handled",
                    "request.send.handled", "request.stop.handled",
                ])
        }
    }

    @Test func `a request to an unknown run is refused`() async throws {
        try await withLedger { ledger in
            await #expect(throws: StoreError.unknownRun(run("two"))) {
                try await ledger.request(run: run("two"), kind: "stop")
            }
            let requests = try await ledger.takeRequests(run: run("two"))
            #expect(requests == [])
        }
    }

    @Test func `many takers share requests without doubles`() async throws {
        try await withLedger { first in
            let second = try await Ledger.open(at: first.folder)
            let numbers = try await withThrowingTaskGroup(of: [Int].self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await first.request(run: run("one"), kind: "k\(number)")
                        return try await second.takeRequests(run: run("one")).map(\.number)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(numbers.sorted() == Array(1...40))
            #expect(try await first.takeRequests(run: run("one")) == [])
        }
    }
}
