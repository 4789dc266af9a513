package import Base
import CLibgit2

/// What attributes say of merging a path.
package enum MergeAttribute: Hashable, Sendable {
    /// Nothing, or that the path is text: the ordinary line merge.
    case text
    /// Never merged by lines (`-merge`, `binary`).
    case binary
    /// A driver by name: `union`, or one that the configuration defines.
    case driver(String)
}

extension Repository {
    /// The `merge` attribute of a path, as the given commit's own `.gitattributes` has it.
    package func mergeAttribute(
        of path: RepositoryPath, at commit: ObjectID
    ) throws(GitError) -> MergeAttribute {
        var options = git_attr_options()
        options.version = UInt32(GIT_ATTR_OPTIONS_VERSION)
        options.flags = UInt32(GIT_ATTR_CHECK_INDEX_ONLY | GIT_ATTR_CHECK_INCLUDE_COMMIT)
        options.attr_commit_id = commit.raw
        var value: UnsafePointer<CChar>?
        try check(
            git_attr_get_ext(&value, handle.pointer, &options, path.description, "merge"),
            "read attributes", path.description)
        switch git_attr_value(value) {
        case GIT_ATTR_VALUE_FALSE: return .binary
        case GIT_ATTR_VALUE_STRING:
            let name = value.map { String(cString: $0) } ?? ""
            return name == "text" ? .text : name == "binary" ? .binary : .driver(name)
        default: return .text
        }
    }

    /// Why the repository's settings take merges of text out of our hands; nil when they do not.
    package func mergeSettingsReason() throws(GitError) -> String? {
        if let value = try configuration("merge.renormalize"), value != "false" {
            return "merge.renormalize is set"
        }
        if try configuration("merge.default") != nil { return "merge.default is set" }
        return nil
    }
}
