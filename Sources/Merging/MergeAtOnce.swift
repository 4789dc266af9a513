import Base
package import Git

/// What came of merging many branches in the base's coordinates.
package struct MergeAtOnce: Hashable, Sendable {
    /// How many of the first branches are merged.
    package internal(set) var count = 0
    /// With ``Storing/all`` the tree after each of them, else after the last; all are stored.
    package internal(set) var trees: [ObjectID] = []
    /// Why the branches after those have to be merged one after another; nil when there are none.
    package internal(set) var refusal: String?

    /// Which trees are wanted.
    package enum Storing: Sendable {
        /// The merge of all that could be merged.
        case last
        case all
    }
}

extension Repository {
    /// Merges branches into their base at once, up to the first one that meets another.
    ///
    /// A tree does not depend on the order of the branches in it. Where several changed one file, merging its lines one
    /// branch after another, in the given order and backwards, is the cross-check: another result there is a refusal,
    /// and so is a branch that may meet a file that the ones before it moved together.
    ///
    /// - Parameter cache: what an earlier report of the same branches found.
    package func mergeAtOnce(
        base: ObjectID, sources: [OverlapReport.Source], storing: MergeAtOnce.Storing = .last,
        cache: inout OverlapCache
    ) throws(GitError) -> MergeAtOnce {
        let analysis = try analyseOverlap(
            base: base, sources: sources, measuring: false, cache: &cache)
        var result = MergeAtOnce()
        guard let baseTree = analysis.trees.last else { return result }
        var apart = analysis.changes
        if let first = analysis.classes.filter({ $0.class != .clean }).min(by: {
            $0.pair.b < $1.pair.b
        }) {
            apart.removeSubrange(first.pair.b...)
            let names = "\(sources[first.pair.a].name) and \(sources[first.pair.b].name)"
            result.refusal = "\(names) meet"
        }
        try withoutStoring { memory throws(GitError) in
            try memory.merge(apart, onto: baseTree, storing, into: &result, &cache)
            guard let merged = result.trees.last else { return }
            if let broken = try memory.lost(apart[..<result.count], baseTree, merged) {
                result = MergeAtOnce(refusal: "the merge does not hold \(broken)")
                return
            }
            for tree in result.trees { try memory.store(tree: tree) }
        }
        return result
    }

    /// Merges branches of which no two meet, as far as it can.
    private func merge(
        _ branches: [BranchChanges], onto base: ObjectID, _ storing: MergeAtOnce.Storing,
        into result: inout MergeAtOnce, _ cache: inout OverlapCache
    ) throws(GitError) {
        let mayMove =
            branches.contains(where: \.addsFiles) && branches.contains(where: \.deletesFiles)
        if storing == .last, !mayMove, !branches.isEmpty {
            var whole = GrowingMerge(base)
            if try whole.add(branches[...], in: self, &cache) == nil {
                result.count = branches.count
                result.trees = [whole.tree]
                return
            }
        }
        var growing = GrowingMerge(base)
        for index in branches.indices {
            if let refusal = try growing.add(branches[index...index], in: self, &cache) {
                result.refusal = refusal
                return
            }
            result.count += 1
            if storing == .last { result.trees = [] }
            result.trees.append(growing.tree)
        }
    }

    /// What a path holds when all its changes are made; nil where that cannot be said.
    fileprivate func settled(
        _ path: RepositoryPath, _ changes: [TreeChange], _ texts: inout TextCache
    ) throws(GitError) -> TreeChange? {
        guard case .item(let item) = try settle(changes, &texts) else { return nil }
        return TreeChange(path: path, old: changes[0].old, new: item)
    }

    private enum Settled {
        case item(TreeItem?)
        case refused
    }

