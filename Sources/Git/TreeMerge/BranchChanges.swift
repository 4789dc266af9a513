package import Base

/// What one branch changed against a base, indexed for comparison with other branches.
package struct BranchChanges: Hashable, Sendable {
    /// In byte order of paths.
    package let changes: [TreeChange]
    /// The same changes by their paths.
    package let byPath: [RepositoryPath: TreeChange]
    /// Folders of the base that hold nothing any more.
    package let removedFolders: Set<RepositoryPath>
    /// True when some path is there that the base lacks.
    package let addsFiles: Bool
    /// True when some path of the base is gone.
    package let deletesFiles: Bool
    /// Every folder above an added file.
    let foldersOfAdded: Set<RepositoryPath>
    /// Every folder above a deleted file.
    let foldersOfDeleted: Set<RepositoryPath>

    init(changes: [TreeChange], removedFolders: Set<RepositoryPath>) {
        self.changes = changes
        self.removedFolders = removedFolders
        byPath = Dictionary(changes.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        addsFiles = changes.contains { $0.old == nil }
        deletesFiles = changes.contains { $0.new == nil }
        foldersOfAdded = BranchChanges.folders(above: changes.lazy.filter { $0.old == nil })
        foldersOfDeleted = BranchChanges.folders(above: changes.lazy.filter { $0.new == nil })
    }

    private static func folders(above changes: some Sequence<TreeChange>) -> Set<RepositoryPath> {
        var found: Set<RepositoryPath> = []
        for change in changes {
            var folder = change.path.parent
            while let path = folder, found.insert(path).inserted { folder = path.parent }
        }
        return found
    }
}

extension Repository {
    /// What the tree `head` changed against the tree `base`.
    package func branchChanges(
        from base: ObjectID, to head: ObjectID
    ) throws(GitError) -> BranchChanges {
        let changes = try changes(from: base, to: head)
        var removed: Set<RepositoryPath> = []
        var present: Set<RepositoryPath> = []
        for change in changes where change.new == nil {
            var folder = change.path.parent
            while let path = folder, !removed.contains(path), !present.contains(path) {
                if try holdsFolder(path, tree: head) {
                    present.insert(path)
                } else {
                    removed.insert(path)
                }
                folder = path.parent
            }
        }
        return BranchChanges(changes: changes, removedFolders: removed)
    }

    /// What a tree holds at a path; nil for nothing.
    package func item(at path: RepositoryPath, in tree: ObjectID) throws(GitError) -> TreeItem? {
        var item = TreeItem(mode: .folder, id: tree)
        for component in path.components {
            guard item.mode == .folder,
                let entry = try entries(of: item.id).first(where: {
                    $0.name.elementsEqual(component)
                })
            else { return nil }
            item = entry.item
        }
        return item
    }

    private func holdsFolder(_ path: RepositoryPath, tree: ObjectID) throws(GitError) -> Bool {
        try item(at: path, in: tree)?.mode == .folder
    }
}
