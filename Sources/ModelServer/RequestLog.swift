package import Base

/// Requests as lines of JSON at the end of a file: `{time, method, path, headers, body}`.
package struct RequestLog: Sendable {
    private let file: GrowingFile

    /// Opens the file for its owner alone, and makes it where it is missing.
    package init(_ path: AbsolutePath) throws(FileError) { file = try GrowingFile(path) }

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
        // See above: the server serves on.
        try? file.add(line.compact + "\n")
    }
}
