package import Git
import Base

/// The comparison of branches before git was asked about the pairs that only it can decide.
package struct OverlapAnalysis: Sendable {
    package let base: ObjectID
    /// The branches with the size of their changes, as they were given.
    package let branches: [OverlapReport.Branch]
    let regions: [OverlapReport.Region]
    let classes: [(a: Int, b: Int, class: PairClass)]
    /// Trees of the branches and, last, of the base.
    let trees: [ObjectID]

    /// Pairs that need git's answer, as the questions to ask.
    var questions: [(pair: Int, question: GitMergeEngine.Question)] {
        classes.enumerated().compactMap { index, entry in
            guard case .ask = entry.class, let base = trees.last else { return nil }
            return (
                index,
                .trees(base: base, ours: trees[entry.a], theirs: trees[entry.b])
            )
        }
    }
}

extension Repository {
    /// Compares branches by their changes against one base commit.
    package func analyseOverlap(
        base: ObjectID, branches: [(name: String, head: ObjectID)]
    ) throws(GitError) -> OverlapAnalysis {
        let baseTree = try commit(base).tree
        var texts = TextCache()
        var trees: [ObjectID] = []
        var changes: [BranchChanges] = []
        var listed: [OverlapReport.Branch] = []
        for (name, head) in branches {
            let tree = try commit(head).tree
            let change = try branchChanges(from: baseTree, to: tree)
            trees.append(tree)
            changes.append(change)
            listed.append(try summary(name, head, change, &texts))
        }
        let shared = try sharedPaths(changes, base: base, &texts)
        let settings = try mergeSettingsReason()
        var classes: [(a: Int, b: Int, class: PairClass)] = []
        for a in branches.indices {
            for b in branches.indices.dropFirst(a + 1) {
                let found = PairClass.classify(changes[a], changes[b]) { one, _ in
                    if let settings { return .ask(reason: settings) }
                    return shared[one.path]?.verdicts[SharedPath.BranchPair(a, b)] ?? .clean
                }
                classes.append((a, b, found))
            }
        }
        return OverlapAnalysis(
            base: base, branches: listed,
            regions: shared.values.sorted { $0.path < $1.path }.flatMap(\.regions),
            classes: classes, trees: trees + [baseTree])
    }

    private func summary(
        _ name: String, _ head: ObjectID, _ change: BranchChanges, _ texts: inout TextCache
    ) throws(GitError) -> OverlapReport.Branch {
        var (hunks, insertions, deletions) = (0, 0, 0)
        for file in change.changes {
            let (old, new) = (file.old, file.new)
            guard old?.mode.isRegular ?? true, new?.mode.isRegular ?? true else { continue }
            if let new {
                let found = try texts.changes(from: old?.id, to: new.id, in: self).hunks
                hunks += found.count
                insertions += found.reduce(0) { $0 + $1.side.count }
                deletions += found.reduce(0) { $0 + $1.base.count }
            } else {
                hunks += 1
                deletions += try texts.table(old?.id, in: self).count
            }
        }
        return OverlapReport.Branch(
            name: name, head: head, files: change.changes.count, hunks: hunks,
            insertions: insertions, deletions: deletions)
    }

    private func sharedPaths(
        _ branches: [BranchChanges], base: ObjectID, _ texts: inout TextCache
    ) throws(GitError) -> [RepositoryPath: SharedPath] {
        var byPath: [RepositoryPath: [(branch: Int, change: TreeChange)]] = [:]
        for (index, branch) in branches.enumerated() {
            for change in branch.changes {
                byPath[change.path, default: []].append((index, change))
            }
        }
        var shared: [RepositoryPath: SharedPath] = [:]
        for (path, changes) in byPath where changes.count > 1 {
            var entry = SharedPath(path, changes)
            try entry.compare(in: self, &texts) { () throws(GitError) in
                try mergeAttribute(of: path, at: base)
            }
            shared[path] = entry
        }
        return shared
    }
}
