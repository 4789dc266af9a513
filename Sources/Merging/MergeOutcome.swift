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
    /// they stay undecided. A clean answer has passed ``MergeInvariants``.
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
                engine, .commits(ours: ours, theirs: theirs),
                reason: "the branches have several common ancestors")
        }
        let analysis = try await repository.analyseOverlap(
            base: base, branches: [("ours", ours), ("theirs", theirs)])
        guard let found = analysis.classes.first?.class else {
            return .undecided(reason: "nothing to compare")
        }
        let (oursTree, theirsTree, baseTree) =
            (analysis.trees[0], analysis.trees[1], analysis.trees[2])
        if case .ask(let reason) = found {
            return try await ask(
                engine, .trees(base: baseTree, ours: oursTree, theirs: theirsTree), reason: reason)
        }
        let merged = try await repository.mergeTrees(
            base: baseTree, ours: oursTree, theirs: theirsTree, labels: labels)
        guard merged.isClean else { return .conflict(merged) }
        guard found == .clean else {
            return .undecided(reason: "the comparison and the merge disagree")
        }
        let violation = MergeInvariants.violation(
            ours: try await repository.branchChanges(from: baseTree, to: oursTree),
            theirs: try await repository.branchChanges(from: baseTree, to: theirsTree),
            merged: try await repository.branchChanges(from: baseTree, to: merged.tree))
        if let violation { throw MergeError.brokenInvariant(violation) }
        return .clean(tree: merged.tree)
    }

    private static func ask(
        _ engine: GitMergeEngine?, _ question: GitMergeEngine.Question, reason: String
    ) async throws -> MergeOutcome {
        guard let engine else { return .undecided(reason: "\(reason); git is not at hand") }
        guard let answer = try await engine.answer([question], into: .repository).first else {
            return .undecided(reason: "\(reason); git gave no answer")
        }
        return answer.isClean
            ? .clean(tree: answer.tree)
            : .conflict(TreeMerge(tree: answer.tree, conflicts: answer.conflictedPaths))
    }
}

extension MergeTreeAnswer {
    /// Conflicted paths with the items of all three sides.
    var conflictedPaths: [ConflictedPath] {
        Dictionary(grouping: stages, by: \.path).sorted { $0.key < $1.key }.map { path, stages in
            func item(_ number: Int) -> TreeItem? {
                stages.first { $0.number == number }?.item
            }
            let kind = messages.first { $0.isConflict && $0.paths.contains(path) }?.kind ?? .overlap
            return ConflictedPath(
                path: path, kind: kind == .overlap && item(1) == nil ? .addAdd : kind,
                base: item(1), ours: item(2), theirs: item(3))
        }
    }
}
