import Base
import CLibgit2

/// A commit that joined two histories.
package struct MergeCommit: Hashable, Sendable {
    /// The merge itself.
    package let id: ObjectID
    /// The parent that was merged into.
    package let ours: ObjectID
    /// The parent that was merged.
    package let theirs: ObjectID
}

extension Repository {
    /// The newest merges of two parents that any ref or `HEAD` leads to, at most `limit`, by the committer's time.
    package func mergeCommits(limit: Int) throws(GitError) -> [MergeCommit] {
        let pointer = handle.pointer
        let folder = layout.commonDirectory.description
        let walk = try Owned(git_revwalk_free, "walk history", folder) {
            git_revwalk_new(&$0, pointer)
        }
        try check(
            git_revwalk_sorting(walk.pointer, GIT_SORT_TIME.rawValue), "walk history", folder)
        try check(git_revwalk_push_glob(walk.pointer, "*"), "walk history", folder)
        // A repository without commits has a HEAD that leads nowhere.
        _ = git_revwalk_push_head(walk.pointer)
        var found: [MergeCommit] = []
        var id = git_oid()
        while found.count < limit {
            let status = git_revwalk_next(&id, walk.pointer)
            if status == GIT_ITEROVER.rawValue { break }
            try check(status, "walk history", folder)
            let parents = try commit(ObjectID(id)).parents
            if parents.count == 2 {
                found.append(
                    MergeCommit(id: ObjectID(id), ours: parents[0], theirs: parents[1]))
            }
        }
        return found
    }
}
