package import Base

/// What became of the wish to commit a tree's work.
package enum CommittedWork: Hashable, Sendable {
    /// There was nothing to commit, but for what was left out.
    case nothing(leftOut: [RepositoryPath])
    /// The new commit on the tree's branch; `leftOut` are nested repositories, changed submodules and
    /// special files, which no commit can hold.
    case committed(ObjectID, leftOut: [RepositoryPath])
    /// Nothing was touched, for these reasons: conflicts, an operation in progress, `HEAD` elsewhere,
    /// something that could not be looked at.
    case refused([TreeInspection.Finding])
}

/// What a branch holds beyond its base.
package struct WorkSummary: Hashable, Sendable {
    /// Newest first.
    package let commits: [ObjectID]
    /// Changed files, in byte order of their paths.
    package let changes: [TreeChange]
}

extension Repository {
    /// Commits of `head` that `base` has not, and the files that differ between the two.
    package func work(
        from base: ObjectID, to head: ObjectID
    ) throws(GitError) -> WorkSummary {
        WorkSummary(
            commits: try commits(from: head, notIn: base),
            changes: try changes(from: commit(base).tree, to: commit(head).tree))
    }
}
