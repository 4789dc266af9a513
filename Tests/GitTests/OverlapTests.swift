import Base
import TestSupport
import Testing

@testable import Git

struct OverlapRegionsTests {
    private static func lines(_ words: String) -> LineTable {
        LineTable(words.split(separator: " ").map { $0 + "\n" }.joined())
    }

    private static func regions(_ base: String, _ sides: [String]) -> OverlapRegions {
        OverlapRegions(sides.map { SideChanges(base: lines(base), side: lines($0)) })
    }

    /// Base, two sides, the contact, its kind in reports, the base's lines.
    static let contacts: [(String, String, String, Contact, String, Range<Int>)] = [
        ("1 2 3", "1 A 3", "1 B 3", .shareLines, "overlap", 1..<2),
        ("1 2 3 4", "1 A 4", "1 2 B 4", .shareLines, "overlap", 1..<3),
        ("1 2 3 4", "1 4", "1 2 X 3 4", .shareLines, "overlap", 1..<3),
        ("1 2 3 4", "1 A 3 4", "1 2 B 4", .adjacentEdits, "adjacent", 1..<3),
        ("1 2 3", "1 A 2 3", "1 B 3", .insertionTouchingEdit, "adjacent", 1..<2),
        ("1 2 3", "1 2 A 3", "1 B 3", .insertionTouchingEdit, "adjacent", 1..<2),
        ("1 2", "1 A 2", "1 B 2", .samePointInsertion, "insert_insert", 1..<1),
        ("", "A", "B", .samePointInsertion, "insert_insert", 0..<0),
    ]

    @Test(arguments: contacts)
    func `two hunks meet in one of four ways`(
        base: String, ours: String, theirs: String, contact: Contact, kind: String,
        lines: Range<Int>
    ) throws {
        for sides in [[ours, theirs], [theirs, ours]] {
            let found = Self.regions(base, sides)
            let region = try #require(found.regions.first)
            #expect(found.regions.count == 1)
            #expect(region.contact == contact)
            #expect(region.contact.kind == kind)
            #expect(region.base == lines)
            #expect(region.hasConflict)
            #expect(region.branches == [0, 1])
            #expect(
                found.pairs == [
                    PairOverlap(a: 0, b: 1, hasConflict: true, contact: contact, regions: [0])
                ])
        }
    }

    @Test func `an unchanged line between two hunks keeps them apart`() {
        let found = Self.regions("1 2 3", ["A 2 3", "1 2 B"])
        #expect(found.regions.isEmpty && found.pairs.isEmpty)
    }

    @Test func `the same change on all branches is a region without a conflict`() {
        let found = Self.regions("1 2 3", ["1 A 3", "1 A 3", "1 A 3"])
        #expect(found.regions.map(\.hasConflict) == [false])
        #expect(found.regions.map(\.contact) == [.identical])
        #expect(found.pairs.count == 3)
        #expect(found.conflictingPairs.isEmpty)
    }

    @Test func `branches that meet only through a third do not conflict with each other`() {
        let found = Self.regions("1 2 3 4 5", ["A 2 3 4 5", "1 B C D 5", "1 2 3 4 E"])
        #expect(found.regions.map(\.base) == [0..<5])
        #expect(found.regions.map(\.branches) == [[0, 1, 2]])
        #expect(found.conflictingPairs.map { [$0.a, $0.b] } == [[0, 1], [1, 2]])
    }

    @Test func `one branch against two that agree`() {
        let found = Self.regions("1 2 3", ["1 A 3", "1 B 3", "1 A 3"])
        #expect(found.regions.map(\.hasConflict) == [true])
        #expect(
            found.pairs.map { [$0.a, $0.b, $0.hasConflict ? 1 : 0] }
                == [[0, 1, 1], [0, 2, 0], [1, 2, 1]])
    }

    @Test func `a cluster that comes out the same on both sides is no conflict`() {
        // Hunks as another diff might cut them: the same text, by two ways.
        let side = LineTable("1\nA\nB\n4\n")
        let branches = [
            SideChanges(side: side, hunks: [Hunk(base: 1..<3, side: 1..<3)]),
            SideChanges(
                side: side,
                hunks: [Hunk(base: 1..<2, side: 1..<1), Hunk(base: 3..<3, side: 2..<3)]),
        ]
        let found = OverlapRegions(branches)
        #expect(NWayApply.apply(base: LineTable("1\n2\n3\n4\n"), branches) == side.bytes)
        #expect(found.regions.map(\.hasConflict) == [false])
        #expect(found.conflictingPairs.isEmpty)
    }

    @Test(arguments: DiffCorpus.Kind.allCases)
    func `the verdict on a pair is that of git's merge`(kind: DiffCorpus.Kind) throws {
        var corpus = DiffCorpus(seed: 8)
        let files = (0..<300).map { _ in
            let files = corpus.files(kind, sides: 2)
            return (base: files.base, ours: files.sides[0], theirs: files.sides[1])
        }
        let merges = try DiffOracle().merges(files)
        for (merge, files) in zip(merges, files) {
            let base = LineTable(files.base)
            let sides = [files.ours, files.theirs].map {
                SideChanges(base: base, side: LineTable($0))
            }
            let found = OverlapRegions(sides)
            #expect(found.conflictingPairs.isEmpty == merge.isClean)
            let applied = NWayApply.apply(base: base, sides)
            #expect(applied == (merge.isClean ? merge.bytes : nil))
        }
    }

    @Test func `many branches give every pair's own verdict, whatever their order`() {
        for seed in 0..<60 as Range<UInt64> {
            var corpus = DiffCorpus(seed: 100 + seed)
            let files = corpus.files(seed % 2 == 0 ? .code : .distinct, sides: 6)
            let base = LineTable(files.base)
            let sides = files.sides.map { SideChanges(base: base, side: LineTable($0)) }
            let found = OverlapRegions(sides)
            var conflicting: [[Int]] = []
            for a in sides.indices {
                for b in sides.indices where a < b {
                    if OverlapRegions([sides[a], sides[b]]).conflictingPairs.isEmpty { continue }
                    conflicting.append([a, b])
                }
            }
            #expect(found.conflictingPairs.map { [$0.a, $0.b] } == conflicting)
            let reversed = OverlapRegions(sides.reversed())
            #expect(reversed.regions.map(\.base) == found.regions.map(\.base))
            #expect(reversed.regions.map(\.contact) == found.regions.map(\.contact))
            for region in found.regions {
                #expect(
                    region.participants.contains { $0.base.lowerBound == region.base.lowerBound })
                #expect(region.branches.count > 1)
            }
        }
    }
}

