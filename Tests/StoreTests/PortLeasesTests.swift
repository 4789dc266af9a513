import Base
import Store
import TestSupport
import Testing

/// Leases of ports, whoever asks for them.
struct PortLeasesTests {
    private static func judge(
        dead: Set<String> = [], listening: Set<Int> = []
    ) -> PortLeases.Judge {
        PortLeases.Judge(isAlive: { !dead.contains($0) }, isFree: { !listening.contains($0) })
    }

    private let now = Timestamp(milliseconds: 1_000)

    @Test func `nobody gets a port that another has, and all of them at once or none`() async throws
    {
        try await withFolder { folder in
            let one = try await PortLeases.open(in: folder)
            let other = try await PortLeases.open(in: folder)
            let judge = Self.judge(listening: [7003])
            var given: [Int] = []
            for number in 0..<4 {
                let leases = number.isMultiple(of: 2) ? one : other
                let ports = try await leases.acquire(
                    2, in: 7000...7008, for: "tree \(number)", owner: "p\(number)", at: now,
                    by: judge)
                given += try #require(ports)
            }
            #expect(Set(given) == Set(7000...7008).subtracting([7003]))
            #expect(
                try await one.acquire(
                    1, in: 7000...7008, for: "more", owner: "p", at: now, by: judge) == nil)
            try await one.release("tree 2", owner: "p2")
            #expect(
                try await other.acquire(
                    3, in: 7000...7008, for: "more", owner: "p", at: now, by: judge) == nil)
            #expect(
                try await other.acquire(
                    2, in: 7000...7008, for: "more", owner: "p", at: now, by: judge)
                    == Array(given[4...5]))
        }
    }

    @Test
    func `what an ended owner had is anybody's, and what a living one has can't be taken back`()
        async throws
    {
        try await withFolder { folder in
            let leases = try await PortLeases.open(in: folder)
            let first = try #require(
                try await leases.acquire(
                    3, in: 7000...7002, for: "a", owner: "dead", at: now, by: Self.judge()))
            let judge = Self.judge(dead: ["dead"], listening: [7001])
            #expect(
                try await leases.reacquire([7001], for: "a", owner: "second", at: now, by: judge)
                    == [7001])
            let next = try await leases.acquire(
                2, in: 7000...7002, for: "b", owner: "third", at: now, by: judge)
            #expect(next == [7000, 7002] && first == [7000, 7001, 7002])
            #expect(
                try await leases.reacquire(first, for: "a", owner: "second", at: now, by: judge)
                    == [7001])
            #expect(try await leases.all().map(\.owner) == ["third", "second", "third"])
        }
    }

    @Test func `asked by many at once, each gets its own`() async throws {
        try await withFolder { folder in
            let now = now
            let all = try await withThrowingTaskGroup(of: [Int].self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let leases = try await PortLeases.open(in: folder)
                        return try await leases.acquire(
                            3, in: 7000...7047, for: "t\(number)", owner: "p", at: now,
                            by: Self.judge()) ?? []
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(all.sorted() == Array(7000...7047))
        }
    }
}
