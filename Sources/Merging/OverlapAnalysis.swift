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
    /// Pairs that may be more than clean, ascending; all others are clean.
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
            guard case .ask(let reason) = entry.class, reason.isForGit, let base = trees.last else {
                return nil
            }
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
        var cache = OverlapCache()
        return try analyseOverlap(base: base, sources: sources(of: branches), cache: &cache)
    }

    /// The commits with their trees.
    package func sources(
        of branches: [(name: String, head: ObjectID)]
    ) throws(GitError) -> [OverlapReport.Source] {
        var sources: [OverlapReport.Source] = []
        for (name, head) in branches {
            sources.append(.init(name: name, head: head, tree: try commit(head).tree))
        }
        return sources
    }

    /// Compares trees by their changes against one base commit.
    ///
    /// The time goes with the changes and with the pairs that touch, not with all pairs.
    ///
    /// - Parameters:
    ///   - measuring: false where nobody asks for hunks and lines: files that one branch alone changed are
    ///     not read then, and the sizes are 0.
    ///   - cache: what earlier comparisons found; it keeps what this one finds.
    package func analyseOverlap(
        base: ObjectID, sources: [OverlapReport.Source], measuring: Bool = true,
        cache: inout OverlapCache
    ) throws(GitError) -> OverlapAnalysis {
        let baseTree = try commit(base).tree
        var changes: [BranchChanges] = []
        for source in sources {
            changes.append(try cache.changes(from: baseTree, to: source.tree, in: self))
        }
        cache.keep(base: baseTree, heads: sources.lazy.map(\.tree))
        let shared = try sharedPaths(changes, base: base, &cache.texts)
        let classes = try classify(changes, shared, &cache.evidence)
        var listed: [OverlapReport.Branch] = []
        for (source, change) in zip(sources, changes) {
            listed.append(try summary(source, change, measuring, &cache.texts))
        }
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
        _ changes: [BranchChanges], _ shared: [RepositoryPath: SharedPath],
        _ evidence: inout RenameEvidence
    ) throws(GitError) -> [(pair: BranchPair, class: PairClass)] {
        let settings = try mergeSettingsReason().map { AskReason(.setting, $0) }
        var classes: [(pair: BranchPair, class: PairClass)] = []
        for pair in PairIndex.candidates(changes, shared, all: settings != nil) {
            let found = try classify(changes[pair.a], changes[pair.b], &evidence) { one, _ in
                if let settings { return .ask(settings) }
                return shared[one.path]?.verdicts[pair] ?? .clean
            }
            classes.append((pair, found))
        }
        return classes
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
        return asked.isEmpty ? nil : try attributes(asked.map { changes[$0] }, tree)
    }

    /// The same for branches that git is asked about, whatever their classes.
    func attributes(
        _ changes: [BranchChanges], _ tree: ObjectID
    ) throws(GitError) -> GitMergeEngine.Attributes? {
        let concerned = changes.flatMap(\.changes)
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
        var total = TextCache.Size()
        for file in change.changes where measuring {
            guard file.hasLines else { continue }
            let size = try texts.size(
                of: .init(base: file.old?.id, side: file.new?.id), in: self)
            total.hunks += size.hunks
            total.insertions += size.insertions
            total.deletions += size.deletions
        }
        return OverlapReport.Branch(
            name: source.name, head: source.head, files: change.changes.count, hunks: total.hunks,
            insertions: total.insertions, deletions: total.deletions)
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
        for path in shared.keys.sorted() {
            if Task.isCancelled {
                throw GitError(.other(0), "compare", "\(path)", message: "cancelled")
            }
            try shared[path]?.compare(in: self, &texts, attributes[path] ?? .text)
            texts.trim()
        }
        return shared
    }
}
