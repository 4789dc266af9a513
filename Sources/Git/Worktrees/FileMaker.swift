import Base
import Glibc

/// Makes the files and links of a tree below its folder, for one thread.
///
/// The last folder stays open: most files lie in the one that the file before lay in.
struct FileMaker: ~Copyable {
    private let root: Int32
    /// Of the tree, for errors.
    private let path: AbsolutePath
    /// When everything is to have been modified last.
    private let modified: timespec
    private var folder: (descriptor: Int32, path: [CChar])?

    /// - Parameter root: stays the caller's.
    init(below root: Int32, of path: AbsolutePath, modified: timespec) {
        self.root = root
        self.path = path
        self.modified = modified
    }

    deinit { if let folder { close(folder.descriptor) } }

    mutating func makeLink(
        _ path: UnsafePointer<CChar>, to target: UnsafeRawBufferPointer
    ) throws(FileError) -> stat {
        let (place, name) = place(of: path)
        let target = target.map { CChar(bitPattern: $0) } + [0]
        guard symlinkat(target, place, name) == 0 else { throw error("symlink", path) }
        // Where times cannot be set, git reads the file once more.
        utimensat(place, name, [modified, modified], AT_SYMLINK_NOFOLLOW)
        var status = stat()
        guard fstatat(place, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw error("stat", path)
        }
        return status
    }

    mutating func makeFile(
        _ path: UnsafePointer<CChar>, _ bytes: UnsafeRawBufferPointer, isExecutable: Bool
    ) throws(FileError) -> stat {
        let (place, name) = place(of: path)
        let file = openat(
            place, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            isExecutable ? 0o777 : 0o666)
        guard file >= 0 else { throw error("create", path) }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0, errno != EINTR { throw error("write", path) }
            done += max(count, 0)
        }
        var status = stat()
        // As with links.
        futimens(file, [modified, modified])
        guard fstat(file, &status) == 0 else { throw error("stat", path) }
        return status
    }

    /// The open folder that a path leads to, and the name there.
    private mutating func place(
        of path: UnsafePointer<CChar>
    ) -> (folder: Int32, name: UnsafePointer<CChar>) {
        guard let slash = strrchr(path, Int32(UInt8(ascii: "/"))) else { return (root, path) }
        let name = UnsafePointer(slash + 1)
        let parent = UnsafeBufferPointer(start: path, count: path.distance(to: slash))
        if let folder, folder.path.count == parent.count + 1,
            memcmp(folder.path, path, parent.count) == 0
        {
            return (folder.descriptor, name)
        }
        if let folder { close(folder.descriptor) }
        folder = nil
        let text = Array(parent) + [0]
        let opened = openat(root, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        // Folders that nobody may list can still be written in.
        guard opened >= 0 else { return (root, path) }
        folder = (opened, text)
        return (opened, name)
    }

    private func error(_ operation: String, _ name: UnsafePointer<CChar>) -> FileError {
        let code = errno
        return FileError(operation, path.description + "/" + String(cString: name), code: code)
    }
}
