import Glibc

/// The file system, as little of it as the program needs. All calls block.
package enum Files {
    /// Kind of a directory entry or file, symbolic links not followed.
    package enum Kind: Sendable { case file, folder, link, other }

    /// Reads a whole file of at most `limit` bytes; a larger one throws `EFBIG`.
    package static func read(
        _ path: AbsolutePath, limit: Int = 256 << 20
    ) throws(FileError) -> [UInt8] {
        try read(path, flags: 0, limit: limit)
    }

    /// Reads a file in a folder where others may write: a link in its place is refused, and so is what is no file,
    /// without waiting for it.
    package static func readPlain(
        _ path: AbsolutePath, limit: Int
    ) throws(FileError) -> [UInt8] {
        try read(path, flags: O_NOFOLLOW | O_NONBLOCK, limit: limit)
    }

    private static func read(
        _ path: AbsolutePath, flags: Int32, limit: Int
    ) throws(FileError) -> [UInt8] {
        let descriptor = open(path.description, O_RDONLY | O_CLOEXEC | flags)
        guard descriptor >= 0 else { throw FileError("open", path.description) }
        defer { close(descriptor) }
        if flags != 0 {
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw FileError("open", path.description, code: EINVAL)
            }
        }
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path.description)
            }
            if count == 0 { return out }
            guard out.count + count <= limit else {
                throw FileError("read", path.description, code: EFBIG)
            }
            out += buffer[..<count]
        }
    }

    /// Replaces a file in one step: readers see the old or the new content, never a part.
    ///
    /// The bytes are on disk before the name changes, so a crash leaves one of the two.
    package static func replace(
        _ path: AbsolutePath, with bytes: some Collection<UInt8>, mode: UInt32 = 0o644
    ) throws(FileError) {
        let temporary = path.parent.appending(
            ".\(path.name).\(Digest.random(6).hexadecimal).tmp")
        let descriptor = open(
            temporary.description, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError("create", temporary.description) }
        do throws(FileError) {
            defer { close(descriptor) }
            try write(Array(bytes), to: descriptor, path: temporary.description)
            guard fsync(descriptor) == 0 else { throw FileError("fsync", temporary.description) }
        } catch {
            unlink(temporary.description)
            throw error
        }
        guard Glibc.rename(temporary.description, path.description) == 0 else {
            let error = FileError("rename", path.description)
            unlink(temporary.description)
            throw error
        }
    }

    /// Creates a file that must not exist (`EEXIST` otherwise) with the given content.
    package static func create(
        _ path: AbsolutePath, with bytes: some Collection<UInt8>, mode: UInt32 = 0o644
    ) throws(FileError) {
        let descriptor = open(path.description, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError("create", path.description) }
        defer { close(descriptor) }
        try write(Array(bytes), to: descriptor, path: path.description)
    }

    /// Writes all bytes, however many calls it takes.
    package static func write(
        _ bytes: [UInt8], to descriptor: Int32, path: String
    ) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { Glibc.write(descriptor, $0 + done, buffer.count - done) }
                    ?? 0
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write", path)
            }
            done += count
        }
    }

    /// Makes a folder and those above it; existing ones are left as they are.
    package static func makeFolder(
        _ path: AbsolutePath, mode: UInt32 = 0o777
    ) throws(FileError) {
        if mkdir(path.description, mode) == 0 { return }
        if errno == ENOENT, path.parent != path {
            try makeFolder(path.parent, mode: mode)
            if mkdir(path.description, mode) == 0 { return }
        }
        guard errno == EEXIST, kind(of: path, followingLinks: true) == .folder else {
            throw FileError("mkdir", path.description)
        }
    }

    /// Makes a folder below `parent` with a name nobody can guess, for its owner alone (0700).
    package static func makePrivateFolder(
        in parent: AbsolutePath, prefix: String
    ) throws(FileError) -> AbsolutePath {
        let path = parent.appending(prefix + Digest.random(8).hexadecimal)
        guard mkdir(path.description, 0o700) == 0 else {
            throw FileError("mkdir", path.description)
        }
        return path
    }

    /// What lies at the path; nil when nothing does or it cannot be looked at.
    package static func kind(of path: AbsolutePath, followingLinks: Bool = false) -> Kind? {
        var status = stat()
        let result =
            followingLinks
            ? stat(path.description, &status) : lstat(path.description, &status)
        guard result == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .other
        }
    }

    /// Names in a folder, `.` and `..` left out, in byte order. Names that are not UTF-8 are repaired:
    /// use descriptors where that matters.
    package static func list(_ path: AbsolutePath) throws(FileError) -> [String] {
        guard let folder = opendir(path.description) else {
            throw FileError("opendir", path.description)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The path with every symbolic link followed; it must exist.
    package static func resolve(_ path: AbsolutePath) throws(FileError) -> AbsolutePath {
        guard let resolved = realpath(path.description, nil) else {
            throw FileError("realpath", path.description)
        }
        defer { free(resolved) }
        guard let result = AbsolutePath(String(cString: resolved)) else {
            throw FileError("realpath", path.description, code: EILSEQ)
        }
        return result
    }

    /// The bytes of a symbolic link's target.
    package static func linkTarget(_ path: AbsolutePath) throws(FileError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path.description, &buffer, buffer.count)
        guard count >= 0 else { throw FileError("readlink", path.description) }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }

    /// Moves within one file system; `EXDEV` otherwise. An existing empty folder or file is replaced.
    package static func rename(
        _ from: AbsolutePath, to: AbsolutePath
    ) throws(FileError) {
        guard Glibc.rename(from.description, to.description) == 0 else {
            throw FileError("rename", from.description)
        }
    }

    /// Removes a file or link; a missing one is no error.
    package static func removeFile(_ path: AbsolutePath) throws(FileError) {
        guard unlink(path.description) == 0 || errno == ENOENT else {
            throw FileError("unlink", path.description)
        }
    }

    /// The file system that holds a path; nil when it cannot be looked at.
    package static func device(of path: AbsolutePath) -> UInt64? {
        var status = stat()
        return stat(path.description, &status) == 0 ? UInt64(status.st_dev) : nil
    }

    /// The path itself if it exists, else the nearest folder above it that does.
    package static func nearestFolder(to path: AbsolutePath) -> AbsolutePath {
        var folder = path
        while kind(of: folder, followingLinks: true) == nil, folder.parent != folder {
            folder = folder.parent
        }
        return folder
    }

    /// True when this process may create things in a folder that exists.
    package static func isWritable(_ path: AbsolutePath) -> Bool {
        access(path.description, W_OK | X_OK) == 0
    }

    /// True when this process may run the file.
    package static func isExecutable(_ path: AbsolutePath) -> Bool {
        access(path.description, X_OK) == 0
    }

    /// Makes a link where nothing is.
    package static func makeLink(_ path: AbsolutePath, to target: String) throws(FileError) {
        guard symlink(target, path.description) == 0 else {
            throw FileError("symlink", path.description)
        }
    }

    /// The folder that `TMPDIR` names, else `/tmp`.
    package static var temporaryFolder: AbsolutePath {
        getenv("TMPDIR").flatMap { AbsolutePath(String(cString: $0)) }
            ?? AbsolutePath(normalising: "/tmp")
    }

    /// The process's current folder, by its real path.
    package static func currentFolder() throws(FileError) -> AbsolutePath {
        guard let text = getcwd(nil, 0) else { throw FileError("getcwd", ".") }
        defer { free(text) }
        guard let path = AbsolutePath(String(cString: text)) else {
            throw FileError("getcwd", ".", code: EILSEQ)
        }
        return path
    }
}
