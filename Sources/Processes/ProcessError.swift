package import Base
import Glibc

/// What kept this module from starting, watching or looking at a process.
package enum ProcessError: Error, Equatable, Sendable {
    /// The system refused `operation`; `path` is empty where none is concerned, `code` is `errno`.
    case refused(operation: String, path: String, code: Int32)
    /// A program printed more than `limit` bytes and was killed.
    case outputTooLarge(program: String, limit: Int)
    /// A status file that no supervisor wrote.
    case malformedStatus(AbsolutePath)
    /// The supervisor ended before its worker ran.
    case supervisorLost

    init(_ error: FileError) {
        self = .refused(operation: error.operation, path: error.path, code: error.code)
    }

    /// True when the reason is a missing file or folder.
    package var isMissing: Bool {
        if case .refused(_, _, let code) = self { return code == ENOENT || code == ENOTDIR }
        return false
    }
}

extension ProcessError {
    /// The `errno` behind it; 5 (EIO) where there is none.
    package var code: Int32 { if case .refused(_, _, let code) = self { code } else { EIO } }
}
