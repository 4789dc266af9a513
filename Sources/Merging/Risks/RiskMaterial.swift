import Base
import Git

/// One file of the base as several branches changed it, for signals that look at more than one hunk.
struct ChangedFile: Sendable {
    let path: RepositoryPath
    /// Empty for a file that the base lacks.
    let base: LineTable
    /// The base's blob; nil for a file that it lacks.
    let blob: ObjectID?
    /// By branch, ascending; without deletions and binary files.
    var sides: [Side] = []

    struct Side: Sendable {
        let branch: Int
        let blob: ObjectID
        let changes: SideChanges
    }
}

/// What signals of risk are looked for in: every changed text, within bounds.
struct RiskMaterial: Sendable {
    /// In byte order of paths.
    var files: [ChangedFile] = []
    /// Added paths, by branch.
    var added: [[RepositoryPath]] = []
    /// Every changed path, with the branches that changed it.
    var touched: [RepositoryPath: [Int]] = [:]

    /// Files beyond which no more are read, and bytes beyond which a file is not: signals are hints, and must cost
    /// little beside the comparison itself.
    static let fileLimit = 2_000
    static let byteLimit = 1 << 20
}

extension Repository {
    /// Reads what the branches changed; files that several changed come first where not all fit.
    func riskMaterial(
        base: ObjectID, trees: [ObjectID]
    ) throws(GitError) -> RiskMaterial {
        let baseTree = try commit(base).tree
        var material = RiskMaterial()
        var changes: [RepositoryPath: [(branch: Int, change: TreeChange)]] = [:]
        for (branch, tree) in trees.enumerated() {
            let found = try self.changes(from: baseTree, to: tree)
            material.added.append(found.filter { $0.old == nil }.map(\.path))
            for change in found {
                changes[change.path, default: []].append((branch, change))
                material.touched[change.path, default: []].append(branch)
            }
        }
        let order = changes.keys.sorted {
            (min(changes[$1]?.count ?? 0, 2), $0) < (min(changes[$0]?.count ?? 0, 2), $1)
        }
        var texts = TextCache()
        for path in order.prefix(RiskMaterial.fileLimit) {
            if let file = try changedFile(path, changes[path] ?? [], &texts) {
                material.files.append(file)
            }
        }
        material.files.sort { $0.path < $1.path }
        return material
    }

    private func changedFile(
        _ path: RepositoryPath, _ changes: [(branch: Int, change: TreeChange)],
        _ texts: inout TextCache
    ) throws(GitError) -> ChangedFile? {
        let old = changes.first?.change.old
        guard old?.mode.isRegular ?? true, try fits(old?.id) else { return nil }
        let table = try texts.table(old?.id, in: self)
        guard !table.isBinary else { return nil }
        var file = ChangedFile(path: path, base: table, blob: old?.id)
        for (branch, change) in changes {
            guard let new = change.new, new.mode.isRegular, new.id != old?.id, try fits(new.id)
            else { continue }
            let side = try texts.changes(from: old?.id, to: new.id, in: self)
            if side.side.isBinary { continue }
            file.sides.append(.init(branch: branch, blob: new.id, changes: side))
        }
        return file
    }

    private func fits(_ id: ObjectID?) throws(GitError) -> Bool {
        guard let id else { return true }
        return try blobSize(id) <= RiskMaterial.byteLimit
    }
}
