import Base
import TestSupport
import Testing

@testable import Git

struct LineMergeTests {
    private typealias Triple = (base: [UInt8], ours: [UInt8], theirs: [UInt8])

    private static func triples(_ kind: DiffCorpus.Kind, count: Int, seed: UInt64) -> [Triple] {
        var corpus = DiffCorpus(seed: seed)
        return (0..<count).map { _ in
            let files = corpus.files(kind, sides: 2)
            return (files.base, files.sides[0], files.sides[1])
        }
    }

    private static func expectGits(
        _ merges: [DiffOracle.Merge], _ triples: [Triple], _ options: LineMerge.Options
    ) {
        for (merge, files) in zip(merges, triples) {
            let result = LineMerge.merge(
                base: LineTable(files.base), ours: LineTable(files.ours),
                theirs: LineTable(files.theirs), options: options)
            #expect(result.isClean == merge.isClean)
            #expect(
                result.bytes == merge.bytes,
                "\(text(result.bytes)) for \(text(merge.bytes))")
            expectBlocks(result, options)
        }
    }

    /// Every block starts and ends with a marker, and nothing else is one.
    private static func expectBlocks(_ result: LineMergeResult, _ options: LineMerge.Options) {
        let output = LineTable(result.bytes)
        let starts = (0..<output.count).filter { output.bytes(of: $0..<$0 + 1).first == 60 }
        let ends = (0..<output.count).filter { output.bytes(of: $0..<$0 + 1).first == 62 }
        #expect(result.conflicts.map(\.output.lowerBound) == starts)
        #expect(result.conflicts.map { $0.output.upperBound - 1 } == ends)
    }

    private static func text(_ bytes: [UInt8]) -> String {
        Text.truncate(String(decoding: bytes, as: UTF8.self).debugDescription, to: 400)
    }

    @Test(arguments: DiffCorpus.Kind.allCases)
    func `merges are git's, byte for byte`(kind: DiffCorpus.Kind) throws {
        let triples = Self.triples(kind, count: 300, seed: 5)
        let merges = try DiffOracle().merges(triples)
        let labels = LineMerge.Labels(ours: "ours", theirs: "theirs")
        Self.expectGits(merges, triples, LineMerge.Options(labels: labels))
    }

    @Test(arguments: LineMerge.Style.allCases, [DiffCorpus.Kind.code, .tinyAlphabet])
    func `conflicts are shown in git's styles`(
        style: LineMerge.Style, kind: DiffCorpus.Kind
    ) throws {
        let triples = Self.triples(kind, count: 200, seed: 6)
        let answer = try DiffOracle().merges(
            triples, style: style.rawValue, attributes: "* conflict-marker-size=9")
        let labels = LineMerge.Labels(base: answer.baseLabel, ours: "HEAD", theirs: "theirs")
        Self.expectGits(
            answer.merges, triples,
            LineMerge.Options(labels: labels, style: style, markerSize: 9))
    }

    @Test(arguments: LineMerge.Style.allCases)
    func `a union keeps both sides' lines as git does`(style: LineMerge.Style) throws {
        let triples = Self.triples(.code, count: 200, seed: 7)
        let answer = try DiffOracle().merges(
            triples, style: style.rawValue, attributes: "* merge=union")
        Self.expectGits(
            answer.merges, triples, LineMerge.Options(style: style, favor: .union))
    }

    /// Base, ours, theirs, and whether git 2.39's merge-tree stops.
    static let verdicts: [(String, String, String, String, Bool)] = [
        ("adjacent lines edited", "1 2 3 4", "1 A 3 4", "1 2 B 4", true),
        ("one line between two edits", "1 2 3 4", "A 2 3 4", "1 2 B 4", false),
        ("both insert at one point", "1 2", "1 A 2", "1 B 2", true),
        ("one insertion is the start of the other", "1 2", "1 A 2", "1 A B 2", true),
        ("both insert the same", "1 2", "1 A 2", "1 A 2", false),
        ("insertion above an edited line", "1 2 3", "1 A 2 3", "1 B 3", true),
        ("insertion below an edited line", "1 2 3", "1 2 A 3", "1 B 3", true),
        ("insertions on both sides of one line", "1 2 3", "1 A 2 3", "1 2 B 3", false),
        ("deletion next to an edit", "1 2 3", "1 3", "1 2 B", true),
        ("one deletion inside another", "1 2 3 4 5", "1 5", "1 2 4 5", true),
        ("the same deletion", "1 2 3", "1 3", "1 3", false),
        ("both append", "1", "1 A", "1 B", true),
        ("same edit and one more on the next line", "1 2 3 4", "1 A 3 4", "1 A B 4", true),
        ("same edit and one more after a line", "1 2 3 4", "1 A 3 4", "1 A 3 B", false),
        ("both added, different", "", "A", "B", true),
        ("both added, one empty", "", "A", "", false),
        ("one line inserted at different points", "1 2 3", "X 1 2 3", "1 2 3 X", false),
    ]

    private static func lines(_ words: String) -> LineTable {
        LineTable(words.split(separator: " ").map { $0 + "\n" }.joined())
    }

    @Test(arguments: verdicts)
    func `a merge stops where git's does`(
        name: String, base: String, ours: String, theirs: String, stops: Bool
    ) throws {
        let (base, ours, theirs) = (Self.lines(base), Self.lines(ours), Self.lines(theirs))
        let result = LineMerge.merge(base: base, ours: ours, theirs: theirs)
        #expect(result.isClean == !stops)
        let other = LineMerge.merge(base: base, ours: theirs, theirs: ours)
        #expect(other.isClean == !stops)
        let regions = OverlapRegions([
            SideChanges(base: base, side: ours), SideChanges(base: base, side: theirs),
        ])
        #expect(regions.conflictingPairs.isEmpty == !stops)
    }

    @Test func `an edited last line conflicts with the removal of its newline`() {
        let result = LineMerge.merge(
            base: LineTable("1\n2\n"), ours: LineTable("1\nA\n"), theirs: LineTable("1\n2"))
        #expect(
            String(decoding: result.bytes, as: UTF8.self)
                == "1\n<<<<<<<\nA\n=======\n2\n>>>>>>>\n")
        let block = ConflictBlock(base: 1..<2, ours: 1..<2, theirs: 1..<2, output: 1..<6)
        #expect(result.conflicts == [block])
    }

    @Test func `markers end as the lines around them do`() {
        let result = LineMerge.merge(
            base: LineTable("1\r\n2\r\n"), ours: LineTable("1\r\nA"), theirs: LineTable("1\r\nB"),
            options: .init(labels: .init(ours: "us", theirs: "them")))
        #expect(
            String(decoding: result.bytes, as: UTF8.self)
                == "1\r\n<<<<<<< us\r\nA\r\n=======\r\nB\r\n>>>>>>> them\r\n")
    }

    @Test(arguments: [(LineMerge.Favor.ours, "1\nA\n3\nC\n"), (.theirs, "1\nB\n3\nC\n")])
    func `a favored side wins where both changed, and only there`(
        favor: LineMerge.Favor, merged: String
    ) {
        let result = LineMerge.merge(
            base: LineTable("1\n2\n3\n4\n"), ours: LineTable("1\nA\n3\n4\n"),
            theirs: LineTable("1\nB\n3\nC\n"), options: .init(favor: favor))
        #expect(result.isClean)
        #expect(String(decoding: result.bytes, as: UTF8.self) == merged)
    }
}
