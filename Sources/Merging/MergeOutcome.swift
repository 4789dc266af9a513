package import Git
import Base

/// What a three-way merge of two commits came to.
package enum MergeOutcome: Hashable, Sendable {
    case clean(tree: ObjectID)
    case conflict(TreeMerge)
    /// Neither clean nor conflicting as far as anybody can tell here.
    case undecided(reason: String)

    /// Merges two commits in the object database and checks the result.
    ///
    /// Pairs that our own rules decide are merged by us; the rest by git, in the repository's object store. Without git
    /// they stay undecided. A merge of ours that breaks one of ``MergeInvariants`` is left to git as well.
    package static func decide(
        in repository: Repository, ours: ObjectID, theirs: ObjectID, labels: MergeLabels,
        engine: GitMergeEngine?
    ) async throws -> MergeOutcome {
        let bases = try await repository.mergeBases(ours, theirs)
        guard let base = bases.first else {
            return .undecided(reason: "the branches have no common ancestor")
        }
        guard bases.count == 1 else {
            return try await ask(
                engine, .commits(ours: ours, theirs: theirs), nil,
                reason: AskReason(.severalBases, "the branches have several common ancestors"))
        }
        let merge = try await repository.pairMerge(
            base: base, ours: ours, theirs: theirs, labels: labels, isKept: true)
        switch merge.result {
        case .merged(let merged):
            return merged.isClean ? .clean(tree: merged.tree) : .conflict(merged)
        case .ask(let reason):
            // One merge base: git finds the same one and needs no helper commits.
            return try await ask(
                engine, .commits(ours: ours, theirs: theirs), merge.attributes, reason: reason)
        }
    }

    private static func ask(
        _ engine: GitMergeEngine?, _ question: GitMergeEngine.Question,
        _ attributes: GitMergeEngine.Attributes?, reason: AskReason
    ) async throws -> MergeOutcome {
        guard let engine else { return .undecided(reason: "\(reason); git is not at hand") }
        let answers = try await engine.answer([question], attributes: attributes, into: .repository)
        guard let answer = answers.first ?? nil else {
            return .undecided(reason: "\(reason); git gave no answer")
        }
        return answer.isClean
            ? .clean(tree: answer.tree)
            : .conflict(TreeMerge(tree: answer.tree, conflicts: answer.conflictedPaths))
    }
}
