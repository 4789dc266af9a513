import Base
import CLibgit2
import Glibc

/// Answers whether files are what an index says: by stat data where that can be trusted, else by content.
struct FileComparison {
    enum Answer { case same, different, onlyGitKnows, special }

    /// The worktree's repository, for attributes; it must outlive the comparison.
    private let repository: OpaquePointer
    private let honoursModes: Bool
    private let honoursLinks: Bool
    /// What has changed since may have other content under the stat data of the index; nil: stat data proves nothing.
    private let indexTime: timespec?

    /// Larger files with other stat data count as different unread.
    private static let limit = 1 << 30

    init(
        repository: OpaquePointer, honoursModes: Bool, honoursLinks: Bool, root: AbsolutePath,
        index: AbsolutePath
    ) {
        var status = stat()
        let isKnown =
            FileTimes.proveContent(below: root) && stat(index.description, &status) == 0
        // Its time of modification is when its content was complete; of change, what nobody can set.
        let time = isEarlier(status.st_ctim, status.st_mtim) ? status.st_ctim : status.st_mtim
        self.init(
            repository: repository, honoursModes: honoursModes, honoursLinks: honoursLinks,
            indexTime: isKnown ? time : nil)
    }

    init(
        repository: OpaquePointer, honoursModes: Bool, honoursLinks: Bool, indexTime: timespec?
    ) {
        self.repository = repository
        self.honoursModes = honoursModes
        self.honoursLinks = honoursLinks
        self.indexTime = indexTime
    }

    /// Compares one file of a folder with its index entry.
    func compare(
        _ entry: FolderEntry, in folder: Int32, with indexed: git_index_entry
    ) throws -> Answer {
        guard entry.kind == S_IFREG || entry.kind == S_IFLNK else { return .special }
        guard let mode = FileMode(lenient: indexed.mode) else { return .different }
        switch (mode, entry.kind) {
        case (.file, S_IFREG), (.executable, S_IFREG):
            let isExecutable = entry.status.st_mode & 0o100 != 0
            if honoursModes, isExecutable != (mode == .executable) { return .different }
        case (.link, S_IFLNK): break
        case (.link, S_IFREG): if honoursLinks { return .different }
        default: return .different
        }
        if isProvedByStat(entry.status, indexed) { return .same }
        // As git has it: another size is a change, even if a filter would make the same of it.
        if indexed.file_size != 0,
            indexed.file_size != UInt32(truncatingIfNeeded: entry.status.st_size)
        {
            return .different
        }
        if entry.status.st_size > FileComparison.limit { return .different }
        return try compareContent(entry, in: folder, with: indexed, isLink: mode == .link)
    }

    /// True when the stat data of an index entry proves that a file is as it was then.
    func isProvedByStat(_ status: stat, _ indexed: git_index_entry) -> Bool {
        guard let indexTime else { return false }
        var actual = git_index_entry()
        actual.take(status)
        // By the time of change, as that of modification can be set back.
        return isEarlier(status.st_ctim, indexTime) && actual.mtime.seconds == indexed.mtime.seconds
            && actual.mtime.nanoseconds == indexed.mtime.nanoseconds
            && actual.ctime.seconds == indexed.ctime.seconds
            && actual.ctime.nanoseconds == indexed.ctime.nanoseconds
            && actual.ino == indexed.ino && actual.file_size == indexed.file_size
            && actual.uid == indexed.uid && actual.gid == indexed.gid
    }

    private func compareContent(
        _ entry: FolderEntry, in folder: Int32, with indexed: git_index_entry, isLink: Bool
    ) throws -> Answer {
        guard let name = indexed.path else { return .different }
        let content = try FileContent(entry, in: folder, path: String(cString: name))
        guard let bytes = content.bytes else { return .different }
        let expected = ObjectID(indexed.id)
        // What equals the stored bytes is stored, whatever a filter would make of it.
        if try bytes.withUnsafeBytes({ try hash($0) }) == expected { return .same }
        if isLink { return .different }
        let handle = BorrowedRepository(pointer: repository)
        if try handle.needsGitFilter(name) { return .onlyGitKnows }
        let filtered = try bytes.withUnsafeBytes {
            try handle.withFiltered($0, name, to: GIT_FILTER_TO_ODB) { try hash($0) }
        }
        return filtered == expected ? .same : .different
    }

    private func hash(_ bytes: UnsafeRawBufferPointer) throws(GitError) -> ObjectID {
        var id = git_oid()
        try check(
            git_odb_hash(&id, bytes.baseAddress, bytes.count, GIT_OBJECT_BLOB), "hash", "file")
        return ObjectID(id)
    }
}

/// The bytes of a file, or the target of a link, read by descriptor without following links.
struct FileContent {
    /// nil when there is more than could be kept in memory.
    let bytes: [UInt8]?

    init(
        _ entry: FolderEntry, in folder: Int32, path: String, limit: Int = 1 << 30
    ) throws(FileError) {
        if entry.kind == S_IFLNK {
            var target = [UInt8](repeating: 0, count: Int(PATH_MAX) + 1)
            let count = readlinkat(folder, entry.name, &target, target.count)
            guard count >= 0 else { throw FileError("readlink", path) }
            bytes = Array(target.prefix(count))
            return
        }
        // A pipe put in the file's place must not make the open wait.
        let file = openat(folder, entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", path) }
        defer { close(file) }
        guard entry.status.st_size <= limit else {
            bytes = nil
            return
        }
        // One byte more than it had, to see its end without another turn.
        var room = Int(entry.status.st_size) + 1
        var all: [UInt8] = []
        while true {
            var count = 0
            let part = [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
                repeat {
                    count = Glibc.read(file, buffer.baseAddress, buffer.count)
                } while count < 0 && errno == EINTR
                used = max(count, 0)
            }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { break }
            all = all.isEmpty ? part : all + part
            guard all.count <= limit else {
                bytes = nil
                return
            }
            room = max(room - count, 1 << 12)
        }
        bytes = all
    }
}
