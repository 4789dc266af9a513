import Base
import Git

/// A merge of two commits by our own rules, or the reason why git has to do it.
struct PairMerge: Sendable {
    let result: Result
    /// The base's files of attributes that matter to git; nil when git has to run in the worktree.
    let attributes: GitMergeEngine.Attributes?

    enum Result: Hashable, Sendable {
        case merged(TreeMerge)
        case ask(AskReason)
    }
}

extension Repository {
    /// Merges two commits over their only merge base, if that is ours to decide, and checks the result.
    ///
    /// - Parameters:
    ///   - isKept: whether the merged tree is stored; otherwise nothing is.
    ///   - isComparing: whether attributes are wanted even for a merge that is ours.
    func pairMerge(
        base: ObjectID, ours: ObjectID, theirs: ObjectID, labels: MergeLabels,
        style: LineMerge.Style = .diff3, isKept: Bool, isComparing: Bool = false
    ) throws(GitError) -> PairMerge {
        var cache = OverlapCache()
        let analysis = try analyseOverlap(
            base: base,
            sources: [
                .init(name: "ours", head: ours, tree: try commit(ours).tree),
                .init(name: "theirs", head: theirs, tree: try commit(theirs).tree),
            ], measuring: false, cache: &cache)
        let found = analysis.classes.first?.class ?? .clean
        let trees = analysis.trees
        let attributes =
            isComparing
            ? try self.attributes(analysis.changes, trees[2]) : analysis.attributes
        if case .ask(let reason) = found {
            return PairMerge(result: .ask(reason), attributes: attributes)
        }
        let merged = try withoutStoring { memory throws(GitError) -> TreeMerge? in
            let merged = try memory.mergeTrees(
                base: trees[2], ours: trees[0], theirs: trees[1], labels: labels, style: style,
                attributes: base)
            guard try memory.isSound(merged, found, analysis) else { return nil }
            if isKept { try memory.store(tree: merged.tree) }
            return merged
        }
        let disagreement = AskReason(.disagreement, "the comparison and the merge disagree")
        return PairMerge(
            result: merged.map { .merged($0) } ?? .ask(disagreement),
            attributes: try merged == nil
                ? self.attributes(analysis.changes, trees[2]) : attributes)
    }

    /// Whether the merge comes to what the comparison says, and ``MergeInvariants`` hold of it.
    private func isSound(
        _ merged: TreeMerge, _ found: PairClass, _ analysis: OverlapAnalysis
    ) throws(GitError) -> Bool {
        guard merged.isClean == (found == .clean) else { return false }
        let changes = try branchChanges(from: analysis.trees[2], to: merged.tree)
        return try violation(
            ours: analysis.changes[0], theirs: analysis.changes[1], merged: changes,
            conflicts: merged.conflicts) == nil
    }
}
