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
    /// they stay undecided. A merge of ours that breaks one of ``MergeInvariants`` is left to git as well; one of git's
    /// is undecided then.
    package static func decide(
        in repository: Repository, ours: ObjectID, theirs: ObjectID, labels: MergeLabels,
        engine: GitMergeEngine?
    ) async throws -> MergeOutcome {
        let bases = try await repository.mergeBases(ours, theirs)
        guard let base = bases.first else {
            return .undecided(reason: "the branches have no common ancestor")
        }
        let sides = Sides(base: base, ours: ours, theirs: theirs)
        guard bases.count == 1 else {
            return try await ask(
                engine, sides, nil, in: repository,
                reason: AskReason(.severalBases, "the branches have several common ancestors"))
        }
        let merge = try await repository.pairMerge(
            base: base, ours: ours, theirs: theirs, labels: labels, isKept: true)
        switch merge.result {
        case .merged(let merged):
            return merged.isClean ? .clean(tree: merged.tree) : .conflict(merged)
        case .ask(let reason):
            guard reason.isForGit else { return .undecided(reason: "\(reason)") }
            // One merge base: git finds the same one and needs no helper commits.
            return try await ask(engine, sides, merge.attributes, in: repository, reason: reason)
        }
    }

    /// The commits of one merge.
    private struct Sides {
        let base: ObjectID
        let ours: ObjectID
        let theirs: ObjectID
    }

    private static func ask(
        _ engine: GitMergeEngine?, _ sides: Sides, _ attributes: GitMergeEngine.Attributes?,
        in repository: Repository, reason: AskReason
    ) async throws -> MergeOutcome {
        guard let engine else { return .undecided(reason: "\(reason); git is not at hand") }
        let replies = try await engine.answer(
            [.commits(ours: sides.ours, theirs: sides.theirs)], attributes: attributes,
            into: .repository, style: .diff3)
        guard let answer = replies.first?.answer else {
            let why = (replies.first ?? .failed).missing
            return .undecided(reason: "\(reason); \(why)")
        }
        guard answer.isClean else {
            return .conflict(TreeMerge(tree: answer.tree, conflicts: answer.conflictedPaths))
        }
        let broken = try await repository.violation(
            base: sides.base, ours: sides.ours, theirs: sides.theirs, tree: answer.tree,
            keepsLines: reason.keepsLines)
        if let broken {
            return .undecided(reason: "\(reason); git's merge does not hold \(broken.path)")
        }
        return .clean(tree: answer.tree)
    }
}

extension AskReason {
    /// False where a clean merge may leave lines out: a driver may, renormalising changes them, and with several bases
    /// one of them tells which lines were taken back.
    fileprivate var keepsLines: Bool {
        switch kind {
        case .driver, .setting, .severalBases, .submodule: false
        case .rename, .folderRename, .fileDirectory, .link, .disagreement, .size: true
        }
    }
}
