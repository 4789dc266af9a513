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
                reason: "the branches have several common ancestors")
        }
        let analysis = try await repository.analyseOverlap(
            base: base,
            sources: [
                .init(name: "ours", head: ours, tree: try await repository.commit(ours).tree),
                .init(name: "theirs", head: theirs, tree: try await repository.commit(theirs).tree),
            ], measuring: false)
        guard let found = analysis.classes.first?.class else {
            return .undecided(reason: "nothing to compare")
        }
        // One merge base: git finds the same one and needs no helper commits.
        let question = GitMergeEngine.Question.commits(ours: ours, theirs: theirs)
        if case .ask(let reason) = found {
            return try await ask(engine, question, analysis.attributes, reason: reason)
        }
        let trees = analysis.trees
        let merged = try await repository.mergeTrees(
            base: trees[2], ours: trees[0], theirs: trees[1], labels: labels)
        let isSound =
            merged.isClean && found == .clean
            ? try await repository.holds(merged.tree, analysis) : found != .clean && !merged.isClean
        guard isSound else {
            return try await ask(
                engine, question, analysis.attributes,
                reason: "the comparison and the merge disagree")
        }
        return merged.isClean ? .clean(tree: merged.tree) : .conflict(merged)
    }

    private static func ask(
        _ engine: GitMergeEngine?, _ question: GitMergeEngine.Question,
        _ attributes: GitMergeEngine.Attributes?, reason: String
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

extension Repository {
    /// Whether ``MergeInvariants`` hold of the merge of the two branches that were analysed.
    fileprivate func holds(
        _ merged: ObjectID, _ analysis: OverlapAnalysis
    ) throws(GitError) -> Bool {
        let violation = MergeInvariants.violation(
            ours: analysis.changes[0], theirs: analysis.changes[1],
            merged: try branchChanges(from: analysis.trees[2], to: merged))
        return violation == nil
    }
}
