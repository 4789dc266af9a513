package import Base

/// One path that differs between two trees; folders are never listed, their contents are.
package struct TreeChange: Hashable, Sendable {
    /// Where it is, from the top of the trees that were compared.
    package let path: RepositoryPath
    /// nil: added.
    package let old: TreeItem?
    /// nil: deleted.
    package let new: TreeItem?

    /// Takes both items as they are; two nils are nobody's change.
    package init(path: RepositoryPath, old: TreeItem?, new: TreeItem?) {
        self.path = path
        self.old = old
        self.new = new
    }
}

extension Repository {
    /// Paths that differ between two trees, in byte order; equal subtrees are not read.
    ///
    /// A file that became a folder is a deletion and additions below it. No renames.
    package func changes(from old: ObjectID, to new: ObjectID) throws(GitError) -> [TreeChange] {
        var out: [TreeChange] = []
        try collectChanges(old: old, new: new, at: RepositoryPath(bytes: []), into: &out)
        return out.sorted { $0.path < $1.path }
    }

    /// Every file below a tree, in byte order.
    package func files(of tree: ObjectID) throws(GitError) -> [TreeChange] {
        try changes(from: .emptyTree, to: tree)
    }

    private func collectChanges(
        old: ObjectID?, new: ObjectID?, at path: RepositoryPath, into out: inout [TreeChange]
    ) throws(GitError) {
        guard old != new else { return }
        let before = try old.map { id throws(GitError) in try entries(of: id) } ?? []
        let after = try new.map { id throws(GitError) in try entries(of: id) } ?? []
        var rest = Dictionary(
            after.map { ($0.name, $0.item) }, uniquingKeysWith: { first, _ in first })
        for entry in before {
            let item = rest.removeValue(forKey: entry.name)
            try collect(entry.item, item, at: path.appending(entry.name), into: &out)
        }
        for entry in after {
            guard let item = rest[entry.name] else { continue }
            try collect(nil, item, at: path.appending(entry.name), into: &out)
        }
    }

    private func collect(
        _ old: TreeItem?, _ new: TreeItem?, at path: RepositoryPath, into out: inout [TreeChange]
    ) throws(GitError) {
        guard old != new else { return }
        let (oldFolder, newFolder) = (old?.mode == .folder, new?.mode == .folder)
        if oldFolder || newFolder {
            try collectChanges(
                old: oldFolder ? old?.id : nil, new: newFolder ? new?.id : nil, at: path, into: &out
            )
        }
        let (oldFile, newFile) = (oldFolder ? nil : old, newFolder ? nil : new)
        if oldFile != nil || newFile != nil {
            out.append(TreeChange(path: path, old: oldFile, new: newFile))
        }
    }
}
