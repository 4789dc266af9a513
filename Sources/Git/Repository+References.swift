import Base
import CLibgit2

/// A ref with the object it finally names.
package struct Reference: Hashable, Sendable {
    /// Whole name, such as `refs/heads/main`.
    package let name: String
    /// The object itself; a symbolic ref is followed to its end.
    package let id: ObjectID
}

/// What `HEAD` says.
package enum Head: Hashable, Sendable {
    /// On a branch; nil while it has no commit.
    case branch(name: String, id: ObjectID?)
    case detached(ObjectID)
}

extension Repository {
    /// The commit that a revision names (`main`, `HEAD~2`, a tag, an abbreviated ID).
    package func commit(named revision: String) throws(GitError) -> ObjectID {
        let pointer = handle.pointer
        let object = try Owned(git_object_free, "resolve revision", revision) {
            git_revparse_single(&$0, pointer, revision)
        }
        let commit = try Owned(git_object_free, "resolve revision", revision) {
            git_object_peel(&$0, object.pointer, GIT_OBJECT_COMMIT)
        }
        return ObjectID(git_object_id(commit.pointer).pointee)
    }

    /// The whole ref name for a branch given short (`main`), partly or whole; nil when no ref has that name.
    package func fullName(ofReference short: String) throws(GitError) -> String? {
        var reference: OpaquePointer?
        let status = git_reference_dwim(&reference, handle.pointer, short)
        if [GIT_ENOTFOUND.rawValue, GIT_EINVALIDSPEC.rawValue].contains(status) { return nil }
        try check(status, "look up ref", short)
        defer { git_reference_free(reference) }
        return git_reference_name(reference).map { String(cString: $0) }
    }

    /// The object that a whole ref name leads to; nil when there is no such ref.
    package func target(of name: String) throws(GitError) -> ObjectID? {
        var id = git_oid()
        let status = git_reference_name_to_id(&id, handle.pointer, name)
        if status == GIT_ENOTFOUND.rawValue { return nil }
        try check(status, "read ref", name)
        return ObjectID(id)
    }

    /// What `HEAD` of the opened worktree says.
    package func head() throws(GitError) -> Head {
        let pointer = handle.pointer
        let head = try Owned(git_reference_free, "read", "HEAD") {
            git_reference_lookup(&$0, pointer, "HEAD")
        }
        if let name = git_reference_symbolic_target(head.pointer) {
            let branch = String(cString: name)
            return .branch(name: branch, id: try target(of: branch))
        }
        return .detached(ObjectID(git_reference_target(head.pointer).pointee))
    }

    /// All refs whose whole name starts with `prefix`, by name; symbolic ones that lead nowhere are left out.
    package func references(under prefix: String) throws(GitError) -> [Reference] {
        let pointer = handle.pointer
        let iterator = try Owned(git_reference_iterator_free, "list refs", prefix) {
            git_reference_iterator_new(&$0, pointer)
        }
        var names: [String] = []
        var name: UnsafePointer<CChar>?
        while true {
            let status = git_reference_next_name(&name, iterator.pointer)
            if status == GIT_ITEROVER.rawValue { break }
            try check(status, "list refs", prefix)
            if let name, String(cString: name).hasPrefix(prefix) {
                names.append(String(cString: name))
            }
        }
        var found: [Reference] = []
        for name in names.sorted() {
            if let id = try target(of: name) { found.append(Reference(name: name, id: id)) }
        }
        return found
    }

    /// Creates a ref; `.exists` when one of that name is there.
    package func createReference(
        _ name: String, at id: ObjectID, reason: String
    ) throws(GitError) {
        var raw = id.raw
        let pointer = handle.pointer
        _ = try Owned(git_reference_free, "create ref", name) {
            git_reference_create(&$0, pointer, name, &raw, 0, reason)
        }
        share(reference: name)
    }

    /// Moves a ref from `old` to `new` in one step; `.modified` when it holds something else by now.
    package func moveReference(
        _ name: String, from old: ObjectID, to new: ObjectID, reason: String
    ) throws(GitError) {
        var (raw, expected) = (new.raw, old.raw)
        let pointer = handle.pointer
        guard try target(of: name) == old else {
            throw GitError(.modified, "move ref", name)
        }
        _ = try Owned(git_reference_free, "move ref", name) {
            git_reference_create_matching(&$0, pointer, name, &raw, 1, &expected, reason)
        }
        share(reference: name)
    }

    /// Deletes a ref that still names `id`; `.modified` when it names another, nothing when it is gone.
    package func deleteReference(_ name: String, at id: ObjectID) throws(GitError) {
        guard let found = try target(of: name) else { return }
        guard found == id else { throw GitError(.modified, "delete ref", name) }
        let pointer = handle.pointer
        let reference = try Owned(git_reference_free, "delete ref", name) {
            git_reference_lookup(&$0, pointer, name)
        }
        try check(git_reference_delete(reference.pointer), "delete ref", name)
    }

    /// True when some worktree, the main one included, is on the branch or is rebasing it, whether or not its folder is there.
    ///
    /// libgit2's own answer is no for a worktree whose folder is gone or holds something else.
    package func isCheckedOut(_ branch: String) throws(GitError) -> Bool {
        var folders = layout.mainWorktree == nil ? [] : [layout.commonDirectory]
        let registrations = layout.commonDirectory.appending("worktrees")
        if Files.kind(of: registrations) != nil {
            do throws(FileError) {
                folders += try Files.list(registrations).map { registrations.appending($0) }
            } catch {
                throw GitError(.corrupt, "look for worktrees on", branch)
            }
        }
        return folders.contains { folder in
            [("HEAD", "ref: "), ("rebase-merge/head-name", ""), ("rebase-apply/head-name", "")]
                .contains { name, prefix in
                    let file = folder.appending(name)
                    guard Files.kind(of: file) != nil else { return false }
                    // What cannot be read may be on the branch.
                    guard let bytes = try? Files.read(file, limit: 1 << 16) else { return true }
                    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first
                        .map(String.init) == prefix + branch
                }
        }
    }

    /// True when git would accept the whole ref name.
    package static func isValidReferenceName(_ name: String) -> Bool {
        var valid: Int32 = 0
        guard GitLibrary.isReady, git_reference_name_is_valid(&valid, name) == 0 else {
            return false
        }
        return valid == 1
    }
}
