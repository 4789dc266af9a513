import Base
import CLibgit2

/// Contents of blobs for one thread, as they are to lie in a worktree.
struct BlobSource: ~Copyable {
    private let registration: AbsolutePath
    private let filtering: Bool
    /// Opened with the first blob: often another thread has read them all.
    private var opened: Opened?

    private struct Opened: ~Copyable {
        let repository: RepositoryHandle
        let store: Owned

        init(with registration: AbsolutePath, filtering: Bool) throws(GitError) {
            // Without a worktree attributes come from the index alone, which has what the base has, and the library
            // does not look for a file of them in each folder above each file.
            let handle = try RepositoryHandle(bare: registration)
            let pointer = handle.pointer
            if filtering {
                let index = try Index(at: registration.appending("index"))
                git_repository_set_index(pointer, index.pointer)
            }
            store = try Owned(git_odb_free, "open object store", registration.description) {
                git_repository_odb(&$0, pointer)
            }
            repository = handle
        }
    }

    private var standing: StandingFiles?

    /// Will open the repository of a worktree anew, since its handles are for one thread at a time.
    ///
    /// - Parameter registration: its folder in the repository, where the base's index lies if files are filtered.
    init(for files: BaseFiles, of registration: AbsolutePath) {
        self.registration = registration
        filtering = files.filtering
        standing = files.standing.flatMap { StandingFiles(at: $0) }
    }

    /// Reads a blob as it is to lie at a place in the worktree; the caller owns the result.
    ///
    /// - Parameter isFile: false for a link, which nothing filters.
    mutating func content(
        _ id: git_oid, at name: UnsafePointer<CChar>, isFile: Bool
    ) throws -> UnsafeMutablePointer<FileBytes> {
        guard filtering, isFile else { return try blob(id, at: isFile ? name : nil) }
        let repository = try repository()
        if try repository.needsGitFilter(name) { return FileBytes.forGit() }
        let blob = try blob(id, at: name)
        guard let bytes = blob.pointee.bytes else { return blob }
        defer { FileBytes.free(blob) }
        return try repository.withFiltered(bytes, name, to: GIT_FILTER_TO_WORKTREE) {
            FileBytes.copy(of: $0)
        }
    }

    /// - Parameter name: where a file with the blob's content may be.
    private mutating func blob(
        _ id: git_oid, at name: UnsafePointer<CChar>?
    ) throws -> UnsafeMutablePointer<FileBytes> {
        if let name, let found = standing?.content(ObjectID(id), at: name) { return found }
        _ = try repository()
        guard let store = opened?.store.pointer else {
            throw GitError(.notFound, "open repository", registration.description)
        }
        var id = id
        var object: OpaquePointer?
        try check(git_odb_read(&object, store, &id), "read blob", ObjectID(id).description)
        guard let object else { throw GitError(.notFound, "read blob", ObjectID(id).description) }
        return FileBytes.owning(object)
    }

    private mutating func repository() throws -> BorrowedRepository {
        if opened == nil { opened = try Opened(with: registration, filtering: filtering) }
        guard let repository = opened?.repository.pointer else {
            throw GitError(.notFound, "open repository", registration.description)
        }
        return BorrowedRepository(pointer: repository)
    }
}
