package import Git

/// Texts and diffs, each made once, however many branches share them.
struct TextCache {
    private struct Key: Hashable {
        let base: ObjectID?
        let side: ObjectID
    }

    private var tables: [ObjectID: LineTable] = [:]
    private var changes: [Key: SideChanges] = [:]

    /// A blob's lines; none for nil.
    mutating func table(
        _ id: ObjectID?, in repository: isolated Repository
    ) throws(GitError) -> LineTable {
        guard let id else { return LineTable([UInt8]()) }
        if let known = tables[id] { return known }
        let table = LineTable(try repository.blob(id))
        tables[id] = table
        return table
    }

    /// A side's hunks against the base; none where either is binary.
    mutating func changes(
        from base: ObjectID?, to side: ObjectID, in repository: isolated Repository
    ) throws(GitError) -> SideChanges {
        let key = Key(base: base, side: side)
        if let known = changes[key] { return known }
        let (old, new) = (try table(base, in: repository), try table(side, in: repository))
        let made =
            old.isBinary || new.isBinary
            ? SideChanges(side: new, hunks: []) : SideChanges(base: old, side: new)
        changes[key] = made
        return made
    }
}

extension LineTable {
    /// Lines as text, without their newlines; invalid UTF-8 is repaired.
    package func text(of lines: Range<Int>) -> [String] {
        lines.map { line in
            var bytes = self.bytes(of: line..<line + 1)
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
