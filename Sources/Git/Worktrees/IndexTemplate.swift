import Base
import CLibgit2
import Glibc

/// The index file of a commit's tree without stat data, and where in it each entry lies.
///
/// For every tree it is copied and stat data is put in at the known places.
struct IndexTemplate {
    /// One file, link or submodule.
    struct Entry {
        /// Of the entry within the bytes.
        let offset: Int
        let mode: FileMode
    }

    /// The whole file but its hash.
    let bytes: [UInt8]
    /// In the order of the paths' bytes.
    let entries: [Entry]
    /// All folders, submodules' too, each after the one that holds it.
    let folders: [[CChar]]
    var hasSubmodules: Bool { entries.contains { $0.mode == .submodule } }

    /// Offsets within an entry (gitformat-index, version 2).
    enum Field {
        static let mode = 24
        static let id = 40
        static let flags = 60
        static let path = 62
    }

    init(bytes: [UInt8], entries: [Entry], folders: [[CChar]]) {
        self.bytes = bytes
        self.entries = entries
        self.folders = folders
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
