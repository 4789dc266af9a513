package import Base
import Glibc

/// A named pipe at which programs and a test wait for each other; every line of it lets one go on.
///
/// The test holds both ends for as long as the gate lives: whoever opens the pipe waits for a line only, and no line
/// is lost, whoever comes first.
package struct Gate: ~Copyable {
    private let path: AbsolutePath
    private let descriptor: Int32

    /// Makes the pipe; workers must be allowed to write there.
    package init(_ path: AbsolutePath) throws {
        guard mkfifo(path.description, 0o600) == 0 else {
            throw FileError("mkfifo", path.description)
        }
        let descriptor = open(path.description, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path.description) }
        (self.path, self.descriptor) = (path, descriptor)
    }

    deinit { close(descriptor) }

    /// For a shell: lets one go on, and does not wait.
    package var letting: String { "echo >'\(path)'" }

    /// For a shell: waits to be let through.
    package var passing: String { "read -r _ <'\(path)'" }

    /// Lets so many go on; at most 4096 that nobody waits for yet.
    package func letPass(_ count: Int = 1) throws {
        try Files.write(
            [UInt8](repeating: UInt8(ascii: "\n"), count: count), to: descriptor,
            path: path.description)
    }

    /// Waits until the test has been let through so many times; false when one takes more than two minutes.
    package func pass(_ count: Int = 1) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        for _ in 0..<count {
            var byte: UInt8 = 0
            guard poll(&entry, 1, 120_000) == 1, read(descriptor, &byte, 1) == 1 else {
                return false
            }
        }
        return true
    }
}
