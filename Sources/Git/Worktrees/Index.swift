import Base
import CLibgit2
import Glibc

/// One index file, read by libgit2 without a repository, so that nothing but the file has a say.
struct Index: ~Copyable {
    private let owned: Owned
    var pointer: OpaquePointer { owned.pointer }

    /// Opens an index file; a missing one is an empty index.
    init(at path: AbsolutePath) throws(GitError) {
        owned = try Owned(git_index_free, "open index", path.description) {
            git_index_open(&$0, path.description)
        }
    }

    var count: Int { git_index_entrycount(pointer) }

    /// The entry at a place in the index's order, which is that of the paths' bytes.
    subscript(position: Int) -> UnsafePointer<git_index_entry> {
        guard let entry = git_index_get_byindex(pointer, position) else {
            preconditionFailure("an index has entries up to its count")
        }
        return entry
    }

    /// Position of the first entry with a path, of whatever stage.
    func position(of path: [CChar]) -> Int? {
        var at = 0
        return git_index_find(&at, pointer, path) == 0 ? at : nil
    }

    /// Replaces all entries by those of a tree, without stat data.
    func read(tree id: ObjectID, from repository: OpaquePointer) throws(GitError) {
        var raw = id.raw
        let tree = try Owned(git_tree_free, "read tree", id.description) {
            git_tree_lookup(&$0, repository, &raw)
        }
        try check(git_index_read_tree(pointer, tree.pointer), "read tree", id.description)
    }

    /// Writes the file in one step, under git's own lock of it.
    func write() throws(GitError) {
        try check(git_index_write(pointer), "write index", "index")
    }
}

extension git_index_entry {
    /// 0 for an ordinary entry, 1 to 3 for the sides of a conflict.
    var stage: Int { Int((flags & 0x3000) >> 12) }

    /// The path as git stores it.
    var repositoryPath: RepositoryPath {
        RepositoryPath(bytes: UnsafeRawBufferPointer(start: path, count: strlen(path)))
    }
}
