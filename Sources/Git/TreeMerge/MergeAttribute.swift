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
    /// The `merge` attributes of paths, as one commit's own `.gitattributes` have them, together with
    /// `info/attributes` and the user's file; no worktree and no index has a say.
    package func mergeAttributes(
        of paths: [RepositoryPath], at commit: ObjectID
    ) throws(GitError) -> [RepositoryPath: MergeAttribute] {
        guard !paths.isEmpty else { return [:] }
        let reader = try AttributeReader(of: layout, at: commit)
        var found: [RepositoryPath: MergeAttribute] = [:]
        for path in paths { found[path] = try reader.mergeAttribute(of: path) }
        return found
    }

    /// How long conflict markers in a file are to be, by the same attributes; nil for git's own length.
    func markerSize(
        of path: RepositoryPath, at commit: ObjectID
    ) throws(GitError) -> Int? {
        let reader = try AttributeReader(of: layout, at: commit)
        guard case .text(let value) = try reader.value("conflict-marker-size", of: path) else {
            return nil
        }
        return Int(value)
    }

    /// The `.gitattributes` files of a tree that can say something of the given paths.
    package func attributeFiles(
        of tree: ObjectID, for paths: some Sequence<RepositoryPath>
    ) throws(GitError) -> [(path: RepositoryPath, bytes: [UInt8])] {
        var folders: Set<RepositoryPath> = [RepositoryPath(bytes: [])]
        for path in paths {
            var folder = path.parent
            while let above = folder, folders.insert(above).inserted { folder = above.parent }
        }
        var found: [(path: RepositoryPath, bytes: [UInt8])] = []
        for folder in folders.sorted() {
            let path = folder.appending(".gitattributes".utf8)
            if let item = try item(at: path, in: tree), item.mode.isRegular {
                found.append((path, try blob(item.id)))
            }
        }
        return found
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

/// A second handle on a repository that has no worktree and an empty index: the library reads the attributes of
/// an index whatever it is told, before those of a commit.
struct AttributeReader: ~Copyable {
    private let repository: Owned
    private let index: Owned
    private let commit: ObjectID

    init(of layout: RepositoryLayout, at commit: ObjectID) throws(GitError) {
        let folder = layout.commonDirectory.description
        let repository = try Owned(git_repository_free, "read attributes", folder) {
            git_repository_open_bare(&$0, folder)
        }
        let index = try Owned(git_index_free, "read attributes", folder) { git_index_new(&$0) }
        try check(
            git_repository_set_index(repository.pointer, index.pointer), "read attributes", folder)
        self.repository = repository
        self.index = index
        self.commit = commit
    }

    /// What the attributes say of a path under one name.
    enum Value: Hashable {
        case unspecified, set, unset
        case text(String)
    }

    func mergeAttribute(of path: RepositoryPath) throws(GitError) -> MergeAttribute {
        switch try value("merge", of: path) {
        case .unset: .binary
        case .text(let name): name == "text" ? .text : name == "binary" ? .binary : .driver(name)
        case .set, .unspecified: .text
        }
    }

    func value(_ attribute: String, of path: RepositoryPath) throws(GitError) -> Value {
        var options = git_attr_options()
        options.version = UInt32(GIT_ATTR_OPTIONS_VERSION)
        options.flags = UInt32(GIT_ATTR_CHECK_INDEX_ONLY | GIT_ATTR_CHECK_INCLUDE_COMMIT)
        options.attr_commit_id = commit.raw
        var value: UnsafePointer<CChar>?
        let name = path.bytes.map { CChar(bitPattern: $0) } + [0]
        try check(
            git_attr_get_ext(&value, repository.pointer, &options, name, attribute),
            "read attributes", path.description)
        switch git_attr_value(value) {
        case GIT_ATTR_VALUE_TRUE: return .set
        case GIT_ATTR_VALUE_FALSE: return .unset
        case GIT_ATTR_VALUE_STRING: return .text(value.map { String(cString: $0) } ?? "")
        default: return .unspecified
        }
    }
}
