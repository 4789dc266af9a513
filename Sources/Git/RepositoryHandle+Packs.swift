import Base
import CLibgit2
import Synchronization

extension RepositoryHandle {
    private static let spellings = Atomic<Int>(0)

    /// Reads packs through files and locks of its own from now on; nothing is to be stored through this handle.
    ///
    /// The library inflates objects under a lock of their pack, and handles have one pack in common when its name is
    /// spelled the same: threads would wait for each other. So the folder is spelled as nobody else spells it.
    func openPacks(below common: AbsolutePath) throws(GitError) {
        // 32: more threads than read at once, and names stay short.
        let number = RepositoryHandle.spellings.add(1, ordering: .relaxed).newValue & 31
        let folder = "\(common)/objects" + String(repeating: "/.", count: number + 1)
        let store = try Owned(git_odb_free, "open object store", folder) { git_odb_new(&$0) }
        try check(
            git_odb_add_disk_alternate(store.pointer, folder), "open object store", folder)
        try check(git_repository_set_odb(pointer, store.pointer), "open object store", folder)
    }
}
