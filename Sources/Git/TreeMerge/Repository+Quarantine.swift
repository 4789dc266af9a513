package import Base
import CLibgit2

extension Repository {
    /// Reads objects from one more object folder, for as long as this handle lives; nothing is written there.
    ///
    /// For trees that were made beside the repository's own store and may be thrown away.
    package func addObjects(from folder: AbsolutePath) throws(GitError) {
        let pointer = handle.pointer
        let store = try Owned(git_odb_free, "open object store", folder.description) {
            git_repository_odb(&$0, pointer)
        }
        try check(
            git_odb_add_disk_alternate(store.pointer, folder.description), "open object store",
            folder.description)
        addedObjects.append(folder)
    }
}
