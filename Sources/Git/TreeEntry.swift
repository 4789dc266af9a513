/// Kind of a tree's entry, with git's file mode as its raw value.
package enum FileMode: UInt32, Hashable, Sendable {
    case file = 0o100644
    case executable = 0o100755
    case link = 0o120000
    case submodule = 0o160000
    case folder = 0o040000

    /// Reads a mode as old versions of git wrote it too (`100664`).
    package init?(lenient raw: UInt32) {
        if raw & 0o170000 == 0o100000 {
            self = raw & 0o100 == 0 ? .file : .executable
        } else {
            self.init(rawValue: raw)
        }
    }

    /// The mode in octal as `ls-tree` prints it.
    package var octal: String {
        let digits = String(rawValue, radix: 8)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// A file with content of its own, executable or not.
    package var isRegular: Bool { self == .file || self == .executable }
}

/// What a path holds: mode and object.
package struct TreeItem: Hashable, Sendable {
    /// Tells what kind of object `id` names.
    package let mode: FileMode
    /// A blob, a tree, or the commit of a submodule, which this repository need not have.
    package let id: ObjectID

    /// Takes both as they are: no look whether the object exists.
    package init(mode: FileMode, id: ObjectID) {
        self.mode = mode
        self.id = id
    }
}

/// One entry of one tree object.
package struct TreeEntry: Hashable, Sendable {
    /// A single component, never empty, without `/`.
    package let name: [UInt8]
    /// What is there under the name.
    package let item: TreeItem

    /// Takes the name unchecked: it must be one component.
    package init(name: [UInt8], item: TreeItem) {
        self.name = name
        self.item = item
    }

    /// git's order within a tree: as if folders ended in `/`.
    static func precedes(_ a: TreeEntry, _ b: TreeEntry) -> Bool {
        let slash = UInt8(ascii: "/")
        func key(_ entry: TreeEntry) -> [UInt8] {
            entry.item.mode == .folder ? entry.name + [slash] : entry.name
        }
        return key(a).lexicographicallyPrecedes(key(b))
    }

    /// Parses a tree object's content; nil when it is damaged.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> [TreeEntry]? {
        var entries: [TreeEntry] = []
        var at = 0
        while at < bytes.count {
            var mode: UInt32 = 0
            while at < bytes.count, bytes[at] != UInt8(ascii: " ") {
                guard (0x30...0x37).contains(bytes[at]) else { return nil }
                mode = mode << 3 | UInt32(bytes[at] - 0x30)
                at += 1
            }
            at += 1
            let start = at
            while at < bytes.count, bytes[at] != 0 { at += 1 }
            guard at + 21 <= bytes.count, at > start, let kind = FileMode(lenient: mode),
                let id = ObjectID(bytes: bytes[(at + 1)..<(at + 21)])
            else { return nil }
            entries.append(
                TreeEntry(name: Array(bytes[start..<at]), item: TreeItem(mode: kind, id: id)))
            at += 21
        }
        return entries
    }

    /// A tree object's content; the entries are sorted here.
    static func serialise(_ entries: [TreeEntry]) -> [UInt8] {
        var out: [UInt8] = []
        for entry in entries.sorted(by: precedes) {
            out += String(entry.item.mode.rawValue, radix: 8).utf8
            out.append(UInt8(ascii: " "))
            out += entry.name
            out.append(0)
            out += entry.item.id.bytes
        }
        return out
    }
}
