import Base
import Git
import Merging
import TestSupport
import Testing

/// Trees of merges that stop, in every style, against git's with `merge.conflictStyle`.
struct ConflictStyleTests {
    @Test(arguments: LineMerge.Style.allCases)
    func `a tree with markers is git's byte for byte`(style: LineMerge.Style) async throws {
        let oracle = try MergeOracle()
        let repository = try Repository(at: oracle.repository.path)
        let engine = try #require(
            GitMergeEngine(
                program: await GitProgram.find(in: oracle.repository.environment),
                repository: oracle.repository.path,
                objects: oracle.repository.path.appending(".git/objects")))
        // Git's own setting must not matter to what is asked of it.
        try oracle.repository.git("config", "merge.conflictStyle", "diff3")
        var stopped: [(base: ObjectID, ours: ObjectID, theirs: ObjectID, seed: UInt64)] = []
        for history in try oracle.histories(7000..<7120 as Range<UInt64>) {
            for pair in history.answers.keys {
                let heads = pair.map { history.branches[$0].head }
                let outcome = try await MergeOutcome.decide(
                    in: repository, ours: heads[0], theirs: heads[1],
                    labels: MergeLabels(base: "base", ours: "ours", theirs: "theirs"), engine: nil)
                guard case .conflict = outcome else { continue }
                stopped.append((history.base, heads[0], heads[1], history.seed))
            }
        }
        #expect(stopped.count > 50)
        let answers = try await engine.answer(
            stopped.map { .commits(ours: $0.ours, theirs: $0.theirs) }, into: .repository,
            style: style)
        for (merge, answer) in zip(stopped, answers) {
            let short = try oracle.repository.git("rev-parse", "--short", "\(merge.base)")
            let made = try await repository.mergeTrees(
                base: repository.commit(merge.base).tree,
                ours: repository.commit(merge.ours).tree,
                theirs: repository.commit(merge.theirs).tree,
                labels: MergeLabels(
                    base: short, ours: "\(merge.ours)", theirs: "\(merge.theirs)"),
                style: style, attributes: merge.base)
            guard let answer = answer.answer, made.tree != answer.tree else { continue }
            let difference = try oracle.repository.git(
                "diff-tree", "-r", "-p", "\(answer.tree)", "\(made.tree)")
            Issue.record("seed \(merge.seed), git's to ours:\n\(difference)")
        }
    }
}
