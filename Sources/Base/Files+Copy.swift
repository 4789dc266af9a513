import Glibc

extension Files {
    /// Copies a regular file's bytes and permissions to a new file; by reference where the file system can.
    package static func copyFile(
        _ from: AbsolutePath, to: AbsolutePath
    ) throws(FileError) {
        let source = open(from.description, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard source >= 0 else { throw FileError("open", from.description) }
        defer { close(source) }
        var status = stat()
        guard fstat(source, &status) == 0 else { throw FileError("stat", from.description) }
        let target = open(
            to.description, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            status.st_mode & 0o777)
        guard target >= 0 else { throw FileError("create", to.description) }
        defer { close(target) }
        var left = Int(status.st_size)
        while left > 0 {
            let count = sendfile(target, source, nil, left)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError("write", to.description) }
            // The file became shorter meanwhile: what there is has been copied.
            if count == 0 { return }
            left -= count
        }
    }

    /// Makes a symbolic link with the same target.
    package static func copyLink(
        _ from: AbsolutePath, to: AbsolutePath
    ) throws(FileError) {
        let target = try linkTarget(from)
        guard symlink(target.map { CChar(bitPattern: $0) } + [0], to.description) == 0 else {
            throw FileError("symlink", to.description)
        }
    }

    /// The bytes of a symbolic link's target.
    package static func linkTarget(_ path: AbsolutePath) throws(FileError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path.description, &buffer, buffer.count)
        guard count >= 0 else { throw FileError("readlink", path.description) }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }
}
