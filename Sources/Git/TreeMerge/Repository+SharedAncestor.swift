import CLibgit2

extension Repository {
    /// The best commit that all the given ones descend from; nil when there is none.
    ///
    /// Where several are equally good, one of them.
    package func commonBase(of commits: [ObjectID]) throws(GitError) -> ObjectID? {
        guard commits.count > 1 else { return commits.first }
        if let shallow = try ShallowHistory(of: self) {
            return try shallow.mergeBases(of: commits, in: self).first
        }
        let raw = commits.map(\.raw)
        var base = git_oid()
        let status = git_merge_base_octopus(&base, handle.pointer, raw.count, raw)
        if status == GIT_ENOTFOUND.rawValue { return nil }
        try check(status, "find merge base", commits.map(\.short).joined(separator: " "))
        return ObjectID(base)
    }
}
