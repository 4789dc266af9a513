import Base
import Glibc

/// Copies files and folders by descriptors, on write where the file system can; links are never followed.
struct FileClone {
    /// `FICLONE` of `linux/fs.h`: `_IOW(0x94, 9, int)`.
    private static let request: UInt = 0x4004_9409
    /// `O_TMPFILE`, which Swift's Glibc does not show.
    private static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY

    private let isCloning: Bool
    /// Links that lead below the first of these lead to the same place below the second.
    private let (source, target): (String, String)
    /// How many files, without links, were made.
    private(set) var files = 0

    /// - Parameter isCloning: whether ``works(from:in:to:)`` said so.
    init(cloning isCloning: Bool, from source: String, to target: String) {
        self.isCloning = isCloning
        self.source = source
        self.target = target
    }

    /// True when the first file with content at or below an entry can be cloned into the folder; true without any.
    static func works(
        from entry: FolderEntry, in folder: Int32, to target: Int32
    ) throws -> Bool {
        try firstAnswer(entry, in: folder) { file in
            let draft = openat(target, ".", unnamed | O_RDWR | O_CLOEXEC, 0o600)
            guard draft >= 0 else { return false }
            defer { close(draft) }
            return ioctl(draft, request, file) == 0
        } ?? true
    }

    private static func firstAnswer(
        _ entry: FolderEntry, in folder: Int32, _ ask: (Int32) -> Bool
    ) throws -> Bool? {
        if entry.kind == S_IFREG, entry.status.st_size > 0 {
            let file = openat(folder, entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard file >= 0 else { throw FileError("open", entry.text) }
            defer { close(file) }
            return ask(file)
        }
        guard entry.isFolder else { return nil }
        let inner = try FolderListing.open(entry.name, in: folder, path: entry.text)
        defer { close(inner) }
        for child in try FolderListing.entries(of: inner, path: entry.text) {
            if let answer = try firstAnswer(child, in: inner, ask) { return answer }
        }
        return nil
    }

    /// Copies an entry with all below it; what is there stays.
    mutating func copy(
        _ entry: FolderEntry, _ path: RepositoryPath, from folder: Int32, to place: Int32
    ) throws {
        switch entry.kind {
        case S_IFDIR: try copyFolder(entry, path, from: folder, to: place)
        case S_IFREG: try copyFile(entry, path, from: folder, to: place)
        case S_IFLNK:
            let content = try FileContent(entry, in: folder, path: path.description)
            let link = redirected(content.bytes ?? []).map { CChar(bitPattern: $0) } + [0]
            guard symlinkat(link, place, entry.name) == 0 || errno == EEXIST else {
                throw FileError("symlink", path.description)
            }
        default: return
        }
    }

    private mutating func copyFolder(
        _ entry: FolderEntry, _ path: RepositoryPath, from folder: Int32, to place: Int32
    ) throws {
        let inner = try FolderListing.open(entry.name, in: folder, path: path.description)
        defer { close(inner) }
        let isNew = mkdirat(place, entry.name, 0o700) == 0
        guard isNew || errno == EEXIST else { throw FileError("mkdir", path.description) }
        let made = try FolderListing.open(entry.name, in: place, path: path.description)
        defer { close(made) }
        for child in try FolderListing.entries(of: inner, path: path.description) {
            try copy(child, path.appending(child.bytes), from: inner, to: made)
        }
        if isNew { finish(made, as: entry) }
    }

    private mutating func copyFile(
        _ entry: FolderEntry, _ path: RepositoryPath, from folder: Int32, to place: Int32
    ) throws {
        let file = openat(folder, entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", path.description) }
        defer { close(file) }
        let copy = openat(
            place, entry.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard copy >= 0 else {
            if errno == EEXIST { return }
            throw FileError("create", path.description)
        }
        defer { close(copy) }
        if !isCloning || ioctl(copy, FileClone.request, file) != 0 {
            try FileClone.copyBytes(from: file, to: copy, path: path.description)
        }
        finish(copy, as: entry)
        files += 1
    }

    /// Copies what is left of one open file to another.
    static func copyBytes(from file: Int32, to copy: Int32, path: String) throws(FileError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path)
            }
            if count == 0 { return }
            try Files.write(Array(buffer[..<count]), to: copy, path: path)
        }
    }

    /// Permissions and times: build tools compare them.
    private func finish(_ descriptor: Int32, as entry: FolderEntry) {
        fchmod(descriptor, entry.status.st_mode & 0o777)
        let times = [entry.status.st_atim, entry.status.st_mtim]
        futimens(descriptor, times)
    }

    private func redirected(_ link: [UInt8]) -> [UInt8] {
        let prefix = Array(source.utf8)
        guard link.starts(with: prefix),
            link.count == prefix.count || link[prefix.count] == UInt8(ascii: "/")
        else { return link }
        return Array(target.utf8) + link[prefix.count...]
    }
}

extension FolderEntry {
    /// The name for people.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
