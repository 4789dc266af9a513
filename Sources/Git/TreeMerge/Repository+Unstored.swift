import CLibgit2

/// An object that is known to its maker only.
struct UnstoredObject {
    /// The library's number for the kind of object.
    let type: Int32
    let bytes: [UInt8]
}

extension Repository {
    /// Runs the closure with all objects that it writes kept in memory, and forgets them afterwards.
    ///
    /// What was made is read back as if it were stored. Nothing else can use the repository meanwhile, since the
    /// closure cannot wait. Calls inside of it may be nested: only the outermost forgets.
    package func withoutStoring<Result>(
        _ body: (isolated Repository) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        if unstored != nil { return try body(self) }
        unstored = [:]
        defer { unstored = nil }
        return try body(self)
    }

    /// Stores a tree that was made in memory, with everything below it that was made there as well.
    package func store(tree: ObjectID) throws(GitError) {
        guard let made = unstored else { return }
        unstored = nil
        defer { unstored = made }
        try store(tree, among: made)
    }

    /// What is below a tree is stored before the tree itself: a kill in between leaves no tree with gaps.
    private func store(
        _ id: ObjectID, among made: [ObjectID: UnstoredObject]
    ) throws(GitError) {
        guard let object = made[id] else { return }
        let type = git_object_t(object.type)
        if type == GIT_OBJECT_TREE {
            let entries = object.bytes.withUnsafeBytes { TreeEntry.parse($0) }
            for entry in entries ?? [] { try store(entry.item.id, among: made) }
        }
        _ = try write(object.bytes, as: type, "write merge")
    }
}
