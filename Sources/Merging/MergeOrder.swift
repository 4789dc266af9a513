/// The order in which branches are merged so that the fewest need a resolution.
///
/// A branch merges without work exactly when none of its neighbours in the conflict graph came before it, so the
/// branches that need none form an independent set, and an order that starts with a maximum one is optimal:
/// the minimum number of resolutions is the number of branches less the size of that set.
package struct MergeOrder: Hashable, Sendable {
    /// Indices of branches, first to merge first.
    package let order: [Int]
    /// How many resolutions no order can avoid; a bound from above when `isExact` is false.
    package let resolutions: Int
    /// False when the search was cut and the set may not be the largest.
    package let isExact: Bool

    /// What is known of one branch.
    package struct Branch: Hashable, Sendable {
        /// Changed lines: the cost of doing it again.
        package let size: Int
        /// Indices of branches that must come before it.
        package let after: Set<Int>

        /// A branch that may come first unless `after` says otherwise.
        package init(size: Int, after: Set<Int> = []) {
            self.size = size
            self.after = after
        }
    }

    /// Orders branches whose conflicting pairs are given; undecided pairs count as conflicting.
    ///
    /// - Parameter limit: nodes of the search before it falls back to removing branches of minimum degree.
    package static func decide(
        _ branches: [Branch], conflicts: [(Int, Int)], limit: Int = 50_000
    ) -> MergeOrder {
        var neighbours = [Set<Int>](repeating: [], count: branches.count)
        for (a, b) in conflicts where a != b {
            neighbours[a].insert(b)
            neighbours[b].insert(a)
        }
        var search = IndependentSetSearch(neighbours: neighbours, limit: limit)
        let free = search.run()
        let order = topological(branches) { index in
            (
                free.contains(index) ? 0 : 1, free.contains(index) ? 0 : neighbours[index].count,
                branches[index].size, index
            )
        }
        return MergeOrder(
            order: order, resolutions: branches.count - free.count, isExact: search.isExact)
    }

    /// Dependencies first; among those that may come next, the smallest rank.
    private static func topological(
        _ branches: [Branch], rank: (Int) -> (Int, Int, Int, Int)
    ) -> [Int] {
        var rest = Set(branches.indices)
        var order: [Int] = []
        while !rest.isEmpty {
            let ready = rest.filter { branches[$0].after.isDisjoint(with: rest) }
            // A cycle cannot come from a plan that loaded; all that is left is taken by rank then.
            guard let next = (ready.isEmpty ? rest : ready).min(by: { rank($0) < rank($1) }) else {
                break
            }
            order.append(next)
            rest.remove(next)
        }
        return order
    }
}

/// Maximum independent set by branch and bound, with the reductions for degrees 0 and 1.
private struct IndependentSetSearch {
    let neighbours: [Set<Int>]
    var nodesLeft: Int
    var isExact = true
    private var best: Set<Int> = []

    init(neighbours: [Set<Int>], limit: Int) {
        self.neighbours = neighbours
        nodesLeft = limit
    }

    mutating func run() -> Set<Int> {
        best = greedy()
        extend(taken: [], rest: Set(neighbours.indices))
        return best
    }

    /// Takes a vertex of minimum degree again and again.
    private func greedy() -> Set<Int> {
        var rest = Set(neighbours.indices)
        var taken: Set<Int> = []
        while let next = rest.min(by: { degree($0, in: rest) < degree($1, in: rest) }) {
            taken.insert(next)
            rest.remove(next)
            rest.subtract(neighbours[next])
        }
        return taken
    }

    /// Ties go to the lower index, so that the answer does not depend on hashing.
    private func degree(_ vertex: Int, in rest: Set<Int>) -> (Int, Int) {
        (neighbours[vertex].intersection(rest).count, vertex)
    }

    private mutating func extend(taken: Set<Int>, rest: Set<Int>) {
        var (taken, rest) = (taken, rest)
        while let easy = rest.filter({ degree($0, in: rest).0 <= 1 }).min() {
            taken.insert(easy)
            rest.remove(easy)
            rest.subtract(neighbours[easy])
        }
        guard taken.count + rest.count > best.count else { return }
        guard let widest = rest.max(by: { degree($0, in: rest) < degree($1, in: rest) }) else {
            best = taken
            return
        }
        nodesLeft -= 1
        guard nodesLeft > 0 else {
            isExact = false
            return
        }
        extend(
            taken: taken.union([widest]),
            rest: rest.subtracting(neighbours[widest]).subtracting([widest]))
        extend(taken: taken, rest: rest.subtracting([widest]))
    }
}