struct OverlapApplyTests {
    @Test func `all branches' changes at once, in any order`() {
        var applied = 0
        for seed in 0..<200 as Range<UInt64> {
            var corpus = DiffCorpus(seed: 200 + seed)
            let base = (0..<60).map { "line \($0)" }
            let sides = (0..<4).map { side in
                var lines = base
                // Sides edit every fourth line of their own, and one of them the same.
                for _ in 0..<3 {
                    lines[corpus.number(0..<15) * 4 + side] = "side \(side)"
                    lines[56] = "agreed"
                }
                return LineTable(corpus.bytes(lines, .newline, isComplete: true))
            }
            let table = LineTable(corpus.bytes(base, .newline, isComplete: true))
            let changes = sides.map { SideChanges(base: table, side: $0) }
            let result = NWayApply.apply(base: table, changes)
            #expect(NWayApply.apply(base: table, changes.shuffled(using: &corpus.random)) == result)
            #expect((result == nil) == !OverlapRegions(changes).conflictingPairs.isEmpty)
            if let result {
                applied += 1
                let merged = LineTable(result)
                for line in 0..<60 where line != 56 {
                    let own = sides[line % 4].bytes(of: line..<line + 1)
                    #expect(merged.bytes(of: line..<line + 1) == own)
                }
            }
        }
        #expect(applied > 10)
    }

    @Test func `nothing to apply leaves the base`() {
        let base = LineTable("a\nb")
        #expect(NWayApply.apply(base: base, []) == base.bytes)
        #expect(NWayApply.apply(base: base, [SideChanges(base: base, side: base)]) == base.bytes)
    }
}
