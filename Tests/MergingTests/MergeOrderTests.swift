import Merging
import TestSupport
import Testing

struct MergeOrderTests {
    @Test func `a star of conflicts costs one resolution, its middle last`() {
        let order = MergeOrder.decide(
            Array(repeating: .init(size: 1), count: 4), conflicts: [(0, 1), (0, 2), (0, 3)])
        #expect(order.order == [1, 2, 3, 0])
        #expect(order.resolutions == 1)
        #expect(order.isExact)
    }

    @Test func `dependencies come first whatever they cost`() {
        let order = MergeOrder.decide(
            [.init(size: 1, after: [1]), .init(size: 9), .init(size: 5)], conflicts: [(0, 1)])
        #expect(order.order.firstIndex(of: 1)! < order.order.firstIndex(of: 0)!)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `the number of resolutions is the least of all orders`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 1...6, using: &random)
        var conflicts: [(Int, Int)] = []
        for a in 0..<count {
            for b in (a + 1)..<max(count, a + 1)
            where Double.random(in: 0..<1, using: &random) < 0.4 {
                conflicts.append((a, b))
            }
        }
        func resolutions(_ order: [Int]) -> Int {
            order.enumerated().count { position, branch in
                order[..<position].contains { earlier in
                    conflicts.contains { $0 == (min(earlier, branch), max(earlier, branch)) }
                }
            }
        }
        let least = permutations(Array(0..<count)).map(resolutions).min()
        let decided = MergeOrder.decide(
            Array(repeating: .init(size: 1), count: count), conflicts: conflicts)
        #expect(decided.resolutions == least)
        #expect(resolutions(decided.order) == least)
        #expect(decided.isExact)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `as many branches as can be need no resolution`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let (count, density) = (14, Double.random(in: 0.1..<0.6, using: &random))
        let conflicts = (0..<count).flatMap { a in ((a + 1)..<count).map { (a, $0) } }
            .filter { _ in Double.random(in: 0..<1, using: &random) < density }
        let pairs = conflicts.map { 1 << $0 | 1 << $1 }
        let largest = (0..<1 << count).reduce(0) { largest, set in
            set.nonzeroBitCount > largest && pairs.allSatisfy { set & $0 != $0 }
                ? set.nonzeroBitCount : largest
        }
        let order = MergeOrder.decide(
            Array(repeating: .init(size: 1), count: count), conflicts: conflicts)
        #expect(order.resolutions == count - largest)
        #expect(order.isExact)
    }

    @Test func `a search that is cut says so and still orders all`() {
        var random = SeededRandom(seed: 1)
        let pairs = (0..<60).flatMap { a in ((a + 1)..<60).map { (a, $0) } }
            .filter { _ in Double.random(in: 0..<1, using: &random) < 0.3 }
        let order = MergeOrder.decide(
            Array(repeating: .init(size: 1), count: 60), conflicts: pairs, limit: 5)
        #expect(!order.isExact)
        #expect(order.unavoidable > 0 && order.unavoidable < order.resolutions)
        #expect(order.order.sorted() == Array(0..<60))
    }

    @Test
    func `what every order needs is known where a search is cut among branches that all conflict`()
    {
        let pairs = (0..<40).flatMap { a in ((a + 1)..<40).map { (a, $0) } }
        let order = MergeOrder.decide(
            Array(repeating: .init(size: 1), count: 40), conflicts: pairs, limit: 1)
        #expect(order.unavoidable == 39)
    }

    private func permutations(_ items: [Int]) -> [[Int]] {
        guard let first = items.first else { return [[]] }
        return permutations(Array(items.dropFirst())).flatMap { rest in
            (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
        }
    }
}
