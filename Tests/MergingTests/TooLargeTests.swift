import Base
import Git
import Merging
import TestSupport
import Testing

/// Files whose versions take too much work to compare.
struct TooLargeTests {
    @Test func `such a pair is undecided, git is not asked, and others are decided`() async throws {
        let scratch = try ScratchRepository()
        let lines = (0..<3000).map { "row \($0 % 1500)\n" }
        try scratch.write("table", lines.joined())
        try scratch.write("small", "one\n")
        let base = try #require(ObjectID(try scratch.commit("base")))
        var heads: [(name: String, head: ObjectID)] = []
        for (name, table, small) in [
            ("thirds", lines.enumerated().filter { $0.offset % 3 != 1 }.map(\.element), "one\n"),
            ("end", lines + ["last\n"], "one\n"), ("other", lines, "two\n"),
            ("more", lines, "three\n"),
        ] {
            try scratch.git("checkout", "-q", "--detach", "\(base)")
            try scratch.write("table", table.joined())
            try scratch.write("small", small)
            heads.append((name, try #require(ObjectID(try scratch.commit(name)))))
        }
        let repository = try Repository(at: scratch.path)
        var sources: [OverlapReport.Source] = []
        for (name, head) in heads {
            let tree = try await repository.commit(head).tree
            sources.append(.init(name: name, head: head, tree: tree))
        }
        let engine = GitMergeEngine(
            program: await GitProgram.find(in: scratch.environment), repository: scratch.path,
            objects: scratch.path.appending(".git/objects"))
        var cache = OverlapCache(workLimit: 50_000)
        let report = try await OverlapReport.make(
            in: repository, base: base, sources: sources, engine: engine, cache: &cache)
        #expect(report.pairs.map { [$0.a, $0.b] } == [[0, 1], [2, 3]])
        #expect(report.pairs.map(\.verdict) == [.undecided, .conflict])
        #expect(report.pairs[0].detail == "table is too large to decide")
        #expect(report.resolutions == 2 && report.unavoidable == 1)
        let merge = try await repository.mergeAtOnce(base: base, sources: sources, cache: &cache)
        #expect(merge.trees == [sources[0].tree])
        #expect(merge.refusal == "thirds and end meet")
    }
}
