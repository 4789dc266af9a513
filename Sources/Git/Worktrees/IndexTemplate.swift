import Base
import CLibgit2
import Glibc

/// The index file of a commit's tree without stat data, and where in it each entry lies.
///
/// libgit2 writes it once; for every tree it is copied and stat data is put in at the known places.
struct IndexTemplate {
    /// One file, link or submodule.
    struct Entry {
        /// Of the entry within the bytes.
        let offset: Int
        let mode: FileMode
    }

    /// The whole file but its hash.
    let bytes: [UInt8]
    let entries: [Entry]
    /// All folders, submodules' too, each after the one that holds it.
    let folders: [[CChar]]
    var hasSubmodules: Bool { entries.contains { $0.mode == .submodule } }

    /// Offsets within an entry (gitformat-index, version 2).
    private enum Field {
        static let mode = 24
        static let id = 40
        static let flags = 60
        static let path = 62
    }

    /// Reads what libgit2 wrote.
    init(at path: AbsolutePath) throws {
        let file = try Files.read(path)
        func corrupt() -> GitError { GitError(.corrupt, "read index", path.description) }
        guard file.count >= 32, file[..<8].elementsEqual([0x44, 0x49, 0x52, 0x43, 0, 0, 0, 2])
        else { throw corrupt() }
        var bytes = Array(file.dropLast(20))
        var entries: [Entry] = []
        var folders: [[CChar]] = []
        try bytes.withUnsafeMutableBytes { bytes in
            func word(_ at: Int) -> UInt32 {
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
            }
            let count = Int(word(8))
            entries.reserveCapacity(count)
            var at = 12
            var last = UnsafeRawBufferPointer(start: nil, count: 0)
            for _ in 0..<count {
                guard at + Field.path < bytes.count,
                    let mode = FileMode(lenient: word(at + Field.mode)),
                    let start = bytes.baseAddress.map({ $0 + at + Field.path })
                else { throw corrupt() }
                let length = strnlen(
                    start.assumingMemoryBound(to: CChar.self), bytes.count - at - Field.path)
                let name = UnsafeRawBufferPointer(start: start, count: length)
                guard FileWriting.isSafe(name) else {
                    throw GitError(.invalid, "write file", "\(RepositoryPath(bytes: name))")
                }
                bytes.storeBytes(
                    of: mode.rawValue.bigEndian, toByteOffset: at + Field.mode, as: UInt32.self)
                entries.append(Entry(offset: at, mode: mode))
                let folder = IndexTemplate.folder(of: name, mode)
                if folder.count != last.count || !folder.elementsEqual(last) {
                    IndexTemplate.append(folder, after: last, to: &folders)
                    last = folder
                }
                at += (Field.path + length + 8) & ~7
            }
        }
        self.bytes = bytes
        self.entries = entries
        self.folders = folders
    }

    /// The folder that must be there for an entry; that of a submodule is its own.
    private static func folder(
        of name: UnsafeRawBufferPointer, _ mode: FileMode
    ) -> UnsafeRawBufferPointer {
        let end = mode == .submodule ? name.count : name.lastIndex(of: UInt8(ascii: "/")) ?? 0
        return UnsafeRawBufferPointer(rebasing: name[..<end])
    }

    /// Adds the folders on the way to `folder` that `last` does not share.
    private static func append(
        _ folder: UnsafeRawBufferPointer, after last: UnsafeRawBufferPointer,
        to folders: inout [[CChar]]
    ) {
        let slash = UInt8(ascii: "/")
        var at = 0
        while at < folder.count {
            let end = folder[at...].firstIndex(of: slash) ?? folder.count
            let isShared =
                last.count >= end && (last.count == end || last[end] == slash)
                && last[..<end].elementsEqual(folder[..<end])
            if !isShared { folders.append(folder[..<end].map { CChar(bitPattern: $0) } + [0]) }
            at = end + 1
        }
    }

