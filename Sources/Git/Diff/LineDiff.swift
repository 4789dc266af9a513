/// The diff that git's merge takes its hunks from: histogram, whole files, no indent heuristic.
///
/// `git diff -U0` cuts a common tail off before it counts lines, and can so give other hunks
/// for long files; the merge does not, nor does this.
package enum LineDiff {
    /// Which of git's algorithms to follow.
    enum Algorithm: Sendable {
        case histogram
        case myers
    }

    /// How many lines one diff may look at, each as often as it does: a few seconds, where git takes longer.
    package static let workLimit = 1 << 28

    /// What changed from base to side: sorted, disjoint hunks, never adjacent.
    ///
    /// Time and memory are linear in the files' lines when little has changed. Where it takes more
    /// work than is allowed, the rest is called changed.
    package static func hunks(
        base: LineTable, side: LineTable, workLimit: Int = LineDiff.workLimit
    ) -> [Hunk] {
        compare(base: base, side: side, workLimit: workLimit).hunks
    }

    static func hunks(base: LineTable, side: LineTable, algorithm: Algorithm) -> [Hunk] {
        compare(base: base, side: side, algorithm: algorithm).hunks
    }

    /// The hunks, and whether they are those that git's merge would take.
    static func compare(
        base: LineTable, side: LineTable, algorithm: Algorithm = .histogram,
        workLimit: Int = LineDiff.workLimit
    ) -> (hunks: [Hunk], isExact: Bool) {
        DiffBase(base).compare(side, algorithm, workLimit: workLimit)
    }
}

/// A file whose lines are numbered, to be compared with any number of others.
package struct DiffBase: Sendable {
    /// The file.
    package let table: LineTable
    private let ids: [Int32]
    private let interner: LineInterner

    /// Looks at each line once.
    package init(_ table: LineTable) {
        self.table = table
        var interner = LineInterner(expecting: table.count)
        ids = interner.ids(of: table)
        self.interner = interner
    }

    func compare(
        _ side: LineTable, _ algorithm: LineDiff.Algorithm = .histogram, workLimit: Int
    ) -> (hunks: [Hunk], isExact: Bool) {
        var interner = interner
        let sideIDs = interner.ids(of: side, like: table, ids)
        if ids == sideIDs { return ([], true) }
        var diff = SequenceDiff(
            distinct: interner.count, algorithm: algorithm, workLimit: workLimit)
        let hunks = diff.hunks(base: ids, side: sideIDs)
        return (hunks, diff.isExact)
    }
}

/// Diffs of sequences of interned lines, sharing their tables.
struct SequenceDiff {
    private var histogram: HistogramDiff
    private let distinct: Int
    private let algorithm: LineDiff.Algorithm
    /// False once a diff was given up for the work that it takes; its hunks then cover more than what changed.
    private(set) var isExact = true

    /// For sequences whose ids are below `distinct`.
    init(
        distinct: Int, algorithm: LineDiff.Algorithm = .histogram,
        workLimit: Int = LineDiff.workLimit
    ) {
        histogram = HistogramDiff(distinct: distinct, workLimit: workLimit)
        self.distinct = distinct
        self.algorithm = algorithm
    }

    mutating func hunks(base: [Int32], side: [Int32]) -> [Hunk] {
        var changes: ChangedLines
        switch algorithm {
        case .histogram:
            changes = histogram.changes(base: base, side: side)
        case .myers:
            changes = ChangedLines(base: base.count, side: side.count)
            var myers = MyersDiff(distinct: distinct)
            myers.mark(
                &changes, base: base, side: side,
                box: DiffBox(base: 0..<base.count, side: 0..<side.count))
        }
        isExact = isExact && changes.isExact
        ChangeCompaction.compact(&changes, base: base, side: side)
        return changes.hunks
    }
}
