import Base
import CLibgit2
import Glibc
import Synchronization

/// One writing of an index's files below a folder: shared by the threads that do it.
///
/// The folders are all made before the first file and the first link, and every file is created anew, so nothing
/// in the tree can lead a write elsewhere.
final class FileWriting {
    private let entries: [UnsafeMutablePointer<git_index_entry>]
    private let root: Int32
    private let path: AbsolutePath
    private let filtering: Bool
    private let linksAsLinks: Bool
    private let next = Atomic<Int>(0)
    private let outcome = Mutex(Outcome())

    private struct Outcome {
        var failure: (any Error)?
        var needingGit: [RepositoryPath] = []
        var newest = timespec()
    }

    /// Takes entries by as many at once: large enough to be rare, small enough to end together.
    private static let unit = 32

    /// The index must outlive this; stat data is filled into its entries.
    init(
        of index: borrowing Index, into path: AbsolutePath, filtering: Bool, linksAsLinks: Bool
    ) throws {
        // The library hands out its own entries as read-only; filling in stat data does not concern their order.
        entries = (0..<index.count).map { UnsafeMutablePointer(mutating: index[$0]) }
        self.path = path
        self.filtering = filtering
        self.linksAsLinks = linksAsLinks
        root = open(path.description, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw FileError("open", path.description) }
    }

    deinit { close(root) }

    /// Files left out because only git has their filters; complete after ``run()``.
    var needingGit: [RepositoryPath] { outcome.withLock { $0.needingGit.sorted() } }

    /// Makes every folder, and an empty one for each submodule; refuses names that no worktree may hold.
    func makeFolders() throws {
        var last: [UInt8] = []
        for entry in entries {
            guard let name = entry.pointee.path else { continue }
            let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
            let isSubmodule = entry.pointee.mode == FileMode.submodule.rawValue
            let end = isSubmodule ? bytes.count : bytes.lastIndex(of: slash) ?? 0
            guard Self.isSafe(bytes) else {
                throw GitError(.invalid, "write file", entry.pointee.repositoryPath.description)
            }
            if bytes[..<end].elementsEqual(last) { continue }
            let folder = Array(bytes[..<end])
            try makeFolder(folder, after: last)
            last = folder
        }
    }

    /// Makes the components of `folder` that `last` does not share.
    private func makeFolder(_ folder: [UInt8], after last: [UInt8]) throws {
        var at = 0
        while at < folder.count {
            let end = folder[at...].firstIndex(of: slash) ?? folder.count
            let shared =
                last.count >= end && last[..<end] == folder[..<end]
                && (last.count == end || last[end] == slash)
            if !shared {
                let part = folder[..<end].map { CChar(bitPattern: $0) } + [0]
                guard mkdirat(root, part, 0o777) == 0 else { throw error("mkdir", part) }
            }
            at = end + 1
        }
    }

    /// Writes all files; returns the newest one's time of change.
    func run() throws -> timespec {
        let second = WriterThread(self)
        work()
        second?.join()
        let outcome = outcome.withLock { $0 }
        if let failure = outcome.failure { throw failure }
        return outcome.newest
    }

    /// Takes units of entries until none is left or something failed.
    fileprivate func work() {
        var newest = timespec()
        var needing: [RepositoryPath] = []
        do {
            // Handles of the library are for one thread at a time.
            let source = try BlobSource(at: path, filtering: filtering)
            while true {
                let start = next.add(Self.unit, ordering: .relaxed).oldValue
                guard start < entries.count else { break }
                for entry in entries[start..<min(start + Self.unit, entries.count)] {
                    if try write(entry, from: source) {
                        newest = max(newest, entry.pointee.mtime)
                    } else {
                        needing.append(entry.pointee.repositoryPath)
                    }
                }
            }
        } catch {
            next.store(entries.count, ordering: .relaxed)
            outcome.withLock { if $0.failure == nil { $0.failure = error } }
        }
        outcome.withLock {
            $0.needingGit += needing
            if (newest.tv_sec, newest.tv_nsec) > ($0.newest.tv_sec, $0.newest.tv_nsec) {
                $0.newest = newest
            }
        }
    }

