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
    package var addsFiles: Bool { !additions.isEmpty }
    /// True when some path of the base is gone.
    package var deletesFiles: Bool { !deletions.isEmpty }
    /// Files that are there and that the base lacks.
    let additions: [TreeChange]
    /// Files of the base that are gone.
    let deletions: [TreeChange]
    /// Every folder above an added file.
    package let foldersOfAdded: Set<RepositoryPath>

    init(changes: [TreeChange], removedFolders: Set<RepositoryPath>) {
        self.changes = changes
        self.removedFolders = removedFolders
        byPath = Dictionary(changes.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        additions = changes.filter { $0.old == nil }
        deletions = changes.filter { $0.new == nil }
        foldersOfAdded = BranchChanges.folders(above: additions)
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
        try branchChanges(from: base, to: head, BaseTrees())
    }

    /// The same for one of several trees.
    ///
    /// - Parameter bases: what was read of the base for other trees, and need not be read again.
    package func branchChanges(
        from base: ObjectID, to head: ObjectID, _ bases: BaseTrees
    ) throws(GitError) -> BranchChanges {
        let found = try comparison(from: base, to: head, bases)
        return BranchChanges(changes: found.changes, removedFolders: found.removedFolders)
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
}
