package import Base
import Glibc

/// Reads the logs that supervisors write: a current file and, with `.1` after the name, what came before.
package enum LogFile {
    /// The end of a log.
    package struct Tail: Hashable, Sendable {
        /// As the worker wrote them, possibly beginning within a line or a character.
        package let bytes: [UInt8]
        /// Bytes of the two files that come before ``bytes``. What the log dropped is not among them:
        /// the worker's report counts it.
        package let skipped: Int
    }

    /// The last bytes of both files together; empty when there are none. Blocks.
    package static func read(
        _ path: AbsolutePath, last bytes: Int
    ) throws(ProcessError) -> Tail {
        // The files may be exchanged between two openings; then both openings see the same one.
        for _ in 0..<8 {
            let current = try Segment(path)
            let earlier = try Segment(AbsolutePath(path.description + ".1", relativeTo: path))
            if current.inode != nil, current.inode == earlier.inode { continue }
            let wanted = max(0, bytes)
            let late = try current.last(wanted)
            let early = try earlier.last(wanted - late.count)
            return Tail(
                bytes: early + late,
                skipped: current.size + earlier.size - early.count - late.count)
        }
        throw .refused(operation: "read", path: path.description, code: EAGAIN)
    }

    /// One open file, or none.
    private struct Segment: ~Copyable {
        private let path: AbsolutePath
        private let descriptor: Int32
        let size: Int
        let inode: ino_t?

        init(_ path: AbsolutePath) throws(ProcessError) {
            self.path = path
            // Neither a link nor a pipe is a log, wherever it lies.
            descriptor = open(path.description, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 || errno == ENOENT else {
                throw .refused(operation: "open", path: path.description, code: errno)
            }
            var status = stat()
            let isKnown = descriptor >= 0 && fstat(descriptor, &status) == 0
            guard !isKnown || status.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw .refused(operation: "open", path: path.description, code: EINVAL)
            }
            size = isKnown ? Int(status.st_size) : 0
            inode = isKnown ? status.st_ino : nil
        }

        deinit { if descriptor >= 0 { close(descriptor) } }

        /// At most `count` bytes before ``size``; what is written later is left out.
        func last(_ count: Int) throws(ProcessError) -> [UInt8] {
            let wanted = min(count, size)
            var out = [UInt8](repeating: 0, count: wanted)
            var done = 0
            while done < wanted {
                let result = out.withUnsafeMutableBytes { buffer in
                    pread(
                        descriptor, buffer.baseAddress.map { $0 + done }, wanted - done,
                        off_t(size - wanted + done))
                }
                if result < 0, errno == EINTR { continue }
                guard result >= 0 else {
                    throw .refused(operation: "read", path: path.description, code: errno)
                }
                // Cut meanwhile: what is left is no longer what was asked for.
                if result == 0 { break }
                done += result
            }
            return Array(out.prefix(done))
        }
    }
}
