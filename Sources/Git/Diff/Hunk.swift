/// A maximal run of changed lines: these lines of the base became those of the side.
///
/// Line ranges are 0-based and half-open; an empty `base` is an insertion before that line, an
/// empty `side` a deletion. At least one line stays between two hunks of one diff.
package struct Hunk: Sendable, Hashable {
    /// The lines that went; empty for an insertion.
    package var base: Range<Int>
    /// The lines that came; empty for a deletion.
    package var side: Range<Int>

    /// Takes ranges as they are: no check that at least one of them holds a line.
    package init(base: Range<Int>, side: Range<Int>) {
        self.base = base
        self.side = side
    }

    /// Adds lines and takes none away.
    package var isInsertion: Bool { base.isEmpty }
    /// Takes lines away and adds none.
    package var isDeletion: Bool { side.isEmpty }
}

/// One side's changes of a file: the file as that side has it, and its hunks against the base.
package struct SideChanges: Sendable {
    /// The side's own file, which the `side` ranges of the hunks count in.
    package let side: LineTable
    /// Sorted, disjoint, never adjacent.
    package let hunks: [Hunk]
    /// False when the files were too much work to compare: the hunks cover more than what changed.
    package let isExact: Bool

    /// Takes hunks that a diff of this very side made.
    package init(side: LineTable, hunks: [Hunk], isExact: Bool = true) {
        self.side = side
        self.hunks = hunks
        self.isExact = isExact
    }

    /// Diffs the side against the base.
    package init(base: LineTable, side: LineTable, workLimit: Int = LineDiff.workLimit) {
        self.init(base: DiffBase(base), side: side, workLimit: workLimit)
    }

    /// Diffs the side against a base that others are compared with as well.
    package init(base: DiffBase, side: LineTable, workLimit: Int = LineDiff.workLimit) {
        let made = base.compare(side, workLimit: workLimit)
        self.init(side: side, hunks: made.hunks, isExact: made.isExact)
    }

    /// The bytes that stand in the hunk's place on this side.
    package func replacement(of hunk: Hunk) -> ArraySlice<UInt8> { side.bytes(of: hunk.side) }

    /// What these lines of the base became on this side; `first` and `last` are the outermost
    /// hunks that the lines contain.
    func text(of base: Range<Int>, from first: Hunk, through last: Hunk) -> ArraySlice<UInt8> {
        let start = first.side.lowerBound - (first.base.lowerBound - base.lowerBound)
        let end = last.side.upperBound + (base.upperBound - last.base.upperBound)
        return side.bytes(of: start..<end)
    }
}
