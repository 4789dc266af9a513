import Base
import CLibgit2

/// A submodule of a tree that is set up there, as it was found.
struct SubmoduleState: Sendable {
    let path: RepositoryPath
    /// The commit that the superproject's index names.
    let recorded: ObjectID
    /// The submodule as a tree of its own: its folder, the branch it is on, the commit that the base names.
    let tree: Worktree
    let repository: Repository
    let level: ModuleLevel
    /// The main worktree's repository of it, whose objects it borrows.
    let source: Repository
    let state: TreeState

    /// The commit that is checked out.
    var head: ObjectID? { state.head }

    /// True when something in it is not in the main worktree's repository of the submodule, or not in the index.
    var holdsWork: Bool { head != recorded || !state.unreachable.isEmpty || isDirty }

    /// True when something in it is on no commit.
    var isDirty: Bool {
        state.inspection.findings.contains {
            switch $0 {
            case .commits, .headElsewhere, .baseLost, .unreachableCommits: false
            default: true
            }
        }
    }
}

extension Repository {
    /// Operations in progress, and commits that only this repository has.
    ///
    /// Every ref, reflog and stash of a submodule's repository is the tree's own; what they lead to is what it
    /// holds beyond the objects that it borrows.
    func inspectModuleHistory(into state: inout TreeState) {
        inspectOperations(into: &state)
        do {
            state.unreachable = try ownTips()
        } catch {
            state.fail("objects", error)
        }
    }

    /// Commits in the repository's own store that no other of them leads to, without those that preserve others.
    private func ownTips() throws -> [ObjectID] {
        var commits: [ObjectID: Commit] = [:]
        for id in try ObjectStore(layout.commonDirectory.appending("objects")).commits() {
            commits[id] = try commit(id)
        }
        let work = commits.filter { !$0.value.isPreservedWork }
        let parents = Set(work.values.flatMap(\.parents))
        return work.keys.filter { !parents.contains($0) }.sorted()
    }
}

/// The objects in one folder, without those that it borrows.
struct ObjectStore: ~Copyable {
    private let owned: Owned

    init(_ folder: AbsolutePath) throws(GitError) {
        let store = try Owned(git_odb_free, "open object store", folder.description) {
            git_odb_new(&$0)
        }
        var loose: OpaquePointer?
        try check(
            git_odb_backend_loose(&loose, folder.description, -1, 0, 0, 0), "open object store",
            folder.description)
        try check(
            git_odb_add_backend(store.pointer, loose, 2), "open object store", folder.description)
        var packed: OpaquePointer?
        try check(
            git_odb_backend_pack(&packed, folder.description), "open object store",
            folder.description)
        try check(
            git_odb_add_backend(store.pointer, packed, 1), "open object store", folder.description)
        owned = store
    }

    func objects() throws(GitError) -> [ObjectID] {
        var ids: [ObjectID] = []
        let status = withUnsafeMutablePointer(to: &ids) { found in
            git_odb_foreach(
                owned.pointer,
                { id, payload in
                    if let id, let payload {
                        payload.assumingMemoryBound(to: [ObjectID].self).pointee.append(
                            ObjectID(id.pointee))
                    }
                    return 0
                }, found)
        }
        try check(status, "list objects", "submodule")
        return ids
    }

    func commits() throws(GitError) -> [ObjectID] {
        try objects().filter { id in
            var raw = id.raw
            var size = 0
            var type = GIT_OBJECT_INVALID
            return git_odb_read_header(&size, &type, owned.pointer, &raw) == 0
                && type == GIT_OBJECT_COMMIT
        }
    }
}
