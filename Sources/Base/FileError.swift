import Glibc

/// A file operation that the system refused.
package struct FileError: Error, Equatable, Sendable {
    /// The system call or step, such as `open`.
    package let operation: String
    package let path: String
    /// `errno`.
    package let code: Int32

    package init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// The system's words for the code, such as `No space left on device`.
    package var reason: String { String(cString: strerror(code)) }

    package var isMissing: Bool { code == ENOENT || code == ENOTDIR }
}
