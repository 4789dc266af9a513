import Base
import CLibgit2

extension Repository {
    /// The index of a tree as `git read-tree` makes it (gitformat-index, version 2), its cached trees included; nil
    /// for a tree that only git can read: with entries out of order or of an unknown kind, or folders without any.
    func indexTemplate(of tree: ObjectID) throws(GitError) -> IndexTemplate? {
        var draft = IndexDraft()
        guard let cached = try append(tree, to: &draft, at: []) else { return nil }
        return draft.template(cached)
    }

    /// Appends what lies below a folder; returns the record of its tree and those below, nil as above.
    private func append(
        _ tree: ObjectID, to draft: inout IndexDraft, at folder: [UInt8]
    ) throws(GitError) -> [UInt8]? {
        guard let entries = try withTree(tree, TreeCursor.entries) else { return nil }
        let first = draft.entries.count
        var below: [(name: [UInt8], record: [UInt8])] = []
        for entry in entries {
            let path = folder + entry.name
            guard entry.item.mode == .folder else {
                try draft.append(entry.item, at: path)
                continue
            }
            draft.append(folder: path)
            let slash = UInt8(ascii: "/")
            guard let record = try append(entry.item.id, to: &draft, at: path + [slash]) else {
                return nil
            }
            below.append((entry.name, record))
        }
        guard draft.entries.count > first || folder.isEmpty else { return nil }
        // git keeps them by length first.
        below.sort { a, b in
            a.name.count == b.name.count
                ? a.name.lexicographicallyPrecedes(b.name) : a.name.count < b.name.count
        }
        let record = "\0\(draft.entries.count - first) \(below.count)\n"
        return Array(record.utf8) + tree.bytes + below.flatMap { $0.name + $0.record }
    }
}

extension TreeCursor {
    /// The entries of one tree object; nil where they are not as git writes them.
    fileprivate static func entries(of bytes: UnsafeRawBufferPointer) -> [TreeEntry]? {
        var cursor = TreeCursor(bytes)
        var entries: [TreeEntry] = []
        while !cursor.isAtEnd {
            let current = cursor
            guard let item = current.item else { return nil }
            entries.append(TreeEntry(name: Array(current.nameBytes), item: item))
            cursor.advance()
            guard cursor.isAtEnd || current.order(cursor) < 0 else { return nil }
        }
        return cursor.isSound ? entries : nil
    }
}

/// An index file being put together.
private struct IndexDraft {
    private var bytes: [UInt8] = Array("DIRC\0\0\0\u{2}\0\0\0\0".utf8)
    private(set) var entries: [IndexTemplate.Entry] = []
    private var folders: [[CChar]] = []

    mutating func append(folder path: [UInt8]) {
        folders.append(path.map { CChar(bitPattern: $0) } + [0])
    }

    mutating func append(_ item: TreeItem, at path: [UInt8]) throws(GitError) {
        guard FileWriting.isSafe(path) else {
            throw GitError(.invalid, "write file", "\(RepositoryPath(bytes: path))")
        }
        if item.mode == .submodule { append(folder: path) }
        entries.append(IndexTemplate.Entry(offset: bytes.count, mode: item.mode))
        bytes.append(contentsOf: repeatElement(0, count: IndexTemplate.Field.mode))
        append(item.mode.rawValue)
        // Owner, group and size.
        bytes.append(contentsOf: repeatElement(0, count: 12))
        bytes += item.id.bytes
        let length = UInt16(min(path.count, 0xfff))
        bytes += [UInt8(length >> 8), UInt8(length & 0xff)]
        bytes += path
        // At least one, so that paths end in NUL.
        let size = IndexTemplate.Field.path + path.count
        bytes.append(contentsOf: repeatElement(0, count: 8 - size % 8))
    }

    private mutating func append(_ word: UInt32) {
        withUnsafeBytes(of: word.bigEndian) { bytes += $0 }
    }

    consuming func template(_ cached: [UInt8]) -> IndexTemplate {
        bytes += "TREE".utf8
        append(UInt32(cached.count))
        bytes += cached
        withUnsafeBytes(of: UInt32(entries.count).bigEndian) {
            bytes.replaceSubrange(8..<12, with: $0)
        }
        return IndexTemplate(bytes: bytes, entries: entries, folders: folders)
    }
}
