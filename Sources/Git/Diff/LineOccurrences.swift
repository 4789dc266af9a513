/// Where each line stands in a base, so that any part of it can be asked how often it has a line.
///
/// Made once per diff: counting anew in every part would cost the square of the file where it falls into many.
struct LineOccurrences {
    /// By id: where its lines start in `lines`, and how many they are.
    private var starts: [Int32]
    private var counts: [Int32]
    /// Line numbers of the base, grouped by id, ascending in each group.
    private var lines: [Int32] = []
    private var length = 0

    /// For sequences whose ids are below `distinct`.
    init(distinct: Int) {
        starts = Array(repeating: 0, count: distinct)
        counts = Array(repeating: 0, count: distinct)
    }

    /// Takes a base; the one before must have been forgotten.
    mutating func take(_ base: [Int32]) {
        length = base.count
        if lines.count < length { lines = Array(repeating: 0, count: length) }
        for id in base { counts[Int(id)] += 1 }
        var next: Int32 = 0
        for id in base where counts[Int(id)] > 0 {
            let id = Int(id)
            // Negative while the places are handed out: the group's start is known.
            starts[id] = next
            next += counts[id]
            counts[id] = -counts[id]
        }
        for line in base.indices.reversed() {
            let id = Int(base[line])
            if counts[id] < 0 {
                counts[id] = -counts[id]
                starts[id] += counts[id]
            }
            starts[id] -= 1
            lines[Int(starts[id])] = Int32(truncatingIfNeeded: line)
        }
    }

    /// Costs no more than the base that was taken.
    mutating func forget(_ base: [Int32]) {
        for id in base { counts[Int(id)] = 0 }
    }

    /// How often the whole base has the line.
    func count(of id: Int32) -> Int32 { counts[Int(id)] }

    /// The only place of a line that the base has once.
    func place(of id: Int32) -> Int { Int(lines[Int(starts[Int(id)])]) }

    /// How often a part of the base has the line.
    func count(of id: Int32, in part: Range<Int>) -> Int32 {
        let count = counts[Int(id)]
        if count == 0 || part.count == length { return count }
        if count == 1 { return part.contains(place(of: id)) ? 1 : 0 }
        let found = places(of: id, in: part)
        return Int32(truncatingIfNeeded: found.count)
    }

    /// The line's places in a part of the base, as a range for ``subscript(_:)``.
    func places(of id: Int32, in part: Range<Int>) -> Range<Int> {
        let start = Int(starts[Int(id)])
        let end = start + Int(counts[Int(id)])
        if part.count == length { return start..<end }
        let first = first(in: start..<end, notBelow: part.lowerBound)
        return first..<self.first(in: first..<end, notBelow: part.upperBound)
    }

    /// The line number at a place.
    subscript(place: Int) -> Int { Int(lines[place]) }

    private func first(in group: Range<Int>, notBelow line: Int) -> Int {
        var (low, high) = (group.lowerBound, group.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if lines[middle] < line { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
