import Base
import Glibc

/// One entry of a folder, its name as bytes.
struct FolderEntry {
    /// Ends in NUL.
    let name: [CChar]
    let status: stat

    /// The name without its NUL.
    var bytes: [UInt8] {
        name.withUnsafeBytes { Array($0.dropLast()) }
    }
    /// True for the name of a repository's own folder or file.
    var isDotGit: Bool { strcmp(name, ".git") == 0 }
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

    /// Entries of an open folder with their stat data, `.` and `..` left out, in the file system's order.
    static func entries(of descriptor: Int32, path: String) throws(FileError) -> [FolderEntry] {
        var entries: [FolderEntry] = []
        try forEach(of: descriptor, path: path) { name, _ throws(FileError) in
            var status = stat()
            guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                if errno == ENOENT { return }  // Gone since: not there.
                throw FileError("stat", path)
            }
            let copy = Array(UnsafeBufferPointer(start: name, count: strlen(name) + 1))
            entries.append(FolderEntry(name: copy, status: status))
        }
        return entries
    }

    /// Hands over the name and the kind (`DT_…`) of each entry but `.` and `..`.
    private static func forEach(
        of descriptor: Int32, path: String,
        _ body: (UnsafePointer<CChar>, Int32) throws(FileError) -> Void
    ) throws(FileError) {
        let copy = dup(descriptor)
        guard copy >= 0, let folder = fdopendir(copy) else {
            let error = FileError("opendir", path)
            if copy >= 0 { close(copy) }
            throw error
        }
        defer { closedir(folder) }
        rewinddir(folder)
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                if errno != 0 { throw FileError("readdir", path) }
                return
            }
            try withUnsafePointer(to: &entry.pointee.d_name) { pointer throws(FileError) in
                let name = UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
                if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { return }
                try body(name, Int32(entry.pointee.d_type))
            }
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
        try forEach(of: descriptor, path: path) { name, kind throws(FileError) in
            var isFolder = kind == Int32(DT_DIR)
            if kind == Int32(DT_UNKNOWN) {
                var status = stat()
                guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                    throw FileError("stat", path)
                }
                isFolder = status.st_mode & S_IFMT == S_IFDIR
            }
            guard isFolder else {
                total += 1
                return
            }
            let child = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard child >= 0 else { throw FileError("open", path) }
            defer { close(child) }
            total += try count(child, path: path)
        }
        return total
    }
}
