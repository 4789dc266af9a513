import Base
import Glibc

/// Single files of a tree, reached folder by folder without following links.
enum TreeFile {
    /// Runs the body with the folder that holds a path, and the path's last name.
    static func withParent<Result>(
        of path: RepositoryPath, below root: Int32, making: Bool = false,
        _ body: (Int32, [CChar]) throws -> Result
    ) throws -> Result {
        var folder = dup(root)
        guard folder >= 0 else { throw FileError("open", path.description) }
        defer { close(folder) }
        let parts = path.components.map { $0.map { CChar(bitPattern: $0) } + [0] }
        guard let last = parts.last else { throw FileError("open", "", code: EINVAL) }
        for part in parts.dropLast() {
            if making, mkdirat(folder, part, 0o777) != 0, errno != EEXIST {
                throw FileError("mkdir", path.description)
            }
            let next = try FolderListing.open(part, in: folder, path: path.description)
            close(folder)
            folder = next
        }
        return try body(folder, last)
    }

    static func status(of path: RepositoryPath, below root: Int32) throws -> stat {
        try withParent(of: path, below: root) { folder, name in
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw FileError("stat", path.description)
            }
            return status
        }
    }

    /// True when a file or a link lies there; what cannot be looked at is none.
    static func isFile(_ path: RepositoryPath, below root: Int32) -> Bool {
        guard let status = try? status(of: path, below: root) else { return false }
        return [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT)
    }

    static func read(
        _ path: RepositoryPath, below root: Int32
    ) throws -> (FolderEntry, FileContent) {
        try withParent(of: path, below: root) { folder, name in
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw FileError("stat", path.description)
            }
            let entry = FolderEntry(name: name, status: status)
            return (entry, try FileContent(entry, in: folder, path: path.description))
        }
    }

    /// Writes a file or link that must not exist; makes the folders above it.
    static func create(
        _ path: RepositoryPath, below root: Int32, mode: FileMode, bytes: [UInt8],
        permissions: mode_t? = nil
    ) throws {
        try withParent(of: path, below: root, making: true) { folder, name in
            if mode == .link {
                let target = bytes.map { CChar(bitPattern: $0) } + [0]
                guard symlinkat(target, folder, name) == 0 else {
                    throw FileError("symlink", path.description)
                }
                return
            }
            let file = openat(
                folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                permissions ?? (mode == .executable ? 0o777 : 0o666))
            guard file >= 0 else { throw FileError("create", path.description) }
            defer { close(file) }
            try Files.write(bytes, to: file, path: path.description)
            // Given ones are meant as they are, whatever the umask.
            if let permissions, fchmod(file, permissions) != 0 {
                throw FileError("chmod", path.description)
            }
        }
    }

    /// Removes a file or link, and folders that are empty then; a missing one is no error.
    static func remove(_ path: RepositoryPath, below root: Int32) throws {
        do {
            try withParent(of: path, below: root) { folder, name in
                guard unlinkat(folder, name, 0) == 0 || errno == ENOENT else {
                    throw FileError("unlink", path.description)
                }
            }
        } catch let error as FileError where error.isMissing { return }
        var above = path.parent
        while let folder = above {
            let isEmpty = try withParent(of: folder, below: root) {
                unlinkat($0, $1, AT_REMOVEDIR) == 0
            }
            guard isEmpty else { return }
            above = folder.parent
        }
    }
}
