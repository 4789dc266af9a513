import Base
import CLibgit2
import Glibc

/// Contents of blobs from the files of a worktree that has them, which takes a third of what inflating them takes.
///
/// A file counts only when its bytes hash to the blob's name, so it matters neither what else lies there nor who
/// writes there meanwhile. For one thread.
struct StandingFiles: ~Copyable {
    private let root: Int32
    private let isInMemory: Bool
    private let hasher: SHA1
    /// How many more files may turn out to be others before nothing is looked for any more.
    private var patience = StandingFiles.mostPatience

    /// 64: a worktree at another commit costs a hundredth of a millisecond for each.
    private static let mostPatience = 64
    /// Larger files are rare, and take less to inflate for their size.
    private static let largest = 4 << 20

    /// nil where there is nothing to look at.
    init?(at path: AbsolutePath) {
        let root = open(path.description, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { return nil }
        // Without it, objects are read as where there is no worktree.
        guard let hasher = try? SHA1() else {
            close(root)
            return nil
        }
        self.root = root
        isInMemory = wt_lies_in_memory(root) != 0
        self.hasher = hasher
    }

    deinit { close(root) }

    /// The blob's content; nil when the file is not there, is another, or would have to be fetched from a disk.
    mutating func content(
        _ id: ObjectID, at path: UnsafePointer<CChar>
    ) -> UnsafeMutablePointer<FileBytes>? {
        guard patience > 0 else { return nil }
        guard let bytes = read(path) else {
            patience -= 1
            return nil
        }
        // As above.
        guard (try? hasher.blob(UnsafeRawBufferPointer(bytes))) == id else {
            bytes.deallocate()
            patience -= 1
            return nil
        }
        patience = min(patience + 1, StandingFiles.mostPatience)
        return FileBytes.owning(UnsafeRawBufferPointer(bytes))
    }

    private func read(_ path: UnsafePointer<CChar>) -> UnsafeMutableRawBufferPointer? {
        // What is no regular file must neither be followed nor be waited for.
        let file = openat(root, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= StandingFiles.largest
        else { return nil }
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(status.st_size), alignment: 1)
        // A disk gives a pack sooner than many files.
        let count =
            isInMemory
            ? pread(file, bytes.baseAddress, bytes.count, 0)
            : wt_read_at_hand(file, bytes.baseAddress, bytes.count)
        guard count == bytes.count else {
            bytes.deallocate()
            return nil
        }
        return bytes
    }
}
