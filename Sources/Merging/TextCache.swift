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

/// Names of functions and sections, for people.
enum Symbol {
    /// The nearest line at or above `line` (0-based) that starts a definition, as git's default pattern finds it:
    /// it begins with a letter, `_` or `$`.
    static func enclosing(line: Int, of table: LineTable) -> String? {
        var at = min(line, table.count) - 1
        while at >= 0 {
            let text = table.bytes(of: at..<at + 1)
            if let first = text.first,
                (0x41...0x5a).contains(first) || (0x61...0x7a).contains(first)
                    || first == UInt8(ascii: "_") || first == UInt8(ascii: "$")
            {
                let name = String(decoding: text.prefix(80), as: UTF8.self)
                return String(name.split(whereSeparator: \.isNewline).first ?? "")
            }
            at -= 1
        }
        return nil
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
