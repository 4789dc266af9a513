/// The search for the point where a box's shortest edit path can be cut in two.
///
/// Runs from both corners at once, one edit per round, until the two meet. Without
/// `isMinimal` it may stop early at a long enough diagonal, or when it has cost too much.
struct MyersSplit {
    /// Where to cut, and whether each part must then be searched without shortcuts.
    struct Cut {
        var base: Int
        var side: Int
        var isMinimalBefore = true
        var isMinimalAfter = true
    }

    // 20 and 256: XDL_SNAKE_CNT and XDL_HEUR_MIN_COST; 4: XDL_K_HEUR; 256: XDL_MAX_COST_MIN.
    private static let longSnake = 20
    private static let shortcutCost = 256
    private static let shortcutFactor = 4
    private static let leastCostLimit = 256
    /// Above every line number, and far enough below overflow.
    private static let unreached = Int.max / 4

    private let base: [Int32]
    private let side: [Int32]
    /// Furthest base line on each diagonal (base - side), from either corner.
    private var forward: [Int]
    private var backward: [Int]
    /// Index of diagonal 0.
    private let zero: Int
    private let costLimit: Int

    init(base: [Int32], side: [Int32]) {
        self.base = base
        self.side = side
        let diagonals = base.count + side.count + 3
        forward = Array(repeating: 0, count: diagonals)
        backward = Array(repeating: 0, count: diagonals)
        zero = side.count + 1
        costLimit = max(KeptLines.roughSquareRoot(diagonals), Self.leastCostLimit)
    }

    /// The diagonals under search from one corner: every second one of a range.
    private struct Band {
        let middle: Int
        var low: Int
        var high: Int

        init(_ middle: Int) { (self.middle, low, high) = (middle, middle, middle) }

        func contains(_ diagonal: Int) -> Bool { low <= diagonal && diagonal <= high }
        var diagonals: StrideThrough<Int> { stride(from: high, through: low, by: -2) }
    }

    /// A box whose corners differ; neither part is empty.
    mutating func split(_ box: DiffBox, isMinimal: Bool) -> Cut {
        var ahead = Band(box.base.lowerBound - box.side.lowerBound)
        var behind = Band(box.base.upperBound - box.side.upperBound)
        forward[ahead.middle + zero] = box.base.lowerBound
        backward[behind.middle + zero] = box.base.upperBound
        var cost = 0
        while true {
            cost += 1
            var hasLongSnake = false
            Self.widen(&ahead, box, &forward, zero, outside: -1)
            if let cut = advance(ahead, meeting: behind, box, &hasLongSnake) { return cut }
            Self.widen(&behind, box, &backward, zero, outside: Self.unreached)
            if let cut = retreat(behind, meeting: ahead, box, &hasLongSnake) { return cut }
            if isMinimal { continue }
            if hasLongSnake, cost > Self.shortcutCost {
                if let cut = longDiagonal(ahead, from: box, cost) { return cut }
                if let cut = longDiagonal(behind, to: box, cost) { return cut }
            }
            if cost >= costLimit { return furthest(ahead, behind, box) }
        }
    }

    /// Adds a diagonal at both ends, or gives one up where the box ends.
    // Static: a method's own `self` would hold the array a second time and make it copy.
    private static func widen(
        _ band: inout Band, _ box: DiffBox, _ reach: inout [Int], _ zero: Int, outside: Int
    ) {
        if band.low > box.base.lowerBound - box.side.upperBound {
            band.low -= 1
            reach[band.low - 1 + zero] = outside
        } else {
            band.low += 1
        }
        if band.high < box.base.upperBound - box.side.lowerBound {
            band.high += 1
            reach[band.high + 1 + zero] = outside
        } else {
            band.high -= 1
        }
    }

    private mutating func advance(
        _ band: Band, meeting other: Band, _ box: DiffBox, _ hasLongSnake: inout Bool
    ) -> Cut? {
        let canMeet = (band.middle - other.middle) & 1 != 0
        for diagonal in band.diagonals {
            let index = diagonal + zero
            var baseLine =
                forward[index - 1] >= forward[index + 1]
                ? forward[index - 1] + 1 : forward[index + 1]
            let start = baseLine
            var sideLine = baseLine - diagonal
            while baseLine < box.base.upperBound, sideLine < box.side.upperBound,
                base[baseLine] == side[sideLine]
            {
                baseLine += 1
                sideLine += 1
            }
            if baseLine - start > Self.longSnake { hasLongSnake = true }
            forward[index] = baseLine
            if canMeet, other.contains(diagonal), backward[index] <= baseLine {
                return Cut(base: baseLine, side: sideLine)
            }
        }
        return nil
    }

