package import Base
import CLibgit2

/// What a commit says.
package struct Commit: Hashable, Sendable {
    /// The commit's own name.
    package let id: ObjectID
    /// The snapshot that it records.
    package let tree: ObjectID
    /// In order: the first is the branch that was merged into. Empty for a root commit.
    package let parents: [ObjectID]
    /// Who wrote the change; the committer's name is not kept.
    package let author: Identity
    /// The whole message, trailing newline included; invalid UTF-8 becomes U+FFFD.
    package let message: String
    /// Seconds since 1970 of the committer.
    package let time: Int64

    /// First line of the message.
    package var subject: String {
        message.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
    }
}

extension Repository {
    /// Entries of a tree, in git's order.
    package func entries(of tree: ObjectID) throws(GitError) -> [TreeEntry] {
        if tree == .emptyTree { return [] }
        let entries = try withObject(tree, expecting: GIT_OBJECT_TREE, "read tree") {
            TreeEntry.parse($0)
        }
        guard let entries else { throw GitError(.corrupt, "read tree", tree.description) }
        return entries
    }

    /// Content of a blob, as stored.
    package func blob(_ id: ObjectID) throws(GitError) -> [UInt8] {
        try withObject(id, expecting: GIT_OBJECT_BLOB, "read blob") { Array($0) }
    }

    /// Size in bytes of a blob, without reading it whole where the store allows.
    package func blobSize(_ id: ObjectID) throws(GitError) -> Int {
        if let object = unstored?[id] { return object.bytes.count }
        var raw = id.raw
        var size = 0
        var type = GIT_OBJECT_INVALID
        let odb = try objectStore()
        try check(
            git_odb_read_header(&size, &type, odb.pointer, &raw), "read blob", id.description)
        return size
    }

    /// True when the object is in the store.
    package func contains(_ id: ObjectID) throws(GitError) -> Bool {
        if unstored?[id] != nil { return true }
        var raw = id.raw
        return git_odb_exists(try objectStore().pointer, &raw) == 1
    }

    /// What a commit says; its message is repaired where it is not UTF-8.
    package func commit(_ id: ObjectID) throws(GitError) -> Commit {
        var raw = id.raw
        let pointer = handle.pointer
        let commit = try Owned(git_commit_free, "read commit", id.description) {
            git_commit_lookup(&$0, pointer, &raw)
        }
        let author = git_commit_author(commit.pointer).pointee
        return Commit(
            id: id, tree: ObjectID(git_commit_tree_id(commit.pointer).pointee),
            parents: (0..<git_commit_parentcount(commit.pointer)).compactMap {
                git_commit_parent_id(commit.pointer, $0).map { ObjectID($0.pointee) }
            },
            author: Identity(
                name: String(cString: author.name), email: String(cString: author.email)),
            message: git_commit_message(commit.pointer).map { String(cString: $0) } ?? "",
            time: git_commit_time(commit.pointer))
    }

    /// Stores a blob.
    package func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
        try write(bytes, as: GIT_OBJECT_BLOB, "write blob")
    }

    /// Stores a tree of the given entries, sorted here; names must be single components.
    package func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
        try write(TreeEntry.serialise(entries), as: GIT_OBJECT_TREE, "write tree")
    }

    /// Stores a commit; no ref moves. `message` gets a final newline where it has none.
    package func writeCommit(
        tree: ObjectID, parents: [ObjectID], author: Identity, committer: Identity? = nil,
        time: Timestamp, message: String
    ) throws(GitError) -> ObjectID {
        var text = "tree \(tree)\n"
        for parent in parents { text += "parent \(parent)\n" }
        text += "author \(author.line) \(time.seconds) +0000\n"
        text += "committer \((committer ?? author).line) \(time.seconds) +0000\n\n"
        text += message.hasSuffix("\n") ? message : message + "\n"
        return try write(Array(text.utf8), as: GIT_OBJECT_COMMIT, "write commit")
    }

    private func objectStore() throws(GitError) -> Owned {
        let pointer = handle.pointer
        return try Owned(git_odb_free, "open object store", layout.commonDirectory.description) {
            git_repository_odb(&$0, pointer)
        }
    }

    /// Lends an object's content to the closure, which must not keep it.
    func withObject<Result>(
        _ id: ObjectID, expecting type: git_object_t, _ operation: String,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(GitError) -> Result {
        if let object = unstored?[id], object.type == type.rawValue {
            return object.bytes.withUnsafeBytes(body)
        }
        let object = try read(id, expecting: type, operation)
        return body(
            UnsafeRawBufferPointer(
                start: git_odb_object_data(object.pointer),
                count: git_odb_object_size(object.pointer)))
    }

    private func read(
        _ id: ObjectID, expecting type: git_object_t, _ operation: String
    ) throws(GitError) -> Owned {
        var raw = id.raw
        let store = try objectStore()
        let object = try Owned(git_odb_object_free, operation, id.description) {
            git_odb_read(&$0, store.pointer, &raw)
        }
        guard git_odb_object_type(object.pointer) == type else {
            throw GitError(.invalid, operation, id.description)
        }
        return object
    }

    func write(
        _ bytes: [UInt8], as type: git_object_t, _ operation: String
    ) throws(GitError) -> ObjectID {
        var id = git_oid()
        if unstored != nil {
            try check(
                git_odb_hash(&id, bytes, bytes.count, type), operation,
                layout.commonDirectory.description)
            unstored?[ObjectID(id)] = UnstoredObject(type: type.rawValue, bytes: bytes)
            return ObjectID(id)
        }
        let store = try objectStore()
        try check(
            git_odb_write(&id, store.pointer, bytes, bytes.count, type), operation,
            layout.commonDirectory.description)
        return ObjectID(id)
    }
}
