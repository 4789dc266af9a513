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

    /// What changed from base to side: sorted, disjoint hunks, never adjacent.
    ///
    /// Time and memory are linear in the files' lines when little has changed.
    package static func hunks(base: LineTable, side: LineTable) -> [Hunk] {
        hunks(base: base, side: side, algorithm: .histogram)
    }

    static func hunks(base: LineTable, side: LineTable, algorithm: Algorithm) -> [Hunk] {
        if base.hashes == side.hashes, base.bytes == side.bytes { return [] }
        var interner = LineInterner(expecting: base.count + side.count)
        let baseIDs = interner.ids(of: base)
        let sideIDs = interner.ids(of: side)
        var diff = SequenceDiff(distinct: interner.count, algorithm: algorithm)
        return diff.hunks(base: baseIDs, side: sideIDs)
    }
}

/// Diffs of sequences of interned lines, sharing their tables.
struct SequenceDiff {
    private var histogram: HistogramDiff
    private let distinct: Int
    private let algorithm: LineDiff.Algorithm

    /// For sequences whose ids are below `distinct`.
    init(distinct: Int, algorithm: LineDiff.Algorithm = .histogram) {
        histogram = HistogramDiff(distinct: distinct)
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
        ChangeCompaction.compact(&changes, base: base, side: side)
        return changes.hunks
    }
}
