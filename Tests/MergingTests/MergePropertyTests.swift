import Base
import Git
import Merging
import TestSupport
import Testing

/// What reports and merges say, against git's own answer, on random histories.
struct MergePropertyTests {
    private static let seeds: [Range<UInt64>] = [0..<80, 80..<160, 160..<240]

    @Test(arguments: seeds)
    func `with git at hand every pair's verdict is git's`(seeds: Range<UInt64>) async throws {
        let oracle = try MergeOracle()
        let repository = try Repository(at: oracle.repository.path)
        let engine = try await engine(oracle.repository.environment, repository)
        for history in try oracle.histories(seeds) {
            let report = try await OverlapReport.make(
                in: repository, base: history.base, branches: history.branches, engine: engine)
            for (pair, answer) in history.answers {
                #expect(
                    report.verdict(pair) == (answer.isClean ? .clean : .conflict),
                    "seed \(history.seed), pair \(pair): \(report.detail(pair))")
            }
            expectConsistency(of: report, history.seed)
        }
    }

    @Test(arguments: seeds)
    func `without git a pair is git's verdict or undecided, and its merge git's tree`(
        seeds: Range<UInt64>
    ) async throws {
        let oracle = try MergeOracle()
        let repository = try Repository(at: oracle.repository.path)
        var (decided, asked) = (0, 0)
        for history in try oracle.histories(seeds) {
            let report = try await OverlapReport.make(
                in: repository, base: history.base, branches: history.branches, engine: nil)
            for (pair, answer) in history.answers {
                let verdict = report.verdict(pair)
                let outcome = try await MergeOutcome.decide(
                    in: repository, ours: history.branches[pair[0]].head,
                    theirs: history.branches[pair[1]].head,
                    labels: MergeLabels(base: "base", ours: "ours", theirs: "theirs"), engine: nil)
                let place: Comment = "seed \(history.seed), pair \(pair): \(report.detail(pair))"
                switch outcome {
                case .clean(let tree):
                    #expect(answer == .init(isClean: true, tree: tree), place)
                    #expect(verdict == .clean, place)
                case .conflict(let merge):
                    #expect(!answer.isClean && verdict == .conflict, place)
                    #expect(!merge.conflicts.isEmpty, place)
                case .undecided:
                    #expect(verdict == .undecided, place)
                    asked += 1
                }
                decided += verdict == .undecided ? 0 : 1
            }
        }
        #expect(decided > asked, "\(decided) decided, \(asked) asked")
    }

    @Test func `a merge that git is asked for is git's tree`() async throws {
        let oracle = try MergeOracle()
        let repository = try Repository(at: oracle.repository.path)
        let engine = try await engine(oracle.repository.environment, repository)
        // Every third history is one in which anything may happen.
        for history in try oracle.histories(stride(from: 2, to: 60, by: 3).map { $0 }) {
            for (pair, answer) in history.answers {
                let outcome = try await MergeOutcome.decide(
                    in: repository, ours: history.branches[pair[0]].head,
                    theirs: history.branches[pair[1]].head,
                    labels: MergeLabels(base: "base", ours: "ours", theirs: "theirs"),
                    engine: engine)
                if case .clean(let tree) = outcome {
                    #expect(answer == .init(isClean: true, tree: tree), "seed \(history.seed)")
                } else if case .conflict = outcome {
                    #expect(!answer.isClean, "seed \(history.seed)")
                } else {
                    Issue.record("seed \(history.seed): \(outcome)")
                }
            }
        }
    }

    private func engine(
        _ environment: [String: String], _ repository: Repository
    ) async throws -> GitMergeEngine {
        let layout = repository.layout
        return try #require(
            GitMergeEngine(
                program: await GitProgram.find(in: environment), repository: layout.gitDirectory,
                objects: layout.commonDirectory.appending("objects")))
    }

    private func expectConsistency(of report: OverlapReport, _ seed: UInt64) {
        for pair in report.pairs {
            let regions = pair.regions.map { report.regions[$0] }
            let meet = regions.allSatisfy { region in
                [pair.a, pair.b].allSatisfy { side in
                    region.sides.contains { $0.branch == side }
                }
            }
            #expect(meet, "seed \(seed): a pair's regions are its own")
            if pair.verdict == .conflict {
                #expect(
                    regions.contains { $0.isConflict },
                    "seed \(seed), \(pair.a) \(pair.b): a conflict has a region: \(pair.detail)")
            }
        }
        let stopped = Set(report.pairs.filter { $0.verdict != .clean }.flatMap(\.regions))
        for (index, region) in report.regions.enumerated() where region.isConflict {
            #expect(stopped.contains(index), "seed \(seed): region \(region.path) \(region.kind)")
        }
        #expect(report.order.sorted() == Array(report.branches.indices))
    }
}

extension OverlapReport {
    fileprivate func verdict(_ pair: [Int]) -> Verdict {
        pairs.first { [$0.a, $0.b] == pair }?.verdict ?? .clean
    }

    fileprivate func detail(_ pair: [Int]) -> String {
        pairs.first { [$0.a, $0.b] == pair }?.detail ?? "not listed"
    }
}
