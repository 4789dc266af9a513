import TestSupport
import Testing

@testable import Git

/// Files that fall into many parts, of which each would be read whole.
struct LongDiffTests {
    @Test func `a long file of which every third line is deleted is compared at once`() {
        let base = (0..<150_000).map { "row \($0)\n" }
        let side = base.enumerated().filter { $0.offset % 3 != 1 }.map(\.element)
        let made = LineDiff.compare(
            base: LineTable(base.joined()), side: LineTable(side.joined()),
            workLimit: 20 * base.count)
        #expect(made.isExact)
        #expect(made.hunks.count == 50_000)
        for (index, hunk) in made.hunks.enumerated() {
            guard hunk.base != 3 * index + 1..<3 * index + 2 || !hunk.side.isEmpty else { continue }
            Issue.record("\(hunk) for deletion \(index)")
            return
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `what is known of runs changes no diff`(share: UInt64) {
        for seed in share * 400..<(share + 1) * 400 {
            var random = SeededRandom(seed: seed)
            let alphabet = Int32.random(in: 2...60, using: &random)
            // Lines that are there once stand among lines that are there often.
            let unique = Int.random(in: 0...9, using: &random)
            let base = (0..<Int.random(in: 0...70, using: &random)).map { line -> Int32 in
                Int.random(in: 0..<10, using: &random) < unique
                    ? alphabet + Int32(line) : Int32.random(in: 0..<alphabet, using: &random)
            }
            var side: [Int32] = []
            for line in base {
                switch Int.random(in: 0..<12, using: &random) {
                case 0...2: break
                case 3: side += [line, Int32.random(in: 0..<alphabet + 70, using: &random)]
                case 4: side += side.suffix(Int.random(in: 0...6, using: &random))
                case 5: side.insert(line, at: Int.random(in: 0...side.count, using: &random))
                default: side.append(line)
                }
            }
            var known = HistogramDiff(distinct: Int(alphabet) + 70, boundsAfter: 0)
            var unknown = HistogramDiff(distinct: Int(alphabet) + 70, boundsAfter: .max)
            let (one, other) = (
                known.changes(base: base, side: side), unknown.changes(base: base, side: side)
            )
            #expect(
                one.base == other.base && one.side == other.side, "seed \(seed): \(base) to \(side)"
            )
        }
    }

    @Test func `what takes too much work is called changed, and said to be not exact`() {
        // Every line is there twice, so that no part has a line that is better than all others.
        let base = (0..<9000).map { "row \($0 % 4500)\n" }
        let side = base.enumerated().filter { $0.offset % 3 != 1 }.map(\.element)
        let (old, new) = (LineTable(base.joined()), LineTable(side.joined()))
        let made = LineDiff.compare(base: old, side: new, workLimit: 200_000)
        #expect(!made.isExact)
        let changes = SideChanges(side: new, hunks: made.hunks, isExact: false)
        #expect(NWayApply.apply(base: old, [changes]) == new.bytes)
        #expect(LineDiff.compare(base: old, side: new).isExact)
    }
}
