import Base
import Git

/// Changes of several branches that stand close together in one file, or in one function of it.
struct PlaceRisks {
    private let file: ChangedFile
    private let hunks: [(branch: Int, hunk: Hunk)]
    /// Pairs of branches that meet or are near, by the function (its line) in which they do.
    private var close: Set<Contact> = []
    private(set) var risks: [OverlapRisk] = []

    private struct Contact: Hashable {
        let pair: BranchPair
        let heading: Heading?
    }

    /// Unchanged lines between two changes up to which they are near.
    static let reach = 3

    init(_ file: ChangedFile, _ headings: ChangedHeadings) {
        self.file = file
        hunks = file.sides.flatMap { side in
            side.changes.hunks.map { (side.branch, $0) }
        }.sorted {
            ($0.1.base.lowerBound, $0.1.base.upperBound, $0.0)
                < ($1.1.base.lowerBound, $1.1.base.upperBound, $1.0)
        }
        guard file.blob != nil, file.sides.count > 1 else { return }
        addNear(headings)
        addSameSymbol(headings)
    }

    private mutating func addNear(_ headings: ChangedHeadings) {
        var clusters = Clusters(count: hunks.count)
        var gaps: [Int: Int] = [:]
        for index in hunks.indices {
            let end = hunks[index].hunk.base.upperBound
            for next in (index + 1)..<max(hunks.count, index + 1) {
                let gap = hunks[next].hunk.base.lowerBound - end
                if gap > Self.reach { break }
                let pair = BranchPair(hunks[index].branch, hunks[next].branch)
                guard pair.a != pair.b else { continue }
                for place in [index, next] {
                    close.insert(Contact(pair: pair, heading: headings[hunks[place], in: file]))
                }
                guard gap > 0 else { continue }
                clusters.join(index, next)
                gaps[index] = min(gaps[index] ?? gap, gap)
            }
        }
        for members in clusters.groups {
            let gap = members.compactMap { gaps[$0] }.min() ?? 1
            let ranges = members.map { hunks[$0].hunk.base }
            risks.append(
                risk(
                    .near, ranges, symbol: headings[hunks[members[0]], in: file]?.text,
                    branches: members.map { hunks[$0].branch },
                    "changes with \(Text.count(gap, "unchanged line")) between them"))
        }
    }

    private mutating func addSameSymbol(_ headings: ChangedHeadings) {
        var byHeading: [Heading: [Int]] = [:]
        for index in hunks.indices {
            guard let heading = headings[hunks[index], in: file] else { continue }
            byHeading[heading, default: []].append(index)
        }
        for (heading, members) in byHeading.sorted(by: { $0.key.line < $1.key.line }) {
            let pairs = BranchPair.all(of: Set(members.map { hunks[$0].branch }).sorted())
                .filter { !close.contains(Contact(pair: $0, heading: heading)) }
            let branches = Set(pairs.flatMap { [$0.a, $0.b] })
            guard !branches.isEmpty else { continue }
            risks.append(
                risk(
                    .sameSymbol,
                    members.filter { branches.contains(hunks[$0].branch) }
                        .map { hunks[$0].hunk.base },
                    symbol: heading.text, branches: Array(branches),
                    "changes in distant lines of one definition"))
        }
    }

    private func risk(
        _ kind: OverlapRisk.Kind, _ ranges: [Range<Int>], symbol: String?, branches: [Int],
        _ detail: String
    ) -> OverlapRisk {
        let start = ranges.map(\.lowerBound).min() ?? 0
        let end = ranges.map(\.upperBound).max() ?? start
        return OverlapRisk(
            kind: kind, paths: [file.path], base: start + 1..<end + 1, symbol: symbol,
            branches: Set(branches).sorted(), detail: detail)
    }
}

/// Sets of numbers that grow together.
private struct Clusters {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    mutating func join(_ a: Int, _ b: Int) { parents[root(a)] = root(b) }

    private mutating func root(_ index: Int) -> Int {
        var at = index
        while parents[at] != at {
            parents[at] = parents[parents[at]]
            at = parents[at]
        }
        return at
    }

    /// Sets of at least two, by their lowest members, each ascending.
    var groups: [[Int]] {
        var copy = self
        var found: [Int: [Int]] = [:]
        for index in parents.indices { found[copy.root(index), default: []].append(index) }
        return found.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }
}
