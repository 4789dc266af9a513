/// Histogram diff, equal to git's: in each box the run of common lines that contains the rarest
/// line, among those the longest, splits the box; what is left on either side is diffed again.
///
/// A box whose common lines are all too frequent goes to `MyersDiff`. Works on interned lines.
/// One value serves many diffs, since its tables are as long as the number of distinct lines.
struct HistogramDiff {
    // 64: git's max_chain_length, above which a line is too frequent to split at.
    private static let frequencyLimit: Int32 = 64

    private var occurrences: LineOccurrences
    /// Made when a diff turns out to be long.
    private var bounds: RunBounds?
    /// Lines that the diff has looked at so far.
    private var work = 0
    private let workLimit: Int
    private let boundsAfter: Int
    private var myers: MyersDiff

    /// For sequences whose ids are below `distinct`.
    ///
    /// - Parameters:
    ///   - workLimit: how many lines one diff may look at, each as often as it does.
    ///   - boundsAfter: how often it looks at all lines before it makes ``RunBounds``.
    init(
        distinct: Int, workLimit: Int = LineDiff.workLimit,
        // 8: a usual diff is done before the bounds would be.
        boundsAfter: Int = 8
    ) {
        occurrences = LineOccurrences(distinct: distinct)
        myers = MyersDiff(distinct: distinct)
        self.workLimit = workLimit
        self.boundsAfter = boundsAfter
    }

    /// Diffs two sequences of ids; where that takes too much work, the rest is called changed and the result not exact.
    mutating func changes(base: [Int32], side: [Int32]) -> ChangedLines {
        var changes = ChangedLines(base: base.count, side: side.count)
        occurrences.take(base)
        defer { occurrences.forget(base) }
        bounds = nil
        work = 0
        // Boxes are independent of each other: a list instead of recursion, whose depth a file
        // of alternating changes would drive to the number of its lines.
        var boxes = [DiffBox(base: 0..<base.count, side: 0..<side.count)]
        while let box = boxes.popLast() {
            if box.base.isEmpty || box.side.isEmpty {
                changes.mark(base: box.base)
                changes.mark(side: box.side)
                continue
            }
            if work > workLimit {
                changes.isExact = false
                changes.mark(base: box.base)
                changes.mark(side: box.side)
                continue
            }
            if bounds == nil, work / max(base.count + side.count, 1) >= boundsAfter {
                bounds = RunBounds(base, side, occurrences)
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
        var best = Best()
        var hasCommonLine = false
        var line = box.side.lowerBound
        while line < box.side.upperBound, work <= workLimit {
            if let bounds {
                // Nothing is rarer than a line that is there once, so only a longer run is better.
                let length = best.frequency == 1 ? best.run?.base.count ?? 0 : 0
                line = bounds.first(in: line..<box.side.upperBound, above: length)
                if line == box.side.upperBound { break }
            }
            work += 1
            let frequency = occurrences.count(of: side[line], in: box.base)
            if frequency > 0 { hasCommonLine = true }
            if frequency > 0, frequency <= best.frequency {
                line = offerRuns(through: line, frequency, in: box, base, side, to: &best)
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
    private mutating func offerRuns(
        through line: Int, _ frequency: Int32, in box: DiffBox, _ base: [Int32], _ side: [Int32],
        to best: inout Best
    ) -> Int {
        var next = line + 1
        var reach = 0
        for place in occurrences.places(of: side[line], in: box.base) {
            let seed = occurrences[place]
            if seed < reach { continue }
            var rarest = frequency
            var start = (base: seed, side: line)
            while start.base > box.base.lowerBound, start.side > box.side.lowerBound,
                base[start.base - 1] == side[start.side - 1]
            {
                start.base -= 1
                start.side -= 1
                if rarest > 1 {
                    rarest = min(rarest, occurrences.count(of: base[start.base], in: box.base))
                }
            }
            var end = (base: seed + 1, side: line + 1)
            while end.base < box.base.upperBound, end.side < box.side.upperBound,
                base[end.base] == side[end.side]
            {
                if rarest > 1 {
                    rarest = min(rarest, occurrences.count(of: base[end.base], in: box.base))
                }
                end.base += 1
                end.side += 1
            }
            reach = end.base
            work += end.base - start.base
            next = max(next, end.side)
            best.offer(
                DiffBox(base: start.base..<end.base, side: start.side..<end.side),
                frequency: rarest)
        }
        return next
    }
}
