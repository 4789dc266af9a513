import Base
import CLibgit2

/// Contents of blobs for one thread, as they are to lie in a worktree.
struct BlobSource: ~Copyable {
    private let repository: RepositoryHandle
    private let store: Owned
    private let filtering: Bool
    private var borrowed: BorrowedRepository { BorrowedRepository(pointer: repository.pointer) }

    /// Opens the repository of a worktree anew.
    init(at path: AbsolutePath, filtering: Bool) throws(GitError) {
        let opened = try RepositoryHandle(at: path)
        let pointer = opened.pointer
        store = try Owned(git_odb_free, "open object store", path.description) {
            git_repository_odb(&$0, pointer)
        }
        repository = opened
        self.filtering = filtering
    }

    /// Hands over a blob, filtered as the attributes of `path` say (nil: as it is); false when only git can filter it.
    func withBlob(
        _ id: inout git_oid, path: UnsafePointer<CChar>?,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        if filtering, let path, try borrowed.needsGitFilter(path) { return false }
        var object: OpaquePointer?
        try check(
            git_odb_read(&object, store.pointer, &id), "read blob", ObjectID(id).description)
        defer { git_odb_object_free(object) }
        let bytes = UnsafeRawBufferPointer(
            start: git_odb_object_data(object), count: git_odb_object_size(object))
        if filtering, let path {
            try borrowed.withFiltered(bytes, path, to: GIT_FILTER_TO_WORKTREE, body)
        } else {
            try body(bytes)
        }
        return true
    }
}
