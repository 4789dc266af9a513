import Base
import CLibgit2
import Glibc
import Synchronization

/// One writing of a commit's files below a folder: shared by the threads that do it.
///
/// The folders are all made before the first file and the first link, and every file is created anew, so nothing
/// in the tree can lead a write elsewhere.
final class FileWriting {
    private let files: BaseFiles
    private let index: IndexFile
    private let root: Int32
    private let path: AbsolutePath
    private let registration: AbsolutePath
    private let start: Int
    /// When every file is to have been modified last.
    let past: timespec
    /// Places of the entries to write, nil: all.
    private var pending: [Int]?
    private var folders: [[CChar]]
    private let next = Atomic<Int>(0)
    private let outcome = Mutex(Outcome())

    private struct Outcome {
        var failure: (any Error)?
        var needingGit: [RepositoryPath] = []
        var newest = timespec()
    }

    /// Takes entries by as many at once: large enough to be rare, small enough to end together.
    private static let unit = 32

    /// The tree's folder must be there, and hold no file of the commit.
    ///
    /// - Parameter registration: the tree's, which takes the index too.
    init(of files: BaseFiles, into path: AbsolutePath, registration: AbsolutePath) throws {
        self.files = files
        self.path = path
        self.registration = registration
        index = IndexFile(files.template)
        folders = files.template.folders
        start = files.nextStart()
        past = FileWriting.past()
        root = open(path.description, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw FileError("open", path.description) }
    }

    deinit { close(root) }

    /// A whole second that is over: git reads again whatever is as young as the index, and counts in seconds.
    ///
    /// Whatever changes a file later leaves another time of modification, or at least of change, which nobody can
    /// set. One time for all keeps `make` from taking one file for older than another.
    private static func past() -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return timespec(tv_sec: now.tv_sec - 2, tv_nsec: 0)
    }

    /// Files left out because only git has their filters; complete after ``run()``.
    var needingGit: [RepositoryPath] { outcome.withLock { $0.needingGit.sorted() } }

    /// Writes the index with the stat data that is there by now.
    func writeIndex() throws(FileError) {
        try index.write(to: registration.appending("index"))
    }

    /// What the files are known by from now on; complete after ``run()``.
    func written(doubtful: Set<Int> = []) -> WrittenFiles {
        WrittenFiles(index, of: files.template, doubtful: doubtful)
    }

    /// Leaves out what is there already, each file with the stat data that it has there.
    func keep(_ kept: [Int: stat], folders there: Set<[CChar]>) {
        for (position, status) in kept { index.take(status, for: files.template.entries[position]) }
        pending = files.template.entries.indices.filter { kept[$0] == nil }
        folders.removeAll { there.contains($0) }
    }

    /// Makes all folders and then writes all files; returns the newest one's time of change.
    ///
    /// The caller has a place among the ``WriterThreads``; threads join it when more become free.
    func run() throws -> timespec {
        for folder in folders where mkdirat(root, folder, 0o777) != 0 {
            let code = errno
            let name = RepositoryPath(bytes: folder.dropLast().map { UInt8(bitPattern: $0) })
            throw FileError("mkdir", "\(path)/\(name)", code: code)
        }
        var helpers: [WriterThread] = []
        work { if helpers.count < 3, let helper = WriterThread(self) { helpers.append(helper) } }
        for helper in helpers { helper.join() }
        let outcome = outcome.withLock { $0 }
        if let failure = outcome.failure { throw failure }
        return outcome.newest
    }

    /// Takes units of entries until none is left or something failed; calls `beforeUnit` before each.
    func work(beforeUnit: () -> Void = {}) {
        let template = files.template
        let count = pending?.count ?? template.entries.count
        var newest = timespec()
        var needing: [RepositoryPath] = []
        var maker = FileMaker(below: root, of: path, modified: past)
        do {
            // Handles of the library are for one thread at a time.
            var source = BlobSource(for: files, of: registration)
            while true {
                beforeUnit()
                let first = next.add(FileWriting.unit, ordering: .relaxed).oldValue
                guard first < count else { break }
                for number in first..<min(first + FileWriting.unit, count) {
                    let at = pending?[number] ?? (start + number) % count
                    let entry = template.entries[at]
                    guard entry.mode != .submodule else { continue }
                    let isWritten = try files.withContent(of: at, from: &source) { bytes in
                        let status = try template.withPath(of: entry) { path in
                            entry.mode == .link && files.linksAsLinks
                                ? try maker.makeLink(path, to: bytes)
                                : try maker.makeFile(
                                    path, bytes, isExecutable: entry.mode == .executable)
                        }
                        index.take(status, for: entry)
                        newest = later(newest, status.st_ctim)
                    }
                    if !isWritten { needing.append(template.path(of: entry)) }
                }
            }
        } catch {
            next.store(count, ordering: .relaxed)
            outcome.withLock { if $0.failure == nil { $0.failure = error } }
        }
        outcome.withLock {
            $0.needingGit += needing
            $0.newest = later($0.newest, newest)
        }
    }

    /// False for a path with a component that is empty, `.`, `..` or, in whatever case, `.git`.
    static func isSafe(_ path: some Collection<UInt8>) -> Bool {
        var rest = path[...]
        while true {
            let end = rest.firstIndex(of: UInt8(ascii: "/"))
            guard isSafe(component: rest[..<(end ?? rest.endIndex)]) else { return false }
            guard let end else { return true }
            rest = rest[rest.index(after: end)...]
        }
    }

    private static func isSafe(component: some Collection<UInt8>) -> Bool {
        guard let first = component.first else { return false }
        guard first == UInt8(ascii: "."), component.count <= 4 else { return true }
        return ![".", "..", ".git"].contains {
            $0.utf8.elementsEqual(component.lazy.map { (65...90).contains($0) ? $0 | 0x20 : $0 })
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

/// True when one time comes before another.
func isEarlier(_ a: timespec, _ b: timespec) -> Bool {
    (a.tv_sec, a.tv_nsec) < (b.tv_sec, b.tv_nsec)
}

private func later(_ a: timespec, _ b: timespec) -> timespec { isEarlier(a, b) ? b : a }
