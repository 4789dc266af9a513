import Base
import Foundation
import Git
import Merging
import TestSupport
import Testing

/// Random bases and branches by the thousand: `scripts/property merge` asks for more cases than the suite.
struct ManyMergesTests {
    private static let first = UInt64(setting("TREEGUILD_PROPERTY_SEED") ?? 5000)
    private static let cases = UInt64(setting("TREEGUILD_PROPERTY_CASES") ?? 240)
    /// Seeds of one test case: one process of git answers for all of them.
    private static let shares = stride(from: first, to: first + cases, by: 60).map {
        $0..<min($0 + 60, first + cases)
    }

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    @Test(arguments: shares)
    func `what is decided without git is what git decides, for every pair`(
        seeds: Range<UInt64>
    ) async throws {
        let oracle = try MergeOracle()
        for history in try oracle.histories(seeds) {
            for (pair, answer) in history.answers.sorted(by: {
                $0.key.lexicographicallyPrecedes($1.key)
            }) {
                let heads = pair.map { history.branches[$0].head }
                guard let fault = try await Self.fault(heads, answer, at: oracle.repository.path)
                else { continue }
                let made = RandomHistory(seed: history.seed)
                let small = await SmallestCase(
                    base: made.base, ours: made.branches[pair[0]], theirs: made.branches[pair[1]]
                ).shrunk()
                Issue.record("seed \(history.seed), branches \(pair): \(fault)\n\(small)")
                return
            }
        }
    }

    @Test(arguments: shares)
    func `branches merged at once are what they are one after another, in any order`(
        seeds: Range<UInt64>
    ) async throws {
        let oracle = try MergeOracle()
        let repository = try Repository(at: oracle.repository.path)
        var merged = 0
        for history in try oracle.histories(seeds) {
            var apart: [Int] = []
            for index in history.branches.indices
            where apart.allSatisfy({ history.answers[[$0, index]]?.isClean == true }) {
                apart.append(index)
            }
            var cache = OverlapCache()
            let sources = try await sources(apart.map { history.branches[$0] }, repository)
            let atOnce = try await repository.mergeAtOnce(
                base: history.base, sources: sources, storing: .all, cache: &cache)
            guard atOnce.refusal == nil, let tree = atOnce.trees.last else { continue }
            merged += 1
            let backwards = try await repository.mergeAtOnce(
                base: history.base, sources: sources.reversed(), cache: &cache)
            #expect(backwards.trees.last == tree, "seed \(history.seed)")
            if apart.count == 2 {
                let answer = history.answers[apart]
                #expect(answer?.tree == tree, "seed \(history.seed)")
            }
            var chain = sources[0].tree
            let base = try await repository.commit(history.base).tree
            #expect(atOnce.trees.first == chain, "seed \(history.seed)")
            for (source, step) in zip(sources, atOnce.trees).dropFirst() {
                chain = try await repository.mergeTrees(
                    base: base, ours: chain, theirs: source.tree,
                    labels: MergeLabels(base: "base", ours: "ours", theirs: "theirs")
                ).tree
                #expect(chain == step, "seed \(history.seed)")
            }
            #expect(atOnce.trees.count == sources.count)
        }
        #expect(merged * 4 > seeds.count, "\(merged) of \(seeds.count) could be merged at once")
    }

    @Test(arguments: shares.prefix(2))
    func `a report is the same on any number of cores`(seeds: Range<UInt64>) async throws {
        let oracle = try MergeOracle()
        let repository = try Repository(at: oracle.repository.path)
        for history in try oracle.histories(seeds) {
            let sources = try await sources(history.branches, repository)
            var reports: [OverlapReport] = []
            for cores in [1, 2, 5] {
                var cache = OverlapCache()
                for moved in [sources, sources.reversed()] {
                    reports.append(
                        try await OverlapReport.make(
                            in: repository, base: history.base, sources: moved, engine: nil,
                            cache: &cache, cores: cores))
                }
            }
            let alone = reports.prefix(2).map(\.json.pretty)
            #expect(reports.map(\.json.pretty) == alone + alone + alone, "seed \(history.seed)")
            #expect(reports[0] == reports[2] && reports[2] == reports[4], "seed \(history.seed)")
        }
    }

