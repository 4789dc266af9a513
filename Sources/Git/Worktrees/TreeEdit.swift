import Base

/// Changes to a tree, gathered by folder: what is written is only the folders on the way to a change.
struct TreeEdit {
    private var folders: [[UInt8]: TreeEdit] = [:]
    private var files: [[UInt8]: TreeItem?] = [:]

    /// Puts an item at a path; nil removes.
    mutating func set(_ path: RepositoryPath, to item: TreeItem?) {
        set(path.components[...], to: item)
    }

    private mutating func set(_ parts: ArraySlice<ArraySlice<UInt8>>, to item: TreeItem?) {
        guard let first = parts.first else { return }
        if parts.count == 1 {
            files[Array(first)] = .some(item)
        } else {
            folders[Array(first), default: TreeEdit()].set(parts.dropFirst(), to: item)
        }
    }

    /// Writes the changed trees; nil when nothing is left in this one.
    func apply(
        to tree: ObjectID?, in repository: isolated Repository
    ) throws(GitError) -> ObjectID? {
        let before = try tree.map { id throws(GitError) in try repository.entries(of: id) } ?? []
        var entries = Dictionary(before.map { ($0.name, $0.item) }, uniquingKeysWith: { a, _ in a })
        for (name, item) in files { entries[name] = item }
        for (name, edit) in folders {
            let old = entries[name]
            let inner = try edit.apply(
                to: old?.mode == .folder ? old?.id : nil, in: repository)
            if let inner {
                entries[name] = TreeItem(mode: .folder, id: inner)
            } else if old?.mode == .folder {
                entries[name] = nil
            }
        }
        if entries.isEmpty { return nil }
        return try repository.writeTree(entries.map { TreeEntry(name: $0, item: $1) })
    }
}
