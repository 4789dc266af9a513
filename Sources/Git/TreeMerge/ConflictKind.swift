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
    /// Where git would name the conflict.
    package let path: RepositoryPath
    /// The first reason that was met.
    package let kind: ConflictKind
    /// What the base holds; nil for nothing.
    package let base: TreeItem?
    /// What our side holds; nil for nothing.
    package let ours: TreeItem?
    /// What their side holds; nil for nothing.
    package let theirs: TreeItem?
    /// For text: the blocks between markers, in order.
    package let blocks: [ConflictBlock]
    /// Where the merged tree, markers included, holds something for a person to look at.
    package let placedAt: [RepositoryPath]

    /// A conflict whose content lies at its own path, unless `placedAt` says otherwise.
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
    /// In the order in which they were met, each path once or, for file and folder, twice.
    package let conflicts: [ConflictedPath]

    /// The result of a merge that was made elsewhere.
    package init(tree: ObjectID, conflicts: [ConflictedPath]) {
        self.tree = tree
        self.conflicts = conflicts
    }

    /// True when nothing is left to resolve.
    package var isClean: Bool { conflicts.isEmpty }
}
