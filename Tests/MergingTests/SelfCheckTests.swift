import Base
import Git
import Merging
import TestSupport
import Testing

struct SelfCheckTests {
    /// Merges as people make them: clean, with a conflict, and with a file that was renamed.
    private func history(_ scratch: borrowing ScratchRepository) throws {
        let text = (0..<20).map { "line \($0)\n" }.joined()
        try scratch.write("f", text)
        try scratch.write("moving", text + "more\n")
        try scratch.commit("base")
        for (number, other) in ["line 15\n", "line 3\n", nil].enumerated() {
            try scratch.git("checkout", "-q", "-b", "side\(number)")
            if let other {
                try scratch.write("f", text.replacing(other, with: "theirs\n"))
            } else {
                try scratch.git("mv", "moving", "moved")
            }
            try scratch.commit("side")
            try scratch.git("checkout", "-q", "main")
            try scratch.write("f", text.replacing("line 3\n", with: "ours \(number)\n"))
            try scratch.write("moving", text + "more \(number)\n")
            try scratch.commit("main")
            try scratch.git(
                ["merge", "-q", "-s", "ours", "-m", "merge", "side\(number)"], in: scratch.path)
            try scratch.write("f", text)
            try scratch.write("moving", text + "more\n")
            try scratch.commit("as before")
        }
    }

    @Test func `merges of a history are counted by what came of them`() async throws {
        let scratch = try ScratchRepository()
        try history(scratch)
        let repository = try Repository(at: scratch.path)
        let merges = try await repository.mergeCommits(limit: 100)
        #expect(merges.count == 3)
        #expect(try await repository.mergeCommits(limit: 2) == Array(merges.prefix(2)))
        let engine = try #require(
            GitMergeEngine(
                program: await GitProgram.find(in: scratch.environment), repository: scratch.path,
                objects: scratch.path.appending(".git/objects")))
        let before = try scratch.git("count-objects", "-v")
        let tally = try await SelfCheck(at: scratch.path, merges, engine: engine).run { _ in }
        #expect(tally.merges == 3)
        #expect(tally.equalClean == 1)
        #expect(tally.equalConflict == 1)
        #expect(tally.asked == [.rename: 1])
        #expect(tally.different.isEmpty && tally.notCompared.isEmpty)
        #expect(try scratch.git("count-objects", "-v") == before)
    }

    @Test func `a report after one branch moved is a new report`() async throws {
        let scratch = try ScratchRepository()
        let text = (0..<9).map { "\($0)\n" }.joined()
        try scratch.write("f", text)
        let base = try #require(ObjectID(try scratch.commit("base")))
        var heads: [ObjectID] = []
        for line in ["1", "7", "7"] {
            try scratch.git("checkout", "-q", "--detach", "\(base)")
            try scratch.write("f", text.replacing("\(line)\n", with: "\(line) \(heads.count)\n"))
            heads.append(try #require(ObjectID(try scratch.commit("side"))))
        }
        let repository = try Repository(at: scratch.path)
        func sources(_ heads: [ObjectID]) async throws -> [OverlapReport.Source] {
            var sources: [OverlapReport.Source] = []
            for (index, head) in heads.enumerated() {
                let tree = try await repository.commit(head).tree
                sources.append(.init(name: "\(index)", head: head, tree: tree))
            }
            return sources
        }
        var cache = OverlapCache()
        for pair in [[heads[0], heads[1]], [heads[2], heads[1]], [heads[0], heads[2]]] {
            let sources = try await sources(pair)
            let warm = try await OverlapReport.make(
                in: repository, base: base, sources: sources, engine: nil, cache: &cache)
            let cold = try await OverlapReport.make(
                in: repository, base: base, sources: sources, engine: nil)
            #expect(warm == cold)
            #expect(warm.isClean == pair.contains(heads[0]))
        }
    }
}
