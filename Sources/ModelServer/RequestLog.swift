package import Base
import Glibc
import Synchronization

/// Requests as lines of JSON at the end of a file: `{time, method, path, headers, body}`.
package final class RequestLog: Sendable {
    private let descriptor: Mutex<Int32>
    private let path: String

    /// Opens the file for its owner alone, and makes it where it is missing.
    package init(_ path: AbsolutePath) throws(FileError) {
        self.path = path.description
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
        let descriptor = open(path.description, flags, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path.description) }
        self.descriptor = Mutex(descriptor)
    }

    deinit { descriptor.withLock { _ = close($0) } }

    /// Adds one line. A full disk loses the line, not the answer.
    package func add(_ request: ModelServer.Seen) {
        let line: JSON = [
            "time": .string(Timestamp.now.description), "method": .string(request.method),
            "path": .string(request.path),
            "headers": .object(
                JSON.Members(
                    request.headers.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "body": request.body,
        ]
        descriptor.withLock { descriptor in
            // See above: the server serves on.
            try? Files.write(Array((line.compact + "\n").utf8), to: descriptor, path: path)
        }
    }
}
