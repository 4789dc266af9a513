import Base
import CLibgit2
import Glibc
import Synchronization

/// The files of one commit, for all trees of it that are being made at the moment.
///
/// What one tree's thread has inflated and filtered is there for all others, up to a limit of memory; it goes when
/// the last of these trees is complete.
final class BaseFiles: @unchecked Sendable {
    let template: IndexTemplate
    /// False when no attribute and no setting can make a file differ from its blob.
    let filtering: Bool
    let linksAsLinks: Bool
    /// A worktree that may have the files already.
    let standing: AbsolutePath?
    /// Bytes that the contents may still take.
    private let room: Atomic<Int>
    /// For each entry the address of its content: nil until somebody has read it.
    private let slots: UnsafeMutablePointer<Atomic<UnsafeMutablePointer<FileBytes>?>>
    private let makers = Atomic<Int>(0)

    /// More than the files of most repositories take, less than a worker does.
    private static let memory = 192 << 20

    init(
        _ template: IndexTemplate, filtering: Bool, linksAsLinks: Bool, standing: AbsolutePath?
    ) {
        self.template = template
        self.filtering = filtering
        self.linksAsLinks = linksAsLinks
        self.standing = standing
        room = Atomic(BaseFiles.memory)
        slots = .allocate(capacity: template.entries.count)
        for at in template.entries.indices { (slots + at).initialize(to: Atomic(nil)) }
    }

    deinit {
        for at in template.entries.indices {
            if let content = slots[at].load(ordering: .acquiring) { FileBytes.free(content) }
        }
        slots.deinitialize(count: template.entries.count)
        slots.deallocate()
    }

    /// Where a tree's writing is to begin, so that trees made beside each other read different files first.
    func nextStart() -> Int {
        let number = makers.add(1, ordering: .relaxed).oldValue
        return number % 2 == 0 ? 0 : template.entries.count / 2
    }

    /// True when more than one tree has asked for the files.
    var isShared: Bool { makers.load(ordering: .relaxed) > 1 }

    /// Hands over the content of a file as it is to lie in a tree; false when only git can filter it.
    func withContent(
        of position: Int, from source: inout BlobSource,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        if let known = slots[position].load(ordering: .acquiring) {
            guard let bytes = known.pointee.bytes else { return false }
            try body(bytes)
            return true
        }
        let entry = template.entries[position]
        let read = try template.withPath(of: entry) { path in
            try source.content(template.id(of: entry), at: path, isFile: entry.mode != .link)
        }
        let size = read.pointee.size
        guard room.subtract(size, ordering: .relaxed).newValue >= 0 else {
            room.add(size, ordering: .relaxed)
            defer { FileBytes.free(read) }
            guard let bytes = read.pointee.bytes else { return false }
            try body(bytes)
            return true
        }
        let (stored, other) = slots[position].compareExchange(
            expected: nil, desired: read, ordering: .acquiringAndReleasing)
        if !stored {
            room.add(size, ordering: .relaxed)
            FileBytes.free(read)
        }
        guard let bytes = (stored ? read : other)?.pointee.bytes else { return false }
        try body(bytes)
        return true
    }
}

/// A file's content in memory: an object of libgit2, or what a filter made of one.
struct FileBytes {
    /// nil: only git has the filter.
    let bytes: UnsafeRawBufferPointer?
    /// Holds the bytes; nil when they are an allocation of their own.
    private let object: OpaquePointer?

    /// What it takes with all that belongs to it.
    var size: Int { (bytes?.count ?? 0) + 128 }

    private static func make(_ value: FileBytes) -> UnsafeMutablePointer<FileBytes> {
        let made = UnsafeMutablePointer<FileBytes>.allocate(capacity: 1)
        made.initialize(to: value)
        return made
    }

    /// Takes over an object, which is freed with it.
    static func owning(_ object: OpaquePointer) -> UnsafeMutablePointer<FileBytes> {
        let bytes = UnsafeRawBufferPointer(
            start: git_odb_object_data(object), count: git_odb_object_size(object))
        return make(FileBytes(bytes: bytes, object: object))
    }

    /// Takes over an allocation, which is freed with it.
    static func owning(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<FileBytes> {
        make(FileBytes(bytes: bytes, object: nil))
    }

    static func copy(of bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<FileBytes> {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyMemory(from: bytes)
        return owning(UnsafeRawBufferPointer(copy))
    }

    static func forGit() -> UnsafeMutablePointer<FileBytes> {
        make(FileBytes(bytes: nil, object: nil))
    }

    static func free(_ content: UnsafeMutablePointer<FileBytes>) {
        if let object = content.pointee.object {
            git_odb_object_free(object)
        } else {
            content.pointee.bytes?.deallocate()
        }
        content.deinitialize(count: 1)
        content.deallocate()
    }
}

/// The ``BaseFiles`` that are in use in this process.
enum BaseFilesInUse {
    private struct Key: Hashable {
        let repository: AbsolutePath
        let tree: ObjectID
    }

    private struct Weak: Sendable {
        weak var files: BaseFiles?
    }

    private static let known = Mutex<[Key: Weak]>([:])

    /// Those of a tree, made by `make` when nobody has them; nil when it makes none.
    static func files(
        of tree: ObjectID, in repository: AbsolutePath, _ make: () throws -> BaseFiles?
    ) throws -> BaseFiles? {
        let key = Key(repository: repository, tree: tree)
        // Held while they are made: whoever comes meanwhile needs just these.
        return try known.withLock { known in
            if let files = known[key]?.files { return files }
            guard let made = try make() else { return nil }
            known = known.filter { $0.value.files != nil }
            known[key] = Weak(files: made)
            return made
        }
    }
}
