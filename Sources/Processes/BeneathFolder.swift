package import Base
import CSystem
import Glibc

/// A folder that paths are opened below, and never beside, whoever exchanges links meanwhile.
package struct BeneathFolder: ~Copyable {
    /// The folder's real path at the time it was opened.
    package let path: AbsolutePath
    private let descriptor: Int32

    /// The flag with which ``open(_:flags:mode:following:)`` looks without the right to read.
    package static let pathOnly: Int32 = Int32(WT_PATH_ONLY.rawValue)

    /// Opens a folder, following links to it.
    package init(_ path: AbsolutePath) throws(FileError) {
        let descriptor = Glibc.open(
            path.description, Int32(WT_PATH_ONLY.rawValue) | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path.description) }
        do throws(FileError) {
            self.path = try BeneathFolder.realPath(of: descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Opens what lies below; the caller closes the descriptor.
    ///
    /// A path that leaves the folder throws `EXDEV`, a magic link of `/proc` `ELOOP`.
    /// - Parameter following: Whether links that stay inside are followed; `ELOOP` otherwise.
    package func open(
        _ relative: String, flags: Int32, mode: UInt32 = 0o666, following: Bool = true
    ) throws(FileError) -> Int32 {
        let result = wt_open_beneath(descriptor, relative, flags, mode, following ? 1 : 0)
        guard result >= 0 else { throw FileError("open", path.appending(relative).description) }
        return result
    }

    /// Where an open descriptor's file lies now.
    package static func realPath(of descriptor: Int32) throws(FileError) -> AbsolutePath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let link = "/proc/self/fd/\(descriptor)"
        let count = readlink(link, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { throw FileError("readlink", link) }
        let bytes = buffer[..<count].map { UInt8(bitPattern: $0) }
        guard let text = String(validating: bytes, as: UTF8.self), let path = AbsolutePath(text)
        else { throw FileError("readlink", link, code: EILSEQ) }
        return path
    }
}
