import Glibc
import Synchronization

/// A file of its owner alone that is only ever added to; any number of tasks may share it.
package final class GrowingFile: Sendable {
    private let descriptor: Mutex<Int32>
    private let path: String

    /// Opens the file, and makes it where it is missing; a link in its place is refused. Blocks.
    package init(_ path: AbsolutePath) throws(FileError) {
        self.path = path.description
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open(path.description, flags, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path.description) }
        self.descriptor = Mutex(descriptor)
    }

    deinit { descriptor.withLock { _ = close($0) } }

    /// Adds a text in one piece.
    package func add(_ text: String) throws(FileError) {
        let bytes = Array(text.utf8)
        try descriptor.withLock { (descriptor) throws(FileError) in
            try Files.write(bytes, to: descriptor, path: path)
        }
    }
}
