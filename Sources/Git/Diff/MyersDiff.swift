/// Myers' linear-space diff with git's shortcuts: lines without a counterpart are set aside
/// first, and a search that costs too much settles for a good path instead of the best.
struct MyersDiff {
    /// By id: how often each file's part of the box has it. All 0 between boxes.
    private var inBase: [Int32] = []
    private var inSide: [Int32] = []
    private let distinct: Int

    /// For sequences whose ids are below `distinct`.
    init(distinct: Int) { self.distinct = distinct }

    /// Diffs the box as if it were two whole files.
    mutating func mark(
        _ changes: inout ChangedLines, base: [Int32], side: [Int32], box: DiffBox
    ) {
        // Most files have no box that comes here.
        if inBase.isEmpty {
            inBase = Array(repeating: 0, count: distinct)
            inSide = inBase
        }
        for line in box.base { inBase[Int(base[line])] += 1 }
        for line in box.side { inSide[Int(side[line])] += 1 }
        let inner = trimmed(box, base, side)
        let keptBase = KeptLines(
            base, inner.base, of: box.base.count, matches: inSide, discarded: &changes.base)
        let keptSide = KeptLines(
            side, inner.side, of: box.side.count, matches: inBase, discarded: &changes.side)
        for line in box.base { inBase[Int(base[line])] = 0 }
        for line in box.side { inSide[Int(side[line])] = 0 }
        compare(keptBase, keptSide, &changes)
    }

    /// The box without what both files have at its start and at its end.
    private func trimmed(_ box: DiffBox, _ base: [Int32], _ side: [Int32]) -> DiffBox {
        var box = box
        while !box.base.isEmpty, !box.side.isEmpty,
            base[box.base.lowerBound] == side[box.side.lowerBound]
        {
            box.base.removeFirst()
            box.side.removeFirst()
        }
        while !box.base.isEmpty, !box.side.isEmpty,
            base[box.base.upperBound - 1] == side[box.side.upperBound - 1]
        {
            box.base.removeLast()
            box.side.removeLast()
        }
        return box
    }

    private func compare(_ base: KeptLines, _ side: KeptLines, _ changes: inout ChangedLines) {
        var search = MyersSplit(base: base.ids, side: side.ids)
        var boxes = [
            (box: DiffBox(base: 0..<base.ids.count, side: 0..<side.ids.count), isMinimal: false)
        ]
        while let (whole, isMinimal) = boxes.popLast() {
            let box = trimmed(whole, base.ids, side.ids)
            if box.base.isEmpty || box.side.isEmpty {
                for kept in box.base { changes.base[base.lines[kept]] = true }
                for kept in box.side { changes.side[side.lines[kept]] = true }
                continue
            }
            let at = search.split(box, isMinimal: isMinimal)
            let before = DiffBox(
                base: box.base.lowerBound..<at.base, side: box.side.lowerBound..<at.side)
            let after = DiffBox(
                base: at.base..<box.base.upperBound, side: at.side..<box.side.upperBound)
            boxes.append((after, at.isMinimalAfter))
            boxes.append((before, at.isMinimalBefore))
        }
    }
}

/// The lines of one file that take part in a Myers search.
///
/// Left out, and so changed, are lines that the other file does not have, and frequent lines
/// amid them, as git's xdl_cleanup_records does.
struct KeptLines {
    /// Ids of the kept lines, and where in the file they are.
    private(set) var ids: [Int32] = []
    private(set) var lines: [Int] = []

    private enum Matches: UInt8 {
        case none
        case some
        case many
    }

    /// Keeps lines of `range`; `count` is the length of the file that the range is part of.
    init(
        _ all: [Int32], _ range: Range<Int>, of count: Int, matches: [Int32],
        discarded: inout [Bool]
    ) {
        // 1024: XDL_MAX_EQLIMIT.
        let limit = min(KeptLines.roughSquareRoot(count), 1024)
        let kinds = range.map { line -> Matches in
            let found = Int(matches[Int(all[line])])
            return found == 0 ? .none : found >= limit ? .many : .some
        }
        for (offset, kind) in kinds.enumerated() {
            let line = range.lowerBound + offset
            if kind == .some || (kind == .many && !KeptLines.isAmidUnmatched(kinds, offset)) {
                ids.append(all[line])
                lines.append(line)
            } else {
                discarded[line] = true
            }
        }
    }

    /// A power of two near the square root; git's bounds are stated in it.
    static func roughSquareRoot(_ number: Int) -> Int {
        var root = 1
        var rest = number
        while rest > 0 {
            root *= 2
            rest >>= 2
        }
        return root
    }

    /// Whether the runs of unmatched and frequent lines around a frequent line are mostly
    /// unmatched, with some on both sides of it.
    private static func isAmidUnmatched(_ kinds: [Matches], _ at: Int) -> Bool {
        // 100: XDL_SIMSCAN_WINDOW, which keeps a long run of such lines from costing its square.
        let lowest = max(0, at - 100)
        let highest = min(kinds.count - 1, at + 100)
        var before = (unmatched: 0, frequent: 1)
        var line = at - 1
        while line >= lowest, kinds[line] != .some {
            if kinds[line] == .none { before.unmatched += 1 } else { before.frequent += 1 }
            line -= 1
        }
        guard before.unmatched > 0 else { return false }
        var after = (unmatched: 0, frequent: 1)
        line = at + 1
        while line <= highest, kinds[line] != .some {
            if kinds[line] == .none { after.unmatched += 1 } else { after.frequent += 1 }
            line += 1
        }
        guard after.unmatched > 0 else { return false }
        let unmatched = before.unmatched + after.unmatched
        let frequent = before.frequent + after.frequent
        // 4: XDL_KPDIS_RUN.
        return frequent * 4 < frequent + unmatched
    }
}
