/// For each line of a side, a bound on the length of the runs through it that a histogram diff may split at, once it has
/// found a run with a line that the base has once.
///
/// Only a longer one with such a line is better then. With the bounds it is found without reading the lines between:
/// a file of a million lines, every third of them deleted, falls into 333,333 parts.
struct RunBounds {
    private static let shift = 5

    /// The bounds, then the greatest of each 32 of the level before.
    private var levels: [[Int32]]

    init(_ base: [Int32], _ side: [Int32], _ occurrences: LineOccurrences) {
        var bounds = [Int32](repeating: 0, count: side.count)
        Self.boundUnique(base, side, occurrences, &bounds)
        Self.boundRepeated(side, occurrences, &bounds)
        levels = [bounds]
        while let last = levels.last, last.count > 1 << Self.shift {
            let starts = stride(from: 0, to: last.count, by: 1 << Self.shift)
            levels.append(
                starts.map { start in
                    last[start..<min(start + 1 << Self.shift, last.count)].max() ?? 0
                })
        }
    }

    /// The first line of `lines` with a bound above `length`; their end if there is none.
    func first(in lines: Range<Int>, above length: Int) -> Int {
        var (at, level) = (lines.lowerBound, 0)
        while at << (Self.shift * level) < lines.upperBound {
            if levels[level][at] > length {
                if level == 0 { return at }
                level -= 1
                at <<= Self.shift
                continue
            }
            at += 1
            while at & (1 << Self.shift - 1) == 0, level + 1 < levels.count {
                level += 1
                at >>= Self.shift
            }
        }
        return lines.upperBound
    }

    /// A line that the base has once is in one run.
    private static func boundUnique(
        _ base: [Int32], _ side: [Int32], _ occurrences: LineOccurrences, _ bounds: inout [Int32]
    ) {
        var line = 0
        while line < side.count {
            guard occurrences.count(of: side[line]) == 1 else {
                line += 1
                continue
            }
            let place = occurrences.place(of: side[line])
            var back = 0
            while back < line, back < place, base[place - back - 1] == side[line - back - 1] {
                back += 1
            }
            var ahead = 1
            while line + ahead < side.count, place + ahead < base.count,
                base[place + ahead] == side[line + ahead]
            {
                ahead += 1
            }
            let length = Int32(truncatingIfNeeded: back + ahead)
            for member in line..<line + ahead
            where occurrences.count(of: side[member]) == 1 { bounds[member] = length }
            line += ahead
        }
    }

    /// A run through lines that the base has more than once ends among them, or goes on through the line before or after.
    private static func boundRepeated(
        _ side: [Int32], _ occurrences: LineOccurrences, _ bounds: inout [Int32]
    ) {
        var start = 0
        while start < side.count {
            var end = start
            while end < side.count, occurrences.count(of: side[end]) > 1 { end += 1 }
            if end > start {
                let length = max(
                    Int32(truncatingIfNeeded: end - start), start > 0 ? bounds[start - 1] : 0,
                    end < side.count ? bounds[end] : 0)
                for member in start..<end { bounds[member] = length }
            }
            start = end + 1
        }
    }
}
