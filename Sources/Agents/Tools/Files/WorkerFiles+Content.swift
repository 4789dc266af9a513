import Base
import Glibc
import Processes

extension WorkerFiles {
    /// A file as it was when it was read.
    package struct Snapshot: Sendable {
        /// Where it is.
        package let path: ResolvedPath
        /// All of it.
        package let bytes: [UInt8]
        /// Permission bits.
        package let mode: UInt32

        /// SHA-256 of the bytes.
        package var digest: [UInt8] { Digest.sha256(bytes) }
    }

    /// Reads a regular file; nil when nothing is there.
    ///
    /// 256 MiB at most: a tool never needs more, and it stays in memory.
    func load(_ text: String, limit: Int = 256 << 20) throws(ToolRefusal) -> Snapshot? {
        let location = try locate(text)
        try check(location.resolved, editing: false)
        guard location.exists else { return nil }
        let named = location.resolved.named
        do throws(FileError) {
            // Without waiting: a named pipe would wait for a writer.
            let descriptor = try location.place.folder.open(
                location.relative, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw FileError("stat", text) }
            let real = try BeneathFolder.realPath(of: descriptor)
            let path = ResolvedPath(named: named, real: real)
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw FileError(
                    "read", text, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
            }
            // Once more for what was really opened.
            guard !denials.denies(real, editing: false) else {
                throw FileError("read", text, code: EACCES)
            }
            let bytes = try OpenFile.read(
                descriptor, size: Int(status.st_size), limit: limit, path: text)
            return Snapshot(path: path, bytes: bytes, mode: status.st_mode & 0o7777)
        } catch {
            switch error.code {
            case EISDIR: throw ToolRefusal("\(named) is a folder, not a file.")
            case EINVAL: throw ToolRefusal("\(named) is no regular file and cannot be read.")
            default: throw refusal(error, named)
            }
        }
    }

    /// Writes a whole file in one step, making its folders; links are written through.
    ///
    /// - Parameter mode: Permission bits; nil keeps those of an existing file.
    func store(_ bytes: [UInt8], at text: String, mode: UInt32? = nil) throws(ToolRefusal) {
        let location = try locate(text)
        let named = location.resolved.named
        try check(location.resolved, editing: true)
        guard location.place.place.isWritable else {
            throw ToolRefusal("\(named) can only be read.")
        }
        guard !location.relative.isEmpty else {
            throw ToolRefusal("\(named) is a folder, not a file.")
        }
        do throws(FileError) {
            var parts = location.relative.split(separator: "/").map(String.init)
            let name = parts.popLast() ?? ""
            let folder = try makeFolders(parts, below: location.place)
            defer { close(folder) }
            try OpenFile.replace(name, in: folder, with: bytes, mode: mode)
        } catch {
            if error.code == EISDIR { throw ToolRefusal("\(named) is a folder, not a file.") }
            throw refusal(error, named)
        }
        setSeen(
            location.resolved.real, Seen(digest: Digest.sha256(bytes), range: nil))
    }

    /// Opens a folder, making it and those above it; the real path has no links, and none is followed.
    private func makeFolders(
        _ parts: [String], below place: OpenPlace
    ) throws(FileError) -> Int32 {
        let flags = O_RDONLY | O_DIRECTORY
        var folder = try place.folder.open("", flags: flags, following: false)
        for index in parts.indices {
            let path = parts[...index].joined(separator: "/")
            if mkdirat(folder, parts[index], 0o777) != 0, errno != EEXIST {
                let error = FileError("mkdir", path)
                close(folder)
                throw error
            }
            close(folder)
            folder = try place.folder.open(path, flags: flags, following: false)
        }
        return folder
    }
}

/// Reading and writing by descriptors.
enum OpenFile {
    /// All bytes of an open file, `EFBIG` beyond the limit.
    static func read(
        _ descriptor: Int32, size: Int, limit: Int, path: String
    ) throws(FileError) -> [UInt8] {
        guard size <= limit else { throw FileError("read", path, code: EFBIG) }
        var out: [UInt8] = []
        out.reserveCapacity(size + 1)
        while true {
            let room = max(1 << 14, size - out.count + 1)
            let start = out.count
            out.append(contentsOf: repeatElement(0, count: room))
            let count = out.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + start }, room)
            }
            out.removeLast(room - max(0, count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { return out }
            guard out.count <= limit else { throw FileError("read", path, code: EFBIG) }
        }
    }

    /// Replaces or creates a file of an open folder; a link of that name is replaced, not followed.
    static func replace(
        _ name: String, in folder: Int32, with bytes: [UInt8], mode: UInt32?
    ) throws(FileError) {
        var status = stat()
        let exists = fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR {
            throw FileError("write", name, code: EISDIR)
        }
        let isFile = exists && status.st_mode & S_IFMT == S_IFREG
        let temporary = ".\(name.prefix(100)).\(Digest.random(6).hexadecimal).tmp"
        let descriptor = openat(
            folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError("create", name) }
        do throws(FileError) {
            defer { close(descriptor) }
            try Files.write(bytes, to: descriptor, path: name)
            if let mode = mode ?? (isFile ? status.st_mode & 0o777 : nil) {
                fchmod(descriptor, mode)
            }
        } catch {
            unlinkat(folder, temporary, 0)
            throw error
        }
        guard renameat(folder, temporary, folder, name) == 0 else {
            let error = FileError("rename", name)
            unlinkat(folder, temporary, 0)
            throw error
        }
    }
}
