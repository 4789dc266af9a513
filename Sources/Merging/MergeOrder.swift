/// The order in which branches are merged so that the fewest need a resolution.
///
/// A branch merges without work exactly when none of its neighbours in the conflict graph came before it, so the
/// branches that need none form an independent set, and an order that starts with a maximum one is optimal:
/// the minimum number of resolutions is the number of branches less the size of that set.
package struct MergeOrder: Hashable, Sendable {
    /// Indices of branches, first to merge first.
    package let order: [Int]
    /// How many resolutions this order needs.
    package let resolutions: Int
    /// How many no order can avoid, as far as that is known: never more than `resolutions`.
    package let unavoidable: Int
    /// True when no order needs fewer; the search may have been cut otherwise, or dependencies want this order.
    package var isExact: Bool { resolutions == unavoidable }

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
    /// - Parameter limit: nodes of the search before it is content with the best that it knows.
    package static func decide(
        _ branches: [Branch], conflicts: [(Int, Int)], limit: Int = 50_000
    ) -> MergeOrder {
        var neighbours = [Set<Int>](repeating: [], count: branches.count)
        for (a, b) in conflicts where a != b {
            neighbours[a].insert(b)
            neighbours[b].insert(a)
        }
        var free: Set<Int> = []
        var (nodes, unavoidable) = (limit, 0)
        for part in connected(neighbours) {
            var search = IndependentSetSearch(of: part, neighbours: neighbours, limit: nodes)
            let found = search.run()
            free.formUnion(found)
            nodes = max(search.nodesLeft, 1)
            unavoidable +=
                part.count - (search.isExact ? found.count : cliques(covering: part, neighbours))
        }
        let order = topological(branches) { index in
            (
                free.contains(index) ? 0 : 1, free.contains(index) ? 0 : neighbours[index].count,
                branches[index].size, index
            )
        }
        return MergeOrder(
            order: order, resolutions: resolutions(of: order, neighbours), unavoidable: unavoidable)
    }

    /// A number of groups, in each of which every two conflict, that hold all of `part`. Of each group one at most
    /// merges without work.
    private static func cliques(covering part: [Int], _ neighbours: [Set<Int>]) -> Int {
        var rest = part.sorted { (neighbours[$0].count, $0) < (neighbours[$1].count, $1) }
        var count = 0
        while let first = rest.first {
            var clique: [Int] = [first]
            for other in rest.dropFirst() where clique.allSatisfy(neighbours[other].contains) {
                clique.append(other)
            }
            rest.removeAll(where: clique.contains)
            count += 1
        }
        return count
    }

    /// How many branches of an order come after one that they conflict with.
    private static func resolutions(of order: [Int], _ neighbours: [Set<Int>]) -> Int {
        var isMerged = [Bool](repeating: false, count: neighbours.count)
        var count = 0
        for branch in order {
            if neighbours[branch].contains(where: { isMerged[$0] }) { count += 1 }
            isMerged[branch] = true
        }
        return count
    }

    /// Groups of branches that conflict with each other, directly or through others; one that conflicts with none
    /// is a group of its own.
    private static func connected(_ neighbours: [Set<Int>]) -> [[Int]] {
        var groups: [[Int]] = []
        var isSeen = [Bool](repeating: false, count: neighbours.count)
        for start in neighbours.indices where !isSeen[start] {
            isSeen[start] = true
            var group = [start]
            var next = 0
            while next < group.count {
                for other in neighbours[group[next]] where !isSeen[other] {
                    isSeen[other] = true
                    group.append(other)
                }
                next += 1
            }
            groups.append(group.sorted())
        }
        // Small groups first: a large one may use up what the search is allowed.
        return groups.sorted { ($0.count, $0[0]) < ($1.count, $1[0]) }
    }

    /// Dependencies first; among those that may come next, the smallest rank.
    private static func topological(
        _ branches: [Branch], rank: (Int) -> (Int, Int, Int, Int)
    ) -> [Int] {
        let ranks = branches.indices.map(rank)
        if branches.allSatisfy(\.after.isEmpty) {
            return branches.indices.sorted { ranks[$0] < ranks[$1] }
        }
        var rest = Set(branches.indices)
        var order: [Int] = []
        while !rest.isEmpty {
            let ready = rest.filter { branches[$0].after.isDisjoint(with: rest) }
            // A cycle cannot come from a plan that loaded; all that is left is taken by rank then.
            guard let next = (ready.isEmpty ? rest : ready).min(by: { ranks[$0] < ranks[$1] })
            else {
                break
            }
            order.append(next)
            rest.remove(next)
        }
        return order
    }
}
