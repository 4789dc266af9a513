/// Walks the entries of a tree object without copying them.
struct TreeCursor {
    private let bytes: UnsafeRawBufferPointer
    /// Where the current entry starts, and the next one.
    private var start = 0
    private var next = 0
    /// The current entry's mode as it is written; 0 at the end.
    private var mode: UInt32 = 0
    private var name = 0..<0
    private var idOffset = 0
    /// False as soon as something was no entry.
    private(set) var isSound = true

    /// Stands on the first entry.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        advance()
    }

    var isAtEnd: Bool { mode == 0 }
    var isFolder: Bool { mode & 0o170000 == 0o040000 }

    /// nil for a mode that git does not know.
    var item: TreeItem? {
        FileMode(lenient: mode).map {
            TreeItem(mode: $0, id: ObjectID(raw: bytes, at: idOffset))
        }
    }

    /// The entry's name, for as long as the tree is at hand.
    var nameBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[name]) }

    /// Goes to the next entry, or to the end.
    mutating func advance() {
        mode = 0
        start = next
        guard next < bytes.count else { return }
        var value: UInt32 = 0
        var at = next
        while at < bytes.count, bytes[at] != UInt8(ascii: " ") {
            guard (0x30...0x37).contains(bytes[at]) else { return fail() }
            value = value << 3 | UInt32(bytes[at] - 0x30)
            at += 1
        }
        let nameStart = at + 1
        at = nameStart
        while at < bytes.count, bytes[at] != 0 { at += 1 }
        guard at > nameStart, at + 21 <= bytes.count, value != 0 else { return fail() }
        mode = value
        name = nameStart..<at
        idOffset = at + 1
        next = at + 21
    }

    /// Goes past entries whose bytes are the same in both from here on.
    ///
    /// Most entries of two trees that are compared are, and are then looked at in one of the two alone.
    mutating func skipEqual(_ other: inout TreeCursor) {
        let (first, shift) = (start, other.start - start)
        let end = start + LineScan.commonPrefix(bytes, start, other.bytes, other.start)
        while !isAtEnd, next <= end { advance() }
        guard start > first else { return }
        other.next = start + shift
        other.advance()
    }

    private mutating func fail() {
        isSound = false
        next = bytes.count
    }

    /// The same mode and the same object.
    func hasItem(of other: TreeCursor) -> Bool {
        guard mode == other.mode else { return false }
        for offset in 0..<20
        where bytes[idOffset + offset] != other.bytes[other.idOffset + offset] {
            return false
        }
        return true
    }

    /// Negative when the entry comes before the other's in git's order, 0 when both have one name and are both
    /// folders or both not; the end comes after everything.
    func order(_ other: TreeCursor) -> Int {
        if isAtEnd || other.isAtEnd { return (isAtEnd ? 1 : 0) - (other.isAtEnd ? 1 : 0) }
        let (count, otherCount) = (name.count, other.name.count)
        for index in 0..<min(count, otherCount) {
            let a = bytes[name.lowerBound + index]
            let b = other.bytes[other.name.lowerBound + index]
            if a != b { return Int(a) - Int(b) }
        }
        // As if folders ended in a slash.
        func last(_ cursor: TreeCursor, _ index: Int) -> Int {
            if index < cursor.name.count {
                return Int(cursor.bytes[cursor.name.lowerBound + index])
            }
            return index == cursor.name.count && cursor.isFolder ? 0x2f : 0
        }
        let shared = min(count, otherCount)
        let (a, b) = (last(self, shared), last(other, shared))
        if a != b { return a - b }
        // `a/` against a file whose name goes on with a slash cannot be: names have none.
        return count - otherCount
    }
}
