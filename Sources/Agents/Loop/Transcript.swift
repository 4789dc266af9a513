package import Base
import Glibc

/// The record of one worker: lines of JSON that are only ever added, for its owner alone.
///
/// An entry is in the file before anything is done because of it. One process at a time writes.
package actor Transcript {
    /// The file.
    package nonisolated let path: AbsolutePath
    private let lane = Lane(label: "treeguild.transcript")
    private var descriptor: Int32
    private var length: Int
    private var next = 1
    private var parent: Int?
    private var loaded: [TranscriptEntry]

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    /// Why a transcript cannot be used.
    package enum Problem: Error, Equatable, Sendable {
        /// The system's answer.
        case file(FileError)
        /// Another process writes to it.
        case inUse
        /// A line that is no entry, or does not continue the one before it; counted from 1.
        case damaged(line: Int)
    }

    /// Opens a transcript to go on with it, and makes it where it is missing; blocks.
    ///
    /// A last line that is not whole, which a death in the middle of writing leaves, is cut off.
    package init(opening path: AbsolutePath) throws(Problem) {
        let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        let descriptor = Glibc.open(path.description, flags, 0o600)
        guard descriptor >= 0 else { throw .file(FileError("open", path.description)) }
        do throws(Problem) {
            try Transcript.lock(descriptor, path)
            // A file that somebody else made may be open to others.
            guard fchmod(descriptor, 0o600) == 0 else {
                throw .file(FileError("chmod", path.description))
            }
            let text = try Transcript.text(path)
            let (entries, end) = try Transcript.parse(text)
            guard end == text.count || ftruncate(descriptor, off_t(end)) == 0 else {
                throw .file(FileError("truncate", path.description))
            }
            length = end
            loaded = entries
            if end > 0, text[end - 1] != 10 {
                try Transcript.write([10], descriptor, path)
                length += 1
            }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
        next = (loaded.last?.id ?? 0) + 1
        parent = loaded.last { !$0.isLeaf }?.id
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// All entries of a transcript, be it in use or not; blocks. A torn last line is left out.
    package static func read(_ path: AbsolutePath) throws(Problem) -> [TranscriptEntry] {
        try parse(text(path)).entries
    }

    /// The entries that were in the file when it was opened; once, since they may be many.
    func takeEntries() -> [TranscriptEntry] {
        defer { loaded = [] }
        return loaded
    }

    /// Adds an entry; with `isDurable` it survives a loss of power before this returns.
    ///
    /// The file holds no secret that the mask knows; what is returned is the entry as it was given. After an error
    /// the file is as it was before.
    @discardableResult
    package func append(
        _ content: TranscriptEntry.Content, at time: Timestamp, isDurable: Bool,
        mask: SecretMask = SecretMask([])
    ) throws(FileError) -> TranscriptEntry {
        guard descriptor >= 0 else { throw FileError("write", path.description, code: EBADF) }
        let entry = TranscriptEntry(id: next, parent: parent, time: time, content: content)
        let line = Array(entry.json(maskedBy: mask).compact.utf8) + [10]
        do throws(FileError) {
            try Files.write(line, to: descriptor, path: path.description)
            if isDurable, fdatasync(descriptor) != 0 {
                throw FileError("fdatasync", path.description)
            }
        } catch {
            // Where this fails too, the torn line is cut off when the file is opened again.
            ftruncate(descriptor, off_t(length))
            throw error
        }
        length += line.count
        next += 1
        if !entry.isLeaf { parent = entry.id }
        return entry
    }

    /// Takes the file for this process.
    ///
    /// A child that is about to become another program holds the lock of its parent for a moment.
    private static func lock(_ descriptor: Int32, _ path: AbsolutePath) throws(Problem) {
        for _ in 0..<50 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK else { throw .file(FileError("flock", path.description)) }
            usleep(20_000)
        }
        throw .inUse
    }

    /// Lets others write to it.
    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private static func text(_ path: AbsolutePath) throws(Problem) -> [UInt8] {
        do throws(FileError) { return try Files.read(path, limit: 1 << 30) } catch {
            throw .file(error)
        }
    }

    private static func write(
        _ bytes: [UInt8], _ descriptor: Int32, _ path: AbsolutePath
    ) throws(Problem) {
        do throws(FileError) {
            try Files.write(bytes, to: descriptor, path: path.description)
        } catch {
            throw .file(error)
        }
    }

    /// The entries and the length of what holds them; a torn last line is not counted.
    static func parse(
        _ text: [UInt8]
    ) throws(Problem) -> (entries: [TranscriptEntry], end: Int) {
        var entries: [TranscriptEntry] = []
        var parent: Int?
        var at = 0
        while at < text.count {
            let end = text[at...].firstIndex(of: 10) ?? text.count
            guard let entry = entry(text[at..<end]) else {
                // Only what nothing follows can be torn; zeros are what a loss of power leaves.
                let isLast = end + 1 >= text.count || text[at...].allSatisfy { $0 == 0 }
                guard isLast else { throw .damaged(line: entries.count + 1) }
                return (entries, at)
            }
            guard entry.id == entries.count + 1, entry.parent == parent else {
                throw .damaged(line: entries.count + 1)
            }
            entries.append(entry)
            if !entry.isLeaf { parent = entry.id }
            at = min(end + 1, text.count)
        }
        return (entries, at)
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> TranscriptEntry? {
        // What is no JSON is no entry; the caller says what that means.
        (try? JSON(parsing: line)).flatMap { TranscriptEntry(json: $0) }
    }
}
