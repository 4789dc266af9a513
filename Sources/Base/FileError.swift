import Glibc

/// A file operation that the system refused.
package struct FileError: Error, Equatable, Sendable {
    /// The system call or step, such as `open`.
    package let operation: String
    /// The path as it was given to the call; for a call with two paths, the first.
    package let path: String
    /// `errno`.
    package let code: Int32

    /// Reads `errno` where no code is given, so it must stand right behind the failed call.
    package init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// The system's words for the code, such as `No space left on device`.
    package var reason: String { String(cString: strerror(code)) }

    /// Nothing is at the path, or something above it is no folder.
    package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    /// Something cannot be moved to another file system.
    package var isOtherFileSystem: Bool { code == EXDEV }
}
