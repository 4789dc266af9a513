import Base
import Glibc

/// What tells of a file that somebody touched it, without reading it: no user can turn `changed` back.
struct FileStamp: Hashable, Sendable {
    let mode: UInt32
    let inode, size: UInt64
    /// Nanoseconds after 1970: of the content, and of the inode.
    let modified, changed: Int64

    /// nil when nothing is there. Symbolic links are not followed.
    init?(of path: UnsafePointer<CChar>, in folder: Int32) {
        var found = stat()
        guard fstatat(folder, path, &found, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        mode = UInt32(found.st_mode)
        inode = UInt64(found.st_ino)
        size = UInt64(found.st_size)
        modified = Int64(found.st_mtim.tv_sec) * 1_000_000_000 + Int64(found.st_mtim.tv_nsec)
        changed = Int64(found.st_ctim.tv_sec) * 1_000_000_000 + Int64(found.st_ctim.tv_nsec)
    }

    init?(of path: AbsolutePath) {
        self.init(of: path.description, in: AT_FDCWD)
    }
}
