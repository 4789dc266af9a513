import Base
import TestSupport
import Testing

@testable import Git

struct LineDiffTests {
    @Test(arguments: DiffCorpus.Kind.allCases)
    func `hunks are git's histogram hunks`(kind: DiffCorpus.Kind) throws {
        try expectGitsHunks(kind, count: 400, seed: 1, algorithm: .histogram)
    }

    @Test(arguments: DiffCorpus.Kind.allCases)
    func `the fall-back's hunks are git's Myers hunks`(kind: DiffCorpus.Kind) throws {
        try expectGitsHunks(kind, count: 250, seed: 2, algorithm: .myers)
    }

    private func expectGitsHunks(
        _ kind: DiffCorpus.Kind, count: Int, seed: UInt64, algorithm: LineDiff.Algorithm
    ) throws {
        var corpus = DiffCorpus(seed: seed)
        let pairs = (0..<count).map { _ in
            let files = corpus.files(kind, sides: 1)
            return (base: files.base, side: files.sides[0])
        }
        try expectGitsHunks(pairs, algorithm)
    }

    private func expectGitsHunks(
        _ pairs: [(base: [UInt8], side: [UInt8])], _ algorithm: LineDiff.Algorithm
    ) throws {
        let expected = try DiffOracle().hunks(pairs, algorithm: "\(algorithm)")
        for (pair, hunks) in zip(pairs, expected) {
            let found = LineDiff.hunks(
                base: LineTable(pair.base), side: LineTable(pair.side), algorithm: algorithm)
            #expect(found == hunks, "\(texts(pair.base)) to \(texts(pair.side))")
        }
    }

    private func texts(_ bytes: [UInt8]) -> String {
        Text.truncate(String(decoding: bytes, as: UTF8.self).debugDescription, to: 400)
    }

    @Test func `long unrelated files cut the search short as git does`() throws {
        var corpus = DiffCorpus(seed: 3)
        let pairs = [2, 3, 12].map { alphabet in
            let base = (0..<1500).map { _ in corpus.line(.unrelated, alphabet: alphabet) }
            let side = (0..<1500).map { _ in corpus.line(.unrelated, alphabet: alphabet) }
            return (
                base: corpus.bytes(base, .newline, isComplete: true),
                side: corpus.bytes(side, .newline, isComplete: true)
            )
        }
        try expectGitsHunks(pairs, .histogram)
    }

    @Test func `blocks between unmatched and frequent lines are found as git finds them`() throws {
        var corpus = DiffCorpus(seed: 9)
        try expectGitsHunks((0..<60).map { _ in corpus.patchwork() }, .myers)
    }

    @Test func `very long files are cut at long diagonals as git cuts them`() throws {
        var corpus = DiffCorpus(seed: 10)
        try expectGitsHunks([corpus.longRevision()], .histogram)
    }

    @Test func `hunks rebuild the side, and are never adjacent`() {
        for seed in 0..<300 as Range<UInt64> {
            var corpus = DiffCorpus(seed: seed)
            let files = corpus.files(.code, sides: 1)
            let base = LineTable(files.base)
            let changes = SideChanges(base: base, side: LineTable(files.sides[0]))
            #expect(NWayApply.apply(base: base, [changes]) == files.sides[0])
            for (hunk, next) in zip(changes.hunks, changes.hunks.dropFirst()) {
                #expect(hunk.base.upperBound < next.base.lowerBound)
                #expect(hunk.side.upperBound < next.side.lowerBound)
            }
        }
    }

    @Test(arguments: [
        ("", "", []),
        ("a\n", "a\n", []),
        ("", "a\n", [Hunk(base: 0..<0, side: 0..<1)]),
        ("a\n", "", [Hunk(base: 0..<1, side: 0..<0)]),
        ("a\nb\n", "a\nb", [Hunk(base: 1..<2, side: 1..<2)]),
        ("a\nb\n", "a\r\nb\n", [Hunk(base: 0..<1, side: 0..<1)]),
        ("a\nb\nc\n", "a\nx\nb\nc\n", [Hunk(base: 1..<1, side: 1..<2)]),
        // An ambiguous insertion goes as far down as it can.
        ("a\nb\na\nb\n", "a\nb\na\nb\na\nb\n", [Hunk(base: 4..<4, side: 4..<6)]),
    ])
    func `small diffs`(base: String, side: String, hunks: [Hunk]) {
        #expect(LineDiff.hunks(base: LineTable(base), side: LineTable(side)) == hunks)
    }
}

struct LineTableTests {
    @Test(arguments: [
        ("", []), ("a", ["a"]), ("a\n", ["a\n"]), ("a\n\nb", ["a\n", "\n", "b"]),
        ("a\r\nb\r", ["a\r\n", "b\r"]), ("12345678\n1234567\n", ["12345678\n", "1234567\n"]),
        ("\u{0b}\u{09}0123456\n\u{10a}\n", ["\u{0b}\u{09}0123456\n", "\u{10a}\n"]),
    ])
    func `a line ends after its newline`(text: String, lines: [String]) {
        let table = LineTable(text)
        let found = (0..<table.count).map {
            String(decoding: table.bytes(of: $0..<$0 + 1), as: UTF8.self)
        }
        #expect(found == lines)
    }

    @Test(arguments: [(0, true), (7999, true), (8000, false)])
    func `a NUL in the first 8,000 bytes makes a file binary`(at: Int, isBinary: Bool) {
        var bytes = [UInt8](repeating: 65, count: 9000)
        bytes[at] = 0
        #expect(LineTable(bytes).isBinary == isBinary)
        #expect(!LineTable([65, 10]).isBinary)
    }

    @Test(arguments: [
        ("a\na\n", "a\na\na\n"), ("a\nb", "a\nb\n"), ("a\nb\n", "a\nb"), ("", "x"), ("x", ""),
        ("x\ny", "y"), ("ab\ncd\n", "b\ncd\n"), ("b\ncd\n", "ab\ncd\n"), ("a\nb\nc\n", "a\nx\nc\n"),
        ("1234567\n12345678\n", "1234567\n123456789\n"), ("a\n", "a\n"),
    ])
    func `lines that a known file has at its ends keep their numbers`(base: String, side: String) {
        var interner = LineInterner(expecting: 1)
        let (base, side) = (LineTable(base), LineTable(side))
        let baseIDs = interner.ids(of: base)
        let sideIDs = interner.ids(of: side, like: base, baseIDs)
        func lines(_ table: LineTable) -> [ArraySlice<UInt8>] {
            (0..<table.count).map { table.bytes(of: $0..<$0 + 1) }
        }
        let numbered = zip(lines(base) + lines(side), baseIDs + sideIDs)
        #expect(baseIDs.count == base.count && sideIDs.count == side.count)
        for (line, id) in numbered {
            for (other, otherID) in numbered { #expect((line == other) == (id == otherID)) }
        }
        #expect(Set(baseIDs + sideIDs) == Set(0..<Int32(interner.count)))
    }

    @Test func `equal lines of several files get one number, others never`() {
        var corpus = DiffCorpus(seed: 4)
        var interner = LineInterner(expecting: 1)
        var known: [[UInt8]: Int32] = [:]
        for _ in 0..<20 {
            let table = LineTable(corpus.files(.code, sides: 1, scale: 10).base)
            for (line, id) in interner.ids(of: table).enumerated() {
                let bytes = Array(table.bytes(of: line..<line + 1))
                #expect(known[bytes, default: id] == id)
                known[bytes] = id
            }
        }
        #expect(Set(known.values) == Set(0..<Int32(known.count)))
        #expect(interner.count == known.count)
    }
}
