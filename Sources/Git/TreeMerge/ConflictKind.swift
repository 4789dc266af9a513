package import Base

/// Why two changes of one place cannot both be taken as they are.
///
/// The raw values are those of `treeguild.overlap/1`.
package enum ConflictKind: String, Hashable, Sendable, CaseIterable {
    /// Both changed the same lines.
    case overlap
    /// Changes that touch without a line in common: git refuses them all the same.
    case adjacent
    /// Both inserted at one point.
    case insertInsert = "insert_insert"
    case modifyDelete = "modify_delete"
    case addAdd = "add_add"
    case renameRename = "rename_rename"
    case renameDelete = "rename_delete"
    case renameModify = "rename_modify"
    case mode
    case type
    case symlink
    case binary
    case submodule
    case fileDirectory = "file_directory"
}

/// One path at which a merge stopped.
package struct ConflictedPath: Hashable, Sendable {
    package let path: RepositoryPath
    package let kind: ConflictKind
    package let base: TreeItem?
    package let ours: TreeItem?
    package let theirs: TreeItem?
    /// For text: the blocks between markers, in order.
    package let blocks: [ConflictBlock]
    /// Where the merged tree, markers included, holds something for a person to look at.
    package let placedAt: [RepositoryPath]

    package init(
        path: RepositoryPath, kind: ConflictKind, base: TreeItem?, ours: TreeItem?,
        theirs: TreeItem?, blocks: [ConflictBlock] = [], placedAt: [RepositoryPath]? = nil
    ) {
        self.path = path
        self.kind = kind
        self.base = base
        self.ours = ours
        self.theirs = theirs
        self.blocks = blocks
        self.placedAt = placedAt ?? [path]
    }
}

/// Result of a three-way merge of trees.
package struct TreeMerge: Hashable, Sendable {
    /// The merged tree; where conflicts are left it holds markers and is for a resolver's eyes only.
    package let tree: ObjectID
    package let conflicts: [ConflictedPath]

    package init(tree: ObjectID, conflicts: [ConflictedPath]) {
        self.tree = tree
        self.conflicts = conflicts
    }

    package var isClean: Bool { conflicts.isEmpty }
}
