import Base

extension Repository {
    /// The tree with paths changed; only folders on the way to a change are written.
    ///
    /// A folder that holds nothing any more is left out, as git does.
    package func tree(
        _ base: ObjectID, with changes: [TreeChange]
    ) throws(GitError) -> ObjectID {
        var edit = TreeEdit()
        for change in changes { edit.set(change.path, to: change.new) }
        return try edit.apply(to: base, in: self) ?? .emptyTree
    }
}
