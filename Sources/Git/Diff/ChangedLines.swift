/// Which lines of a base and of a side a diff calls changed; the others match in order.
struct ChangedLines {
    var base: [Bool]
    var side: [Bool]
    /// False when the diff was given up, and lines are called changed that nobody compared.
    var isExact = true

    /// Nothing changed yet.
    init(base: Int, side: Int) {
        self.base = Array(repeating: false, count: base)
        self.side = Array(repeating: false, count: side)
    }

    mutating func mark(base lines: Range<Int>) {
        for line in lines { base[line] = true }
    }

    mutating func mark(side lines: Range<Int>) {
        for line in lines { side[line] = true }
    }

    /// The changes as hunks, in order.
    var hunks: [Hunk] {
        var hunks: [Hunk] = []
        var baseLine = 0
        var sideLine = 0
        while baseLine < base.count || sideLine < side.count {
            let start = (base: baseLine, side: sideLine)
            while baseLine < base.count, base[baseLine] { baseLine += 1 }
            while sideLine < side.count, side[sideLine] { sideLine += 1 }
            if baseLine > start.base || sideLine > start.side {
                hunks.append(Hunk(base: start.base..<baseLine, side: start.side..<sideLine))
            }
            baseLine += 1
            sideLine += 1
        }
        return hunks
    }
}

/// A part of both files that is still to be diffed.
struct DiffBox {
    var base: Range<Int>
    var side: Range<Int>
}