    private func sources(
        _ branches: [(name: String, head: ObjectID)], _ repository: Repository
    ) async throws -> [OverlapReport.Source] {
        var sources: [OverlapReport.Source] = []
        for (name, head) in branches {
            let tree = try await repository.commit(head).tree
            sources.append(.init(name: name, head: head, tree: tree))
        }
        return sources
    }

    /// How the merge of two commits is not git's; nil when it is, or is left to git.
    static func fault(
        _ heads: [ObjectID], _ git: MergeOracle.Answer, at path: AbsolutePath
    ) async throws -> String? {
        let outcome = try await MergeOutcome.decide(
            in: Repository(at: path), ours: heads[0], theirs: heads[1],
            labels: MergeLabels(base: "base", ours: "ours", theirs: "theirs"), engine: nil)
        return switch outcome {
        case .clean(let tree):
            !git.isClean
                ? "git stops, we do not" : tree != git.tree ? "the merged trees differ" : nil
        case .conflict: git.isClean ? "we stop, git does not" : nil
        case .undecided: nil
        }
    }
}

/// A base and two branches that go wrong, made smaller for as long as they do.
struct SmallestCase: CustomStringConvertible {
    var base: RandomTree
    var ours: RandomTree
    var theirs: RandomTree

    /// Whether something is wrong with them; replaced in tests of the shrinking itself.
    var isWrong: (SmallestCase) async -> Bool = { await $0.differsFromGit() }

    /// Leaves out one file or one line, again and again, until nothing more can go.
    func shrunk() async -> SmallestCase {
        var best = self
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for smaller in best.smallerOnes() where await isWrong(smaller) {
                best = smaller
                hasChanged = true
                break
            }
        }
        return best
    }

    /// A file less, or a line's text less, in all three.
    private func smallerOnes() -> [SmallestCase] {
        let trees = [base, ours, theirs]
        let paths = Set(trees.flatMap(\.files.keys)).sorted()
        let texts = Set(trees.flatMap { $0.files.values.flatMap(\.lines) }).sorted()
        let withoutFiles = paths.map { path in
            changed { $0.files[path] = nil }
        }
        let withoutLines = texts.map { text in
            changed { tree in
                for path in tree.files.keys { tree.files[path]?.lines.removeAll { $0 == text } }
            }
        }
        return withoutFiles + withoutLines
    }

    private func changed(_ change: (inout RandomTree) -> Void) -> SmallestCase {
        var copy = self
        change(&copy.base)
        change(&copy.ours)
        change(&copy.theirs)
        return copy
    }

    private func differsFromGit() async -> Bool {
        // A smaller case that cannot be tried is none.
        guard let oracle = try? MergeOracle(),
            let history = try? oracle.histories(
                of: [(1, RandomHistory(base: base, branches: [ours, theirs]))]
            ).first, let answer = history.answers[[0, 1]],
            let fault = try? await ManyMergesTests.fault(
                history.branches.map(\.head), answer, at: oracle.repository.path)
        else { return false }
        return !fault.isEmpty
    }

    var description: String {
        zip(["base", "ours", "theirs"], [base, ours, theirs]).map { name, tree in
            let files = tree.files.sorted { $0.key < $1.key }.map { path, file in
                "  \(path) \(file.mode)\(file.endsInNewline ? "" : ", no final newline")\n"
                    + file.lines.map { "    \($0.debugDescription)\n" }.joined()
            }
            return "\(name):\n" + files.joined()
        }.joined()
    }
}

struct SmallestCaseTests {
    @Test func `a case shrinks to what makes it wrong`() async throws {
        var base = RandomTree()
        base.put("a", .init(lines: ["one", "two", "three"]))
        base.put("b", .init(lines: ["four"]))
        var ours = base
        ours.files["a"]?.lines[1] = "wrong"
        let small = await SmallestCase(
            base: base, ours: ours, theirs: base,
            isWrong: { $0.ours.files["a"]?.lines.contains("wrong") ?? false }
        ).shrunk()
        #expect(small.ours.files == ["a": .init(lines: ["wrong"])])
        #expect(small.base.files == ["a": .init(lines: [])])
    }
}
