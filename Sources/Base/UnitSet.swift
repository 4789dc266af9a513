/// A set of the characters that a path can hold: Unicode scalars, and above them the bytes that
/// are no part of valid UTF-8.
struct UnitSet: Sendable {
    /// Sorted, disjoint.
    private(set) var ranges: [ClosedRange<UInt32>]

    /// The number of byte 0; scalars end at 0x10ffff.
    static let firstByte: UInt32 = 0x110000
    static let slash: UInt32 = 0x2f
    static let dot: UInt32 = 0x2e

    /// Everything but NUL, `/` and what is neither a scalar nor a byte.
    static let component = UnitSet(ranges: [
        1...0x2e, 0x30...0xd7ff, 0xe000...0x10ffff, firstByte + 0x80...firstByte + 0xff,
    ])
    static let separator = UnitSet(ranges: [slash...slash])

    private init(ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

    /// The characters of a component that are in one of the ranges, or in none of them.
    init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                let end = max(last.upperBound, range.upperBound)
                merged[merged.count - 1] = last.lowerBound...end
            } else {
                merged.append(range)
            }
        }
        if isNegated { merged = UnitSet.gaps(between: merged) }
        self.ranges = UnitSet(ranges: merged).intersection(UnitSet.component).ranges
    }

    var isEmpty: Bool { ranges.isEmpty }

    /// A member that reads well in an example: a lower-case letter where there is one.
    var example: UInt32? {
        let wishes: [ClosedRange<UInt32>] = [
            0x61...0x7a, 0x30...0x39, 0x41...0x5a, 0x21...0x10ffff,
        ]
        for wish in wishes {
            if let found = UnitSet(ranges: [wish]).intersection(self).ranges.first {
                return found.lowerBound
            }
        }
        return ranges.first?.lowerBound
    }

    func contains(_ unit: UInt32) -> Bool { ranges.contains { $0.contains(unit) } }

    func intersection(_ other: UnitSet) -> UnitSet {
        var out: [ClosedRange<UInt32>] = []
        var (i, j) = (0, 0)
        while i < ranges.count, j < other.ranges.count {
            let (a, b) = (ranges[i], other.ranges[j])
            let start = max(a.lowerBound, b.lowerBound)
            let end = min(a.upperBound, b.upperBound)
            if start <= end { out.append(start...end) }
            if a.upperBound < b.upperBound { i += 1 } else { j += 1 }
        }
        return UnitSet(ranges: out)
    }

    private static func gaps(between ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if next < range.lowerBound { gaps.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        return gaps + [next...UInt32.max]
    }
}