    /// What a path holds when all its changes are made.
    private func settle(
        _ changes: [TreeChange], _ texts: inout TextCache
    ) throws(GitError) -> Settled {
        let new = Set(changes.map(\.new))
        if new.count == 1 { return .item(changes[0].new) }
        guard let old = changes[0].old, old.mode.isRegular else { return .refused }
        var items: [TreeItem] = []
        for case let item? in new {
            guard item.mode.isRegular else { return .refused }
            items.append(item)
        }
        guard items.count == new.count else { return .refused }
        let mode = items.first { $0.mode != old.mode }?.mode ?? old.mode
        let ids = changes.compactMap { $0.new?.id }.distinct.filter { $0 != old.id }
        if ids.count <= 1 { return .item(TreeItem(mode: mode, id: ids.first ?? old.id)) }
        let base = try texts.table(old.id, in: self)
        var sides: [SideChanges] = []
        for id in ids { sides.append(try texts.changes(from: old.id, to: id, in: self)) }
        guard !base.isBinary, !sides.contains(where: { $0.side.isBinary }),
            let text = NWayApply.apply(base: base, sides)
        else { return .refused }
        for order in [sides, sides.reversed()] where Self.chain(base, order) != text {
            return .refused
        }
        return .item(TreeItem(mode: mode, id: try writeBlob(text)))
    }

    /// The lines that merging one side after another comes to; nil when that stops.
    private static func chain(_ base: LineTable, _ sides: [SideChanges]) -> [UInt8]? {
        var merged = base
        for side in sides {
            let step = LineMerge.merge(base: base, ours: merged, theirs: side.side)
            guard step.isClean else { return nil }
            merged = LineTable(step.bytes)
        }
        return merged.bytes
    }

    /// The first path that the merge holds otherwise than the only branch that changed it, or that nobody changed.
    private func lost(
        _ branches: ArraySlice<BranchChanges>, _ base: ObjectID, _ tree: ObjectID
    ) throws(GitError) -> RepositoryPath? {
        let merged = try branchChanges(from: base, to: tree)
        var makers: [RepositoryPath: [TreeChange]] = [:]
        for branch in branches {
            for change in branch.changes { makers[change.path, default: []].append(change) }
        }
        for (path, made) in makers {
            guard let held = merged.byPath[path] else { return path }
            if made.count == 1, held.new != made[0].new { return path }
        }
        return merged.changes.first { makers[$0.path] == nil }?.path
    }
}

/// A merge that branches are added to.
private struct GrowingMerge {
    private let base: ObjectID
    private(set) var tree: ObjectID
    private var makers: [RepositoryPath: [TreeChange]] = [:]
    private var addsFiles = false
    private var deletesFiles = false

    init(_ base: ObjectID) {
        self.base = base
        tree = base
    }

    /// Adds branches that meet none before them; says why that cannot be, and the merge is of no use then.
    ///
    /// Where files may have moved, one at a time.
    mutating func add(
        _ branches: ArraySlice<BranchChanges>, in memory: isolated Repository,
        _ cache: inout OverlapCache
    ) throws(GitError) -> String? {
        var changed: Set<RepositoryPath> = []
        for branch in branches {
            addsFiles = addsFiles || branch.addsFiles
            deletesFiles = deletesFiles || branch.deletesFiles
            if addsFiles, deletesFiles {
                // What one branch deletes and another adds is a move, once the two are merged.
                let together = try memory.branchChanges(from: base, to: tree)
                let found = try memory.classify(together, branch, &cache.evidence) { _, _ in .clean
                }
                guard found == .clean else { return "what was merged may have been moved" }
            }
            for change in branch.changes {
                makers[change.path, default: []].append(change)
                changed.insert(change.path)
            }
        }
        var settled: [TreeChange] = []
        for path in changed {
            guard let change = try memory.settled(path, makers[path] ?? [], &cache.texts) else {
                return "the changes of \(path) meet"
            }
            settled.append(change)
        }
        tree = try memory.tree(tree, with: settled)
        return nil
    }
}

extension [ObjectID] {
    /// Each once, where it stands first.
    fileprivate var distinct: [ObjectID] {
        var seen: Set<ObjectID> = []
        return filter { seen.insert($0).inserted }
    }
}
