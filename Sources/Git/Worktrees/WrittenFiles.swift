import Base
import CLibgit2
import Glibc
import Synchronization

/// Which inodes this process wrote as the files of one tree, and when each changed last.
///
/// An inode that lies where it was put and has not changed since holds what was written. That is remembered in
/// memory, out of the reach of whoever works in the tree: its index is the worker's to write.
struct WrittenFiles: Sendable {
    /// Stat data that tells one state of a file from every other; nil for what proves nothing.
    struct Stamp: Equatable, Sendable {
        let device: UInt32
        let inode: UInt32
        let seconds: UInt32
        let nanoseconds: UInt32

        init(device: UInt32, inode: UInt32, seconds: UInt32, nanoseconds: UInt32) {
            (self.device, self.inode) = (device, inode)
            (self.seconds, self.nanoseconds) = (seconds, nanoseconds)
        }

        init(_ status: stat) {
            device = UInt32(truncatingIfNeeded: status.st_dev)
            inode = UInt32(truncatingIfNeeded: status.st_ino)
            seconds = UInt32(truncatingIfNeeded: status.st_ctim.tv_sec)
            nanoseconds = UInt32(truncatingIfNeeded: status.st_ctim.tv_nsec)
        }
    }

    let template: IndexTemplate
    private let stamps: [Stamp?]

    /// Those of a complete writing.
    ///
    /// - Parameter doubtful: places of files that may have changed since they were looked at, without another stamp.
    init(_ index: borrowing IndexFile, of template: IndexTemplate, doubtful: Set<Int>) {
        self.template = template
        stamps = template.entries.enumerated().map { place, entry in
            entry.mode == .submodule || doubtful.contains(place) ? nil : index.stamp(of: entry)
        }
    }

    /// Bytes of memory that they take.
    var size: Int { stamps.count * MemoryLayout<Stamp?>.stride }

    /// The stamps of another template's files, by place: nil where this tree had another file or none.
    func stamps(for other: IndexTemplate) -> [Stamp?] {
        if template.bytes == other.bytes { return stamps }
        var found = [Stamp?](repeating: nil, count: other.entries.count)
        var at = 0
        for (place, wanted) in other.entries.enumerated() {
            while at < stamps.count, template.isBefore(template.entries[at], wanted, of: other) {
                at += 1
            }
            guard at < stamps.count else { break }
            if template.isSame(template.entries[at], wanted, of: other) {
                found[place] = stamps[at]
            }
        }
        return found
    }
}

/// The ``WrittenFiles`` of trees that this process made last.
enum WrittenTrees {
    private struct Known {
        var trees: [AbsolutePath: WrittenFiles] = [:]
        /// Registrations in the order of making.
        var order: [AbsolutePath] = []
        var size = 0

        mutating func remove(_ registration: AbsolutePath) -> WrittenFiles? {
            guard let files = trees.removeValue(forKey: registration) else { return nil }
            order.removeAll { $0 == registration }
            size -= files.size
            return files
        }
    }

    private static let known = Mutex(Known())

    /// What is forgotten for want of memory is compared by content later.
    private static let limit = 64 << 20

    static func remember(_ files: WrittenFiles, of registration: AbsolutePath) {
        known.withLock { known in
            _ = known.remove(registration)
            known.trees[registration] = files
            known.order.append(registration)
            known.size += files.size
            while known.size > limit, let first = known.order.first { _ = known.remove(first) }
        }
    }

    /// Hands over what is known of a tree, and forgets it.
    static func take(_ registration: AbsolutePath) -> WrittenFiles? {
        known.withLock { $0.remove(registration) }
    }
}
