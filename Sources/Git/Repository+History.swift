import CLibgit2

extension Repository {
    /// Best common ancestors of two commits: none for unrelated histories, several for criss-cross ones.
    package func mergeBases(_ a: ObjectID, _ b: ObjectID) throws(GitError) -> [ObjectID] {
        if let shallow = try ShallowHistory(of: self) {
            return try shallow.mergeBases(of: [a, b], in: self)
        }
        var (first, second) = (a.raw, b.raw)
        var array = git_oidarray()
        let status = git_merge_bases(&array, handle.pointer, &first, &second)
        if status == GIT_ENOTFOUND.rawValue { return [] }
        try check(status, "find merge base", "\(a.short) \(b.short)")
        defer { git_oidarray_dispose(&array) }
        return (0..<array.count).map { ObjectID(array.ids[$0]) }
    }

    /// True when `ancestor` is `commit` or reachable from it.
    package func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool {
        if ancestor == commit { return true }
        if let shallow = try ShallowHistory(of: self) {
            return try shallow.reachable(from: commit, in: self).contains(ancestor)
        }
        var (child, parent) = (commit.raw, ancestor.raw)
        return try check(
            git_graph_descendant_of(handle.pointer, &child, &parent), "compare history",
            "\(ancestor.short) \(commit.short)") == 1
    }

    /// Commits reachable from `tip` and not from `base`, newest first, at most `limit`.
    package func commits(
        from tip: ObjectID, notIn base: ObjectID, limit: Int = 10_000
    ) throws(GitError) -> [ObjectID] {
        if let shallow = try ShallowHistory(of: self) {
            let known = Set(try shallow.reachable(from: base, in: self))
            return Array(try shallow.reachable(from: tip, but: known, in: self).prefix(limit))
        }
        let pointer = handle.pointer
        let walk = try Owned(git_revwalk_free, "walk history", tip.short) {
            git_revwalk_new(&$0, pointer)
        }
        var (start, stop) = (tip.raw, base.raw)
        try check(
            git_revwalk_sorting(walk.pointer, GIT_SORT_TOPOLOGICAL.rawValue), "walk history",
            tip.short)
        try check(git_revwalk_push(walk.pointer, &start), "walk history", tip.short)
        try check(git_revwalk_hide(walk.pointer, &stop), "walk history", base.short)
        var found: [ObjectID] = []
        var id = git_oid()
        while found.count < limit {
            let status = git_revwalk_next(&id, walk.pointer)
            if status == GIT_ITEROVER.rawValue { break }
            try check(status, "walk history", tip.short)
            found.append(ObjectID(id))
        }
        return found
    }
}
