import Base
import Git
import Merging
import Review
import TestSupport
import Testing

@testable import Commands

/// The table of branches for terminals of several widths.
struct OverlapMatrixTests {
    /// A repository where each branch changes a line of one file; `lines[i]` is the one of branch `i + 1`.
    private func report(_ lines: [Int]) async throws -> OverlapReport {
        let scratch = try ScratchRepository()
        let text = (1...200).map { "\($0)\n" }
        try scratch.write("f", text.joined())
        let base = try #require(ObjectID(try scratch.commit()))
        let repository = try Repository(at: scratch.path)
        var sources: [OverlapReport.Source] = []
        for (index, line) in lines.enumerated() {
            var copy = text
            copy[line - 1] = "branch \(index)\n"
            let blob = try await repository.writeBlob(Array(copy.joined().utf8))
            let tree = try await repository.writeTree([
                TreeEntry(name: Array("f".utf8), item: TreeItem(mode: .file, id: blob))
            ])
            sources.append(.init(name: "topic/\(index + 1)", head: nil, tree: tree))
        }
        return try await OverlapReport.make(
            in: repository, base: base, sources: sources, engine: nil)
    }

    private func table(_ report: OverlapReport, _ columns: Int) -> [String] {
        OverlapMatrix(report, columns: columns).lines.map(\.plain)
    }

    @Test func `pairs have mark, number and worst kind; who meets nobody has no column`()
        async throws
    {
        let report = try await report([10, 10, 11, 100])
        #expect(
            table(report, 80)
                == [
                    "                                     1   2   3   ",
                    "  1  topic/1  1 file, 1 hunk  +1 -1      ✗1o ✗1o ",
                    "  2  topic/2  1 file, 1 hunk  +1 -1  ✗1o     ✗1o ",
                    "  3  topic/3  1 file, 1 hunk  +1 -1  ✗1o ✗1o     ",
                    "  ✗ conflict   · nothing in common   with the number of regions   worst: o overlap",
                    "  4  topic/4  1 file, 1 hunk  +1 -1",
                ])
    }

    @Test func `fifty branches that all meet fit in eighty columns by a letter each`() async throws
    {
        let report = try await report((0..<50).map { 10 + $0 })
        let lines = table(report, 80)
        #expect(lines.allSatisfy { Text.width($0) <= 80 }, "\(lines)")
        #expect(lines.count == 53)
        #expect(lines[2].hasSuffix(" a" + String(repeating: "·", count: 48)))
        #expect(lines.last?.contains("a adjacent") == true)
    }

    @Test func `where not even letters fit, each row names its partners`() async throws {
        let report = try await report((0..<50).map { 10 + 4 * ($0 / 2) })
        let lines = table(report, 40)
        #expect(lines.first { $0.contains("topic/1 ") }?.hasSuffix("✗ 2") == true)
        #expect(lines.first { $0.contains("topic/50") }?.hasSuffix("✗ 49") == true)
    }

    @Test func `many branches that meet nobody are one line`() async throws {
        let report = try await report([10, 10] + (0..<30).map { 20 + 5 * $0 })
        let lines = table(report, 80)
        #expect(lines.count == 5)
        #expect(lines.last?.hasPrefix("  · 30 branches with nothing in common") == true)
    }

    @Test(arguments: [
        ([1], "1"), ([1, 2], "1–2"), ([1, 2, 3, 7, 9, 10], "1–3, 7, 9–10"), ([], ""),
    ])
    func `numbers in a row are a range`(numbers: [Int], text: String) {
        #expect(OverlapMatrix.ranges(numbers) == text)
    }

    @Test func `no two kinds of the table share a letter, save renames`() {
        var letters: [String: [ConflictKind]] = [:]
        for kind in ConflictKind.allCases {
            letters[ConflictLetter(kind: kind).letter, default: []].append(kind)
        }
        let shared = letters.values.filter { $0.count > 1 }
        #expect(shared == [[.renameRename, .renameDelete, .renameModify]])
    }
}
