import Base
import CLibgit2
import Synchronization

/// What differs between two trees.
struct TreeComparison {
    /// In byte order of paths.
    var changes: [TreeChange] = []
    /// Folders of the first tree that the second has not.
    var removedFolders: Set<RepositoryPath> = []
}

/// Folders of a tree that others are compared with, each read once, whichever handle reads it.
package final class BaseTrees: Sendable {
    private struct Contents {
        var known: [ObjectID: [UInt8]] = [:]
        var size = 0
    }

    private let contents = Mutex(Contents())

    /// Holds nothing yet.
    package init() {}

    fileprivate func content(
        of id: ObjectID?, in repository: isolated Repository
    ) throws(GitError) -> [UInt8] {
        guard let id, id != .emptyTree else { return [] }
        if let known = contents.withLock({ $0.known[id] }) { return known }
        let made = try repository.treeContent(id)
        contents.withLock { contents in
            // 32 MB: the folders of half a million files.
            if contents.size > 32 << 20 { contents = Contents() }
            contents.known[id] = made
            contents.size += made.count
        }
        return made
    }
}

extension Repository {
    /// Compares two trees; equal subtrees are not read.
    func comparison(
        from old: ObjectID, to new: ObjectID, _ bases: BaseTrees
    ) throws(GitError) -> TreeComparison {
        var found = TreeComparison()
        try compare(old, new, at: RepositoryPath(bytes: []), bases, into: &found)
        found.changes.sort { $0.path < $1.path }
        return found
    }

    /// One pair of folders, of which one may be missing.
    private func compare(
        _ old: ObjectID?, _ new: ObjectID?, at path: RepositoryPath, _ bases: BaseTrees,
        into found: inout TreeComparison
    ) throws(GitError) {
        guard old != new else { return }
        let before = try bases.content(of: old, in: self)
        let differing = try withTree(new) { after in
            before.withUnsafeBytes { before in
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
            try compare(
                change.old?.id, change.new?.id, at: change.path, bases, into: &found)
        }
    }

    /// Entries that are not the same in both, files and folders apart; nil when a tree is damaged.
    private static func differing(
        _ old: TreeCursor, _ new: TreeCursor, at path: RepositoryPath
    ) -> [TreeChange]? {
        var (old, new) = (old, new)
        var found: [TreeChange] = []
        while true {
            old.skipEqual(&new)
            if old.isAtEnd, new.isAtEnd { break }
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
        _ id: ObjectID?, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(GitError) -> Result {
        guard let id, id != .emptyTree else {
            return body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return try withObject(id, expecting: GIT_OBJECT_TREE, "read tree", body)
    }

    fileprivate func treeContent(_ id: ObjectID) throws(GitError) -> [UInt8] {
        try withTree(id) { Array($0) }
    }
}
