import Base
package import Git

/// The comparison of branches before git was asked about the pairs that only it can decide.
package struct OverlapAnalysis: Sendable {
    /// The commit that all are compared with.
    package let base: ObjectID
    /// The branches with the size of their changes, as they were given.
    package let branches: [OverlapReport.Branch]
    /// By path; `isConflict` is what the lines alone say.
    let regions: [OverlapReport.Region]
    /// The regions in which two branches meet, ascending.
    let meetings: [BranchPair: [Int]]
    /// Every pair, ascending.
    let classes: [(pair: BranchPair, class: PairClass)]
    /// Trees of the branches and, last, of the base.
    let trees: [ObjectID]
    /// What each branch changed against the base.
    let changes: [BranchChanges]
    /// The base's files of attributes that matter to git; nil when git has to run in the worktree.
    let attributes: GitMergeEngine.Attributes?

    /// Pairs that need git's answer, with the question to ask.
    var questions: [(pair: BranchPair, question: GitMergeEngine.Question)] {
        classes.compactMap { entry in
            guard case .ask = entry.class, let base = trees.last else { return nil }
            let (ours, theirs) = (trees[entry.pair.a], trees[entry.pair.b])
            return (entry.pair, .trees(base: base, ours: ours, theirs: theirs))
        }
    }
}

extension Repository {
    /// Compares branches by their changes against one base commit.
    package func analyseOverlap(
        base: ObjectID, branches: [(name: String, head: ObjectID)]
    ) throws(GitError) -> OverlapAnalysis {
        var sources: [OverlapReport.Source] = []
        for (name, head) in branches {
            sources.append(.init(name: name, head: head, tree: try commit(head).tree))
        }
        return try analyseOverlap(base: base, sources: sources)
    }

    /// Compares trees by their changes against one base commit.
    ///
    /// - Parameter measuring: false where nobody asks for hunks and lines: files that one branch alone changed are
    ///   not read then, and the sizes are 0.
    package func analyseOverlap(
        base: ObjectID, sources: [OverlapReport.Source], measuring: Bool = true
    ) throws(GitError) -> OverlapAnalysis {
        let baseTree = try commit(base).tree
        var texts = TextCache()
        var changes: [BranchChanges] = []
        var listed: [OverlapReport.Branch] = []
        for source in sources {
            let change = try branchChanges(from: baseTree, to: source.tree)
            changes.append(change)
            listed.append(try summary(source, change, measuring, &texts))
        }
        let shared = try sharedPaths(changes, base: base, &texts)
        let classes = try classify(changes, shared)
        var regions: [OverlapReport.Region] = []
        var meetings: [BranchPair: [Int]] = [:]
        for path in shared.values.sorted(by: { $0.path < $1.path }) {
            for (pair, region) in path.meetings {
                meetings[pair, default: []].append(regions.count + region)
            }
            regions += path.regions
        }
        return OverlapAnalysis(
            base: base, branches: listed, regions: regions,
            meetings: meetings.mapValues { Set($0).sorted() }, classes: classes,
            trees: sources.map(\.tree) + [baseTree], changes: changes,
            attributes: try attributes(changes, classes, baseTree))
    }

    private func classify(
        _ changes: [BranchChanges], _ shared: [RepositoryPath: SharedPath]
    ) throws(GitError) -> [(pair: BranchPair, class: PairClass)] {
        let settings = try mergeSettingsReason()
        return BranchPair.all(of: changes.indices).map { pair in
            let found = PairClass.classify(changes[pair.a], changes[pair.b]) { one, _ in
                if let settings { return .ask(reason: settings) }
                return shared[one.path]?.verdicts[pair] ?? .clean
            }
            return (pair, found)
        }
    }

    /// What git must see of the base, which the worktree at hand need not have checked out.
    ///
    /// A submodule is merged by its own history, which only the worktree leads to.
    private func attributes(
        _ changes: [BranchChanges], _ classes: [(pair: BranchPair, class: PairClass)],
        _ tree: ObjectID
    ) throws(GitError) -> GitMergeEngine.Attributes? {
        var asked: Set<Int> = []
        for case (let pair, .ask) in classes { asked.formUnion([pair.a, pair.b]) }
        guard !asked.isEmpty else { return nil }
        let concerned = asked.flatMap { changes[$0].changes }
        let isSubmodule = concerned.contains { change in
            change.old?.mode == .submodule || change.new?.mode == .submodule
        }
        if isSubmodule { return nil }
        return .init(files: try attributeFiles(of: tree, for: concerned.lazy.map(\.path)))
    }

    private func summary(
        _ source: OverlapReport.Source, _ change: BranchChanges, _ measuring: Bool,
        _ texts: inout TextCache
    ) throws(GitError) -> OverlapReport.Branch {
        var (hunks, insertions, deletions) = (0, 0, 0)
        for file in change.changes where measuring {
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
            name: source.name, head: source.head, files: change.changes.count, hunks: hunks,
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
            shared[path] = SharedPath(path, changes)
        }
        let attributes = try mergeAttributes(
            of: shared.values.filter(\.needsContent).map(\.path), at: base)
        for path in shared.keys {
            try shared[path]?.compare(in: self, &texts, attributes[path] ?? .text)
        }
        return shared
    }
}