    private mutating func retreat(
        _ band: Band, meeting other: Band, _ box: DiffBox, _ hasLongSnake: inout Bool
    ) -> Cut? {
        let canMeet = (band.middle - other.middle) & 1 == 0
        for diagonal in band.diagonals {
            let index = diagonal + zero
            var baseLine =
                backward[index - 1] < backward[index + 1]
                ? backward[index - 1] : backward[index + 1] - 1
            let start = baseLine
            var sideLine = baseLine - diagonal
            while baseLine > box.base.lowerBound, sideLine > box.side.lowerBound,
                base[baseLine - 1] == side[sideLine - 1]
            {
                baseLine -= 1
                sideLine -= 1
            }
            if start - baseLine > Self.longSnake { hasLongSnake = true }
            backward[index] = baseLine
            if canMeet, other.contains(diagonal), baseLine <= forward[index] {
                return Cut(base: baseLine, side: sideLine)
            }
        }
        return nil
    }

    /// The forward path that has come far for its cost and ends in a long run of equal lines.
    private func longDiagonal(_ band: Band, from box: DiffBox, _ cost: Int) -> Cut? {
        var best = 0
        var cut: Cut?
        for diagonal in band.diagonals {
            let baseLine = forward[diagonal + zero]
            let sideLine = baseLine - diagonal
            let way =
                baseLine - box.base.lowerBound + sideLine - box.side.lowerBound
                - abs(diagonal - band.middle)
            guard way > Self.shortcutFactor * cost, way > best,
                box.base.lowerBound + Self.longSnake <= baseLine,
                baseLine < box.base.upperBound,
                box.side.lowerBound + Self.longSnake <= sideLine,
                sideLine < box.side.upperBound,
                (1...Self.longSnake).allSatisfy({ base[baseLine - $0] == side[sideLine - $0] })
            else { continue }
            best = way
            cut = Cut(base: baseLine, side: sideLine, isMinimalAfter: false)
        }
        return cut
    }

    private func longDiagonal(_ band: Band, to box: DiffBox, _ cost: Int) -> Cut? {
        var best = 0
        var cut: Cut?
        for diagonal in band.diagonals {
            let baseLine = backward[diagonal + zero]
            let sideLine = baseLine - diagonal
            let way =
                box.base.upperBound - baseLine + box.side.upperBound - sideLine
                - abs(diagonal - band.middle)
            guard way > Self.shortcutFactor * cost, way > best,
                box.base.lowerBound < baseLine,
                baseLine <= box.base.upperBound - Self.longSnake,
                box.side.lowerBound < sideLine,
                sideLine <= box.side.upperBound - Self.longSnake,
                (0..<Self.longSnake).allSatisfy({ base[baseLine + $0] == side[sideLine + $0] })
            else { continue }
            best = way
            cut = Cut(base: baseLine, side: sideLine, isMinimalBefore: false)
        }
        return cut
    }

    /// The end of the path that got furthest from its corner, whichever corner that is.
    private func furthest(_ ahead: Band, _ behind: Band, _ box: DiffBox) -> Cut {
        var fromStart = (sum: -1, base: -1)
        for diagonal in ahead.diagonals {
            var baseLine = min(forward[diagonal + zero], box.base.upperBound)
            if box.side.upperBound < baseLine - diagonal {
                baseLine = box.side.upperBound + diagonal
            }
            let sum = baseLine + baseLine - diagonal
            if fromStart.sum < sum { fromStart = (sum, baseLine) }
        }
        var fromEnd = (sum: Self.unreached, base: Self.unreached)
        for diagonal in behind.diagonals {
            var baseLine = max(backward[diagonal + zero], box.base.lowerBound)
            if baseLine - diagonal < box.side.lowerBound {
                baseLine = box.side.lowerBound + diagonal
            }
            let sum = baseLine + baseLine - diagonal
            if sum < fromEnd.sum { fromEnd = (sum, baseLine) }
        }
        let way = fromStart.sum - (box.base.lowerBound + box.side.lowerBound)
        if box.base.upperBound + box.side.upperBound - fromEnd.sum < way {
            return Cut(
                base: fromStart.base, side: fromStart.sum - fromStart.base, isMinimalAfter: false)
        }
        return Cut(base: fromEnd.base, side: fromEnd.sum - fromEnd.base, isMinimalBefore: false)
    }
}
