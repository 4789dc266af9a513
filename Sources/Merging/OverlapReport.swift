package import Base
package import Git

/// Where branches that share a base touch the same places: `treeguild.overlap/1`.
package struct OverlapReport: Hashable, Sendable {
    /// The commit that all were compared with; the empty tree where they have none in common.
    package internal(set) var base: ObjectID
    /// In the order in which they were given.
    package let branches: [Branch]
    /// By path and line; those that git alone found come last.
    package internal(set) var regions: [Region]
    /// Ascending; pairs without a common place that merge are left out.
    package let pairs: [Pair]
    /// Indices of branches in the order of merging that needs the fewest resolutions.
    package let order: [Int]
    /// How many branches come after one that they conflict with, or may conflict with.
    package let resolutions: Int
    /// How many resolutions no order avoids, whatever comes of the undecided pairs.
    package let unavoidable: Int
    /// What may not fit although it merges; nil when nobody looked.
    package internal(set) var risks: [OverlapRisk]?

    /// What is compared with the base under one name.
    package struct Source: Hashable, Sendable {
        /// Unlike all others of the report.
        package let name: String
        /// The commit; nil for a tree that no commit has, such as uncommitted work.
        package let head: ObjectID?
        /// What is compared.
        package let tree: ObjectID

        /// A branch, or work that has no commit.
        package init(name: String, head: ObjectID?, tree: ObjectID) {
            self.name = name
            self.head = head
            self.tree = tree
        }
    }

    /// One branch and the size of its change.
    package struct Branch: Hashable, Sendable {
        /// As in ``Source``.
        package let name: String
        /// The commit; nil for a tree that no commit has.
        package let head: ObjectID?
        /// Paths that differ from the base.
        package let files: Int
        /// Runs of changed lines; a deleted file is one.
        package let hunks: Int
        /// Lines that the base lacks.
        package let insertions: Int
        /// Lines of the base that are gone.
        package let deletions: Int
    }

    /// One place of the base that several branches touch.
    package struct Region: Hashable, Sendable {
        /// In the base, or for git's own findings where git names the conflict.
        package let path: RepositoryPath
        /// The heaviest contact of two of the branches.
        package let kind: ConflictKind
        /// Lines of the base, 1-based and half-open; empty (start = end) for an insertion before `start`.
        package let base: Range<Int>
        /// True where no lines decide, such as for a deletion, a link or a binary file: all ranges are empty then.
        package let isWhole: Bool
        /// The function or section of the base that holds it, as git's diff names it.
        package internal(set) var symbol: String?
        /// Whether the merge of some two of the branches stops here, or may stop.
        package internal(set) var isConflict: Bool
        /// By branch; one with several hunks here stands several times.
        package let sides: [Side]
    }

    /// What one branch has at a region.
    package struct Side: Hashable, Sendable {
        /// Index into ``OverlapReport/branches``.
        package let branch: Int
        /// Lines of the branch's own version, 1-based and half-open.
        package let range: Range<Int>
        /// Text of `range`, without newlines; empty for a deletion.
        package let lines: [String]
    }

    /// Two branches that touch a common place, or whose merge stops or could not be decided.
    package struct Pair: Hashable, Sendable {
        /// Index into ``OverlapReport/branches``.
        package let a: Int
        /// Index into ``OverlapReport/branches``, greater than `a`.
        package let b: Int
        /// Indices into ``OverlapReport/regions``.
        package let regions: [Int]
        /// What git's merge of the two with this base comes to.
        package let verdict: Verdict
        /// How the verdict came about, for people.
        package let detail: String
    }

    /// Whether a three-way merge of two branches stops.
    package enum Verdict: Hashable, Sendable {
        case clean, conflict
        /// A third answer, never "clean".
        case undecided
    }

    /// The report with nothing as its base, in place of a commit that nobody can look up.
    package var comparedWithNothing: OverlapReport {
        var report = self
        report.base = .emptyTree
        return report
    }

    /// True when no pair conflicts and none is undecided.
    package var isClean: Bool { pairs.allSatisfy { $0.verdict == .clean } }
}

extension OverlapReport {
    /// The document of the contract.
    package var json: JSON {
        guard let risks, var members = textJSON.objectValue else { return textJSON }
        let names = branches.map(\.name)
        members["risks"] = .array(risks.map { $0.json(names) })
        return .object(members)
    }

    /// Without risks.
    private var textJSON: JSON {
        [
            "schema": "treeguild.overlap/1",
            "base": .string(base.description),
            "branches": .array(
                branches.map {
                    [
                        "name": .string($0.name), "head": .optional($0.head?.description),
                        "files": .int($0.files), "hunks": .int($0.hunks),
                    ]
                }),
            "regions": .array(regions.map(json)),
            "pairs": .array(pairs.map(json)),
            "order": .array(order.map { .string(branches[$0].name) }),
            "resolutions": ["in_order": .int(resolutions), "unavoidable": .int(unavoidable)],
        ]
    }

    private func json(_ region: Region) -> JSON {
        [
            "path": .string(region.path.description), "kind": .string(region.kind.rawValue),
            "base": region.isWhole ? .null : region.base.json,
            "symbol": .optional(region.symbol),
            "conflict": .bool(region.isConflict),
            "branches": .array(
                region.sides.map {
                    [
                        "name": .string(branches[$0.branch].name),
                        "start": region.isWhole ? .null : .int($0.range.lowerBound),
                        "end": region.isWhole ? .null : .int($0.range.upperBound),
                        "lines": .array($0.lines.map { .string($0) }),
                    ]
                }),
        ]
    }

    private func json(_ pair: Pair) -> JSON {
        let conflict: JSON =
            switch pair.verdict {
            case .clean: false
            case .conflict: true
            case .undecided: .null
            }
        return [
            "a": .string(branches[pair.a].name), "b": .string(branches[pair.b].name),
            "regions": .array(pair.regions.map { .int($0) }), "conflict": conflict,
            "detail": .string(pair.detail),
        ]
    }
}

extension Range<Int> {
    /// `{start, end}`.
    var json: JSON { ["start": .int(lowerBound), "end": .int(upperBound)] }
}
