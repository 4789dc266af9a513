import Glibc

/// A log of its owner alone that two files hold: the current one and, with `.1` after the name, what came before.
///
/// Together they never hold more than their limit, give or take one piece; the oldest goes first. One owner.
package struct BoundedLog: ~Copyable {
    private let path: AbsolutePath
    private let limit: Int
    private var descriptor: Int32
    private var size: Int

    /// Opens the log to go on with it, and makes it where it is missing. Blocks, as all of it does.
    package init(_ path: AbsolutePath, limit: Int) throws(FileError) {
        self.path = path
        self.limit = max(limit, 2)
        descriptor = try BoundedLog.open(path)
        size = Int(lseek(descriptor, 0, SEEK_END))
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Adds a piece, which is never torn apart.
    package mutating func add(_ bytes: some Collection<UInt8>) throws(FileError) {
        if size > 0, size + bytes.count > limit / 2 {
            let earlier = AbsolutePath(path.description + ".1", relativeTo: path)
            try Files.rename(path, to: earlier)
            close(descriptor)
            descriptor = -1
            descriptor = try BoundedLog.open(path)
            size = 0
        }
        try Files.write(Array(bytes), to: descriptor, path: path.description)
        size += bytes.count
    }

    private static func open(_ path: AbsolutePath) throws(FileError) -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        let descriptor = Glibc.open(path.description, flags, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path.description) }
        return descriptor
    }
}