    /// Writes one entry and fills in its stat data; false when git has to do it.
    private func write(
        _ entry: UnsafeMutablePointer<git_index_entry>, from source: borrowing BlobSource
    ) throws -> Bool {
        guard let name = entry.pointee.path, let mode = FileMode(lenient: entry.pointee.mode)
        else { throw GitError(.corrupt, "write file", path.description) }
        entry.pointee.mode = mode.rawValue
        switch mode {
        case .submodule, .folder: return true
        case .link where linksAsLinks:
            _ = try source.withBlob(&entry.pointee.id, path: nil) { bytes in
                let target = bytes.map { CChar(bitPattern: $0) } + [0]
                guard symlinkat(target, root, name) == 0 else { throw error("symlink", name) }
            }
            var status = stat()
            guard fstatat(root, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw error("stat", name)
            }
            entry.pointee.take(status)
            return true
        case .file, .executable, .link:
            return try source.withBlob(
                &entry.pointee.id, path: mode == .link ? nil : name
            ) { bytes in
                try writeFile(bytes, name, mode: mode == .executable ? 0o777 : 0o666, entry)
            }
        }
    }

    private func writeFile(
        _ bytes: UnsafeRawBufferPointer, _ name: UnsafePointer<CChar>, mode: mode_t,
        _ entry: UnsafeMutablePointer<git_index_entry>
    ) throws {
        let file = openat(
            root, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw error("create", name) }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0, errno != EINTR { throw error("write", name) }
            done += max(count, 0)
        }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw error("stat", name) }
        entry.pointee.take(status)
    }

    private func error(_ operation: String, _ name: UnsafePointer<CChar>) -> FileError {
        let code = errno
        return FileError(operation, path.description + "/" + String(cString: name), code: code)
    }

    private var slash: UInt8 { UInt8(ascii: "/") }

    /// False for a path with a component that is empty, `.`, `..` or, in whatever case, `.git`.
    static func isSafe(_ path: some Collection<UInt8>) -> Bool {
        path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            part in
            guard let first = part.first else { return false }
            guard first == UInt8(ascii: "."), part.count <= 4 else { return true }
            return ![".", "..", ".git"].contains {
                $0.utf8.elementsEqual(part.map { (65...90).contains($0) ? $0 | 0x20 : $0 })
            }
        }
    }
}

extension git_index_entry {
    /// Fills in what git compares before it reads a file.
    mutating func take(_ status: stat) {
        ctime = git_index_time(status.st_ctim)
        mtime = git_index_time(status.st_mtim)
        dev = UInt32(truncatingIfNeeded: status.st_dev)
        ino = UInt32(truncatingIfNeeded: status.st_ino)
        uid = status.st_uid
        gid = status.st_gid
        file_size = UInt32(truncatingIfNeeded: status.st_size)
    }
}

extension git_index_time {
    init(_ time: timespec) {
        self.init(
            seconds: Int32(truncatingIfNeeded: time.tv_sec),
            nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
    }
}

private func max(_ time: timespec, _ other: git_index_time) -> timespec {
    let other = timespec(tv_sec: Int(other.seconds), tv_nsec: Int(other.nanoseconds))
    return (time.tv_sec, time.tv_nsec) > (other.tv_sec, other.tv_nsec) ? time : other
}

/// The second thread of a writing; nil when the system gives none, and the first does it all.
private struct WriterThread: ~Copyable {
    private var thread = pthread_t()

    init?(_ writing: FileWriting) {
        let argument = Unmanaged.passRetained(writing)
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument {
                    Unmanaged<FileWriting>.fromOpaque(argument).takeRetainedValue().work()
                }
                return nil
            }, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            return nil
        }
    }

    consuming func join() { pthread_join(thread, nil) }
}
