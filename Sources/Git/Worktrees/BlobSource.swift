import Base
import CLibgit2

/// Contents of blobs for one thread, as they are to lie in a worktree.
struct BlobSource: ~Copyable {
    private let path: AbsolutePath
    private let filtering: Bool
    /// Opened with the first blob: often another thread has read them all.
    private var opened: Opened?

    private struct Opened: ~Copyable {
        let repository: RepositoryHandle
        let store: Owned

        init(at path: AbsolutePath) throws(GitError) {
            let handle = try RepositoryHandle(at: path)
            let pointer = handle.pointer
            store = try Owned(git_odb_free, "open object store", path.description) {
                git_repository_odb(&$0, pointer)
            }
            repository = handle
        }
    }

    /// Will open the repository of a worktree anew, since its handles are for one thread at a time.
    init(at path: AbsolutePath, filtering: Bool) {
        self.path = path
        self.filtering = filtering
    }

    /// Reads a blob, filtered as the attributes of `path` say (nil: as it is); the caller owns the result.
    mutating func content(
        _ id: git_oid, path name: UnsafePointer<CChar>?
    ) throws -> UnsafeMutablePointer<FileBytes> {
        if opened == nil { opened = try Opened(at: path) }
        guard let repository = opened?.repository.pointer, let store = opened?.store.pointer else {
            throw GitError(.notFound, "open repository", path.description)
        }
        let borrowed = BorrowedRepository(pointer: repository)
        if filtering, let name, try borrowed.needsGitFilter(name) { return FileBytes.forGit() }
        var id = id
        var object: OpaquePointer?
        try check(git_odb_read(&object, store, &id), "read blob", ObjectID(id).description)
        guard let object else { throw GitError(.notFound, "read blob", ObjectID(id).description) }
        guard filtering, let name else { return FileBytes.owning(object) }
        defer { git_odb_object_free(object) }
        let bytes = UnsafeRawBufferPointer(
            start: git_odb_object_data(object), count: git_odb_object_size(object))
        return try borrowed.withFiltered(bytes, name, to: GIT_FILTER_TO_WORKTREE) {
            FileBytes.copy(of: $0)
        }
    }
}
