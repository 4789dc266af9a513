import Base
import Glibc

/// One entry of a folder, its name as bytes.
struct FolderEntry {
    let name: [CChar]  // Ends in NUL.
    let status: stat

    var bytes: [UInt8] { name.dropLast().map { UInt8(bitPattern: $0) } }
    var kind: mode_t { status.st_mode & S_IFMT }
    var isFolder: Bool { kind == S_IFDIR }
}

/// Reading folders by descriptors: names as bytes, links never followed.
enum FolderListing {
    /// Opens a folder below another; `ELOOP` or `ENOTDIR` for a link.
    static func open(
        _ name: [CChar], in parent: Int32, path: String
    ) throws(FileError) -> Int32 {
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        return descriptor
    }

    /// Opens a folder by its path; a link at its end is refused.
    static func open(_ path: AbsolutePath) throws(FileError) -> Int32 {
        let descriptor = Glibc.open(
            path.description, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path.description) }
        return descriptor
    }

    /// Entries of an open folder with their stat data, `.` and `..` left out, in byte order of their names.
    static func entries(of descriptor: Int32, path: String) throws(FileError) -> [FolderEntry] {
        let copy = dup(descriptor)
        guard copy >= 0, let folder = fdopendir(copy) else {
            let error = FileError("opendir", path)
            if copy >= 0 { close(copy) }
            throw error
        }
        defer { closedir(folder) }
        rewinddir(folder)
        var entries: [FolderEntry] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                if errno != 0 { throw FileError("readdir", path) }
                return entries.sorted {
                    $0.bytes.lexicographicallyPrecedes($1.bytes)
                }
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                }
            }
            if name == [46, 0] || name == [46, 46, 0] { continue }
            var status = stat()
            guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                if errno == ENOENT { continue }  // Gone since: not there.
                throw FileError("stat", path)
            }
            entries.append(FolderEntry(name: name, status: status))
        }
    }

    /// Number of things below a folder that are not folders.
    static func countFiles(below path: AbsolutePath) throws(FileError) -> Int {
        let descriptor = try open(path)
        defer { close(descriptor) }
        return try count(descriptor, path: path.description)
    }

    private static func count(_ descriptor: Int32, path: String) throws(FileError) -> Int {
        var total = 0
        for entry in try entries(of: descriptor, path: path) {
            if entry.isFolder {
                let child = try open(entry.name, in: descriptor, path: path)
                defer { close(child) }
                total += try count(child, path: path)
            } else {
                total += 1
            }
        }
        return total
    }
}
