import Base
package import Git

/// What came of merging many branches in the base's coordinates.
package enum MergeAtOnce: Hashable, Sendable {
    /// Every change of every branch is in it, whatever their order; the tree is stored.
    case merged(ObjectID)
    /// Two of the branches meet, or only git can tell: they have to be merged one after another.
    case refused(reason: String)
}

extension Repository {
    /// Merges any number of branches into their base at once, when no two of them meet.
    ///
    /// The result does not depend on the order. Where several changed one file, merging its lines one branch after
    /// another, in the given order and backwards, is the cross-check: another result there is a refusal.
    ///
    /// - Parameter cache: what an earlier report of the same branches found.
    package func mergeAtOnce(
        base: ObjectID, sources: [OverlapReport.Source], cache: inout OverlapCache
    ) throws(GitError) -> MergeAtOnce {
        let analysis = try analyseOverlap(
            base: base, sources: sources, measuring: false, cache: &cache)
        for entry in analysis.classes where entry.class != .clean {
            let names = "\(sources[entry.pair.a].name) and \(sources[entry.pair.b].name)"
            return .refused(reason: "\(names) meet")
        }
        guard let baseTree = analysis.trees.last else { return .refused(reason: "no base") }
        var changes: [RepositoryPath: [TreeChange]] = [:]
        for branch in analysis.changes {
            for change in branch.changes { changes[change.path, default: []].append(change) }
        }
        let merged = try withoutStoring { memory throws(GitError) -> MergeAtOnce in
            var settled: [TreeChange] = []
            for (path, made) in changes {
                switch try memory.settle(made, &cache.texts) {
                case .item(let item):
                    settled.append(TreeChange(path: path, old: made[0].old, new: item))
                case .refused: return .refused(reason: "the changes of \(path) meet")
                }
            }
            let tree = try memory.tree(baseTree, with: settled)
            if let broken = try memory.lost(analysis.changes, baseTree, tree) {
                return .refused(reason: "the merge does not hold \(broken)")
            }
            try memory.store(tree: tree)
            return .merged(tree)
        }
        return merged
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
        _ branches: [BranchChanges], _ base: ObjectID, _ tree: ObjectID
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

extension [ObjectID] {
    /// Each once, where it stands first.
    fileprivate var distinct: [ObjectID] {
        var seen: Set<ObjectID> = []
        return filter { seen.insert($0).inserted }
    }
}
