import Glibc

extension Files {
    /// Removes a folder and everything below it, never following a link and never leaving its file system.
    ///
    /// Works by descriptors, so a folder exchanged for a link meanwhile cannot lead it elsewhere.
    /// Folders without write permission are made writable first. A missing path is no error.
    package static func removeTree(_ path: AbsolutePath) throws(FileError) {
        let parent = open(path.parent.description, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else {
            if errno == ENOENT { return }
            throw FileError("open", path.parent.description)
        }
        defer { close(parent) }
        var status = stat()
        guard fstatat(parent, path.name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return }
            throw FileError("stat", path.description)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            guard unlinkat(parent, path.name, 0) == 0 || errno == ENOENT else {
                throw FileError("unlink", path.description)
            }
            return
        }
        var name = Array(path.name.utf8CString)
        try removeFolder(&name, in: parent, device: status.st_dev, path: path.description)
    }

    private static func removeFolder(
        _ name: inout [CChar], in parent: Int32, device: dev_t, path: String
    ) throws(FileError) {
        var descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if descriptor < 0, errno == EACCES {
            fchmodat(parent, name, 0o700, 0)
            descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw FileError("open", path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_dev == device,
            let folder = fdopendir(descriptor)
        else {
            close(descriptor)
            throw FileError("remove", path, code: EXDEV)
        }
        defer { closedir(folder) }
        if status.st_mode & 0o700 != 0o700 { fchmod(descriptor, 0o700) }
        while let entry = readdir(folder) {
            var child = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                }
            }
            if child == [46, 0] || child == [46, 46, 0] { continue }
            if entry.pointee.d_type != UInt8(DT_DIR), unlinkat(descriptor, child, 0) == 0 {
                continue
            }
            guard [EISDIR, EPERM, 0].contains(errno) || entry.pointee.d_type == UInt8(DT_DIR)
            else {
                if errno == ENOENT { continue }
                throw FileError("unlink", path)
            }
            try removeFolder(&child, in: descriptor, device: device, path: path)
        }
        guard unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw FileError("rmdir", path)
        }
    }
}