    /// The path of an entry, ending in NUL; valid inside `body` alone.
    func withPath<Result>(
        of entry: Entry, _ body: (UnsafePointer<CChar>) throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBufferPointer { bytes in
            // The reading made sure that there is more behind every entry's start.
            let start = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped) + entry.offset
            return try body((start + Field.path).assumingMemoryBound(to: CChar.self))
        }
    }

    func path(of entry: Entry) -> RepositoryPath {
        withPath(of: entry) {
            RepositoryPath(bytes: UnsafeRawBufferPointer(start: $0, count: strlen($0)))
        }
    }

    func id(of entry: Entry) -> git_oid {
        var id = git_oid()
        withUnsafeMutableBytes(of: &id) { target in
            target.copyBytes(from: bytes[(entry.offset + Field.id)..<(entry.offset + Field.flags)])
        }
        return id
    }
}

extension IndexTemplate {
    /// True when the path of an entry comes before that of another template's entry.
    func isBefore(_ entry: Entry, _ other: Entry, of template: IndexTemplate) -> Bool {
        withPath(of: entry) { path in template.withPath(of: other) { strcmp(path, $0) < 0 } }
    }

    /// True when an entry of another template has the same path, mode and object.
    func isSame(_ entry: Entry, _ other: Entry, of template: IndexTemplate) -> Bool {
        entry.mode == other.mode && ObjectID(id(of: entry)) == ObjectID(template.id(of: other))
            && withPath(of: entry) { path in template.withPath(of: other) { strcmp(path, $0) == 0 }
            }
    }
}

/// One tree's index file in the making.
///
/// Threads put stat data of different entries in at the same time; nothing else is written then.
struct IndexFile: ~Copyable {
    private let bytes: UnsafeMutableRawBufferPointer

    init(_ template: IndexTemplate) {
        bytes = .allocate(byteCount: template.bytes.count, alignment: 8)
        bytes.copyBytes(from: template.bytes)
    }

    deinit { bytes.deallocate() }

    /// Fills in what git compares before it reads a file.
    func take(_ status: stat, for entry: IndexTemplate.Entry) {
        let words: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
            UInt32(truncatingIfNeeded: status.st_ctim.tv_sec).bigEndian,
            UInt32(truncatingIfNeeded: status.st_ctim.tv_nsec).bigEndian,
            UInt32(truncatingIfNeeded: status.st_mtim.tv_sec).bigEndian,
            UInt32(truncatingIfNeeded: status.st_mtim.tv_nsec).bigEndian,
            UInt32(truncatingIfNeeded: status.st_dev).bigEndian,
            UInt32(truncatingIfNeeded: status.st_ino).bigEndian
        )
        withUnsafeBytes(of: words) { copy($0, to: entry.offset) }
        let owner: (UInt32, UInt32, UInt32) = (
            status.st_uid.bigEndian, status.st_gid.bigEndian,
            UInt32(truncatingIfNeeded: status.st_size).bigEndian
        )
        withUnsafeBytes(of: owner) { copy($0, to: entry.offset + 28) }
    }

    /// What was filled in, as far as it tells one state of a file from another.
    func stamp(of entry: IndexTemplate.Entry) -> WrittenFiles.Stamp {
        func word(_ at: Int) -> UInt32 {
            UInt32(
                bigEndian: bytes.loadUnaligned(fromByteOffset: entry.offset + at, as: UInt32.self))
        }
        return WrittenFiles.Stamp(
            device: word(16), inode: word(20), seconds: word(0), nanoseconds: word(4))
    }

    private func copy(_ source: UnsafeRawBufferPointer, to offset: Int) {
        guard let start = bytes.baseAddress, let from = source.baseAddress else { return }
        (start + offset).copyMemory(from: from, byteCount: source.count)
    }

    /// Writes the file in one step, under git's own lock of it.
    func write(to path: AbsolutePath) throws(FileError) {
        let lock = path.parent.appending(path.name + ".lock")
        let file = open(
            lock.description, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw FileError("create", lock.description) }
        do throws(FileError) {
            defer { close(file) }
            try IndexFile.write(UnsafeRawBufferPointer(bytes), to: file, path)
            try Files.write(
                SHA1.hash(UnsafeRawBufferPointer(bytes)), to: file, path: lock.description)
        } catch {
            unlink(lock.description)
            throw error
        }
        try Files.rename(lock, to: path)
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: AbsolutePath
    ) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0, errno != EINTR { throw FileError("write", path.description) }
            done += max(count, 0)
        }
    }
}
