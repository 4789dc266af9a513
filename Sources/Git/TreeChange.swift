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

    /// True where a file with content was, is, or both: no link, no submodule on either side.
    package var hasLines: Bool { old?.mode.isRegular ?? true && new?.mode.isRegular ?? true }
}

extension Repository {
    /// Paths that differ between two trees, in byte order; equal subtrees are not read.
    ///
    /// A file that became a folder is a deletion and additions below it. No renames.
    package func changes(from old: ObjectID, to new: ObjectID) throws(GitError) -> [TreeChange] {
        try comparison(from: old, to: new, BaseTrees()).changes
    }

    /// Every file below a tree, in byte order.
    package func files(of tree: ObjectID) throws(GitError) -> [TreeChange] {
        try changes(from: .emptyTree, to: tree)
    }
}
