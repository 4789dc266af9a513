/// Two branches by index, the lower first.
struct BranchPair: Hashable, Comparable {
    let a: Int
    let b: Int

    init(_ one: Int, _ two: Int) { (a, b) = (min(one, two), max(one, two)) }

    static func < (x: BranchPair, y: BranchPair) -> Bool { (x.a, x.b) < (y.a, y.b) }

    /// Every pair of the given indices, ascending.
    static func all(of indices: some Collection<Int>) -> [BranchPair] {
        var pairs: [BranchPair] = []
        for (position, one) in indices.enumerated() {
            for other in indices.dropFirst(position + 1) { pairs.append(BranchPair(one, other)) }
        }
        return pairs
    }
}
