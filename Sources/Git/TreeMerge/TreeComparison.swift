import Base
import CLibgit2

/// What differs between two trees.
struct TreeComparison {
    /// In byte order of paths.
    var changes: [TreeChange] = []
    /// Folders of the first tree that the second has not.
    var removedFolders: Set<RepositoryPath> = []
}

extension Repository {
    /// Compares two trees; equal subtrees are not read.
    func comparison(from old: ObjectID, to new: ObjectID) throws(GitError) -> TreeComparison {
        var found = TreeComparison()
        try compare(old, new, at: RepositoryPath(bytes: []), into: &found)
        found.changes.sort { $0.path < $1.path }
        return found
    }

    /// One pair of folders, of which one may be missing.
    private func compare(
        _ old: ObjectID?, _ new: ObjectID?, at path: RepositoryPath,
        into found: inout TreeComparison
    ) throws(GitError) {
        guard old != new else { return }
        let differing = try withTree(old) { before throws(GitError) in
            try withTree(new) { after throws(GitError) in
                Self.differing(TreeCursor(before), TreeCursor(after), at: path)
            }
        }
        guard let differing else {
            throw GitError(.corrupt, "read tree", (new ?? old ?? .emptyTree).description)
        }
        for change in differing {
            let isFolder = (change.old ?? change.new)?.mode == .folder
            guard isFolder else {
                found.changes.append(change)
                continue
            }
            if change.new == nil { found.removedFolders.insert(change.path) }
            try compare(change.old?.id, change.new?.id, at: change.path, into: &found)
        }
    }

    /// Entries that are not the same in both, files and folders apart; nil when a tree is damaged.
    private static func differing(
        _ old: TreeCursor, _ new: TreeCursor, at path: RepositoryPath
    ) -> [TreeChange]? {
        var (old, new) = (old, new)
        var found: [TreeChange] = []
        while !old.isAtEnd || !new.isAtEnd {
            let order = old.order(new)
            if order == 0, old.hasItem(of: new) {
                old.advance()
                new.advance()
                continue
            }
            let before = order <= 0 ? old.item : nil
            let after = order >= 0 ? new.item : nil
            if (order <= 0 && before == nil) || (order >= 0 && after == nil) { return nil }
            let name = order <= 0 ? old.nameBytes : new.nameBytes
            // Modes that mean the same may be written differently.
            if before != after {
                found.append(
                    TreeChange(path: path.appending(name), old: before, new: after))
            }
            if order <= 0 { old.advance() }
            if order >= 0 { new.advance() }
        }
        return old.isSound && new.isSound ? found : nil
    }

    /// Lends a tree's content; nothing for no tree.
    func withTree<Result>(
        _ id: ObjectID?, _ body: (UnsafeRawBufferPointer) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        guard let id, id != .emptyTree else {
            return try body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let result: Swift.Result<Result, GitError> = try withObject(
            id, expecting: GIT_OBJECT_TREE, "read tree"
        ) { bytes in
            do throws(GitError) { return .success(try body(bytes)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
