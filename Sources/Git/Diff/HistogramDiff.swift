/// Histogram diff, equal to git's: in each box the run of common lines that contains the rarest
/// line, among those the longest, splits the box; what is left on either side is diffed again.
///
/// A box whose common lines are all too frequent goes to `MyersDiff`. Works on interned lines.
/// One value serves many diffs, since its tables are as long as the number of distinct lines.
struct HistogramDiff {
    // 64: git's max_chain_length, above which a line is too frequent to split at.
    private static let frequencyLimit: Int32 = 64

    /// By line number of the base: the next line of the box that equals it; -1: none.
    private var nextEqual: [Int32] = []
    /// By id: the first such line in the box's base part. Valid where `frequency` is not 0.
    private var first: [Int32]
    /// By id: how often the box's base part has it. All 0 between boxes.
    private var frequency: [Int32]
    private var myers: MyersDiff

    /// For sequences whose ids are below `distinct`.
    init(distinct: Int) {
        first = Array(repeating: -1, count: distinct)
        frequency = Array(repeating: 0, count: distinct)
        myers = MyersDiff(distinct: distinct)
    }

    /// Diffs two sequences of ids.
    mutating func changes(base: [Int32], side: [Int32]) -> ChangedLines {
        var changes = ChangedLines(base: base.count, side: side.count)
        if nextEqual.count < base.count {
            nextEqual = Array(repeating: -1, count: base.count)
        }
        // Boxes are independent of each other: a list instead of recursion, whose depth a file
        // of alternating changes would drive to the number of its lines.
        var boxes = [DiffBox(base: 0..<base.count, side: 0..<side.count)]
        while let box = boxes.popLast() {
            if box.base.isEmpty || box.side.isEmpty {
                changes.mark(base: box.base)
                changes.mark(side: box.side)
                continue
            }
            switch split(box, base, side) {
            case .nothingCommon:
                changes.mark(base: box.base)
                changes.mark(side: box.side)
            case .onlyFrequentLines:
                myers.mark(&changes, base: base, side: side, box: box)
            case .run(let run):
                boxes.append(
                    DiffBox(
                        base: run.base.upperBound..<box.base.upperBound,
                        side: run.side.upperBound..<box.side.upperBound))
                boxes.append(
                    DiffBox(
                        base: box.base.lowerBound..<run.base.lowerBound,
                        side: box.side.lowerBound..<run.side.lowerBound))
            }
        }
        return changes
    }

    private enum Split {
        case nothingCommon
        case onlyFrequentLines
        case run(DiffBox)
    }

    /// The best run so far, and the frequency of its rarest line.
    private struct Best {
        var run: DiffBox?
        var frequency = HistogramDiff.frequencyLimit + 1

        /// Takes the run if it is longer, or has a rarer line, than the best so far.
        mutating func offer(_ candidate: DiffBox, frequency candidateFrequency: Int32) {
            // A first run of one line counts as no longer than none: it must be rarer.
            let length = run?.base.count ?? 1
            if length < candidate.base.count || candidateFrequency < frequency {
                run = candidate
                frequency = candidateFrequency
            }
        }
    }

    private mutating func split(_ box: DiffBox, _ base: [Int32], _ side: [Int32]) -> Split {
        count(box.base, base)
        defer { forget(box.base, base) }
        var best = Best()
        var hasCommonLine = false
        var line = box.side.lowerBound
        while line < box.side.upperBound {
            let frequency = frequency[Int(side[line])]
            if frequency > 0 { hasCommonLine = true }
            if frequency > 0, frequency <= best.frequency {
                line = offerRuns(through: line, in: box, base, side, to: &best)
            } else {
                line += 1
            }
        }
        if hasCommonLine, best.frequency > Self.frequencyLimit { return .onlyFrequentLines }
        return best.run.map { .run($0) } ?? .nothingCommon
    }

    /// Offers every maximal run through the side's line and an equal line of the base.
    ///
    /// Returns the side's next line worth a look: the one after the longest reach of these runs.
    private func offerRuns(
        through line: Int, in box: DiffBox, _ base: [Int32], _ side: [Int32], to best: inout Best
    ) -> Int {
        let id = Int(side[line])
        var next = line + 1
        var seed = Int(first[id])
        while seed >= 0 {
            var rarest = frequency[id]
            var start = (base: seed, side: line)
            while start.base > box.base.lowerBound, start.side > box.side.lowerBound,
                base[start.base - 1] == side[start.side - 1]
            {
                start.base -= 1
                start.side -= 1
                if rarest > 1 { rarest = min(rarest, frequency[Int(base[start.base])]) }
            }
            var end = (base: seed + 1, side: line + 1)
            while end.base < box.base.upperBound, end.side < box.side.upperBound,
                base[end.base] == side[end.side]
            {
                if rarest > 1 { rarest = min(rarest, frequency[Int(base[end.base])]) }
                end.base += 1
                end.side += 1
            }
            next = max(next, end.side)
            best.offer(
                DiffBox(base: start.base..<end.base, side: start.side..<end.side),
                frequency: rarest)
            seed = Int(nextEqual[seed])
            while seed >= 0, seed < end.base { seed = Int(nextEqual[seed]) }
        }
        return next
    }

    private mutating func count(_ lines: Range<Int>, _ base: [Int32]) {
        for line in lines.reversed() {
            let id = Int(base[line])
            nextEqual[line] = frequency[id] == 0 ? -1 : first[id]
            first[id] = Int32(truncatingIfNeeded: line)
            frequency[id] += 1
        }
    }

    private mutating func forget(_ lines: Range<Int>, _ base: [Int32]) {
        for line in lines { frequency[Int(base[line])] = 0 }
    }
}
