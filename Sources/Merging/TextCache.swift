import Git

/// Texts and diffs, each made once, however many branches share them; the oldest are forgotten when there are too many.
struct TextCache: Sendable {
    /// A change of a regular file's content.
    struct Key: Hashable {
        /// nil: added.
        let base: ObjectID?
        /// nil: deleted.
        let side: ObjectID?
    }

    /// How much a change of a file is.
    struct Size {
        var hunks = 0
        var insertions = 0
        var deletions = 0
    }

    private var tables: [ObjectID: LineTable] = [:]
    /// The base of the last diff: the sides of one file are asked for one after another.
    private var lastBase: (id: ObjectID?, base: DiffBase)?
    private var changes: [Key: SideChanges] = [:]
    private var sizes: [Key: Size] = [:]
    private var bytes = 0
    // 64 MB: the shared files of a hundred branches, and small beside their files in worktrees.
    private var limit = 64 << 20
    var workLimit = LineDiff.workLimit

    /// A blob's lines; none for nil.
    mutating func table(
        _ id: ObjectID?, in repository: isolated Repository
    ) throws(GitError) -> LineTable {
        guard let id else { return LineTable([UInt8]()) }
        if let known = tables[id] { return known }
        let table = LineTable(try repository.blob(id))
        keep(table, of: id)
        return table
    }

    /// A side's hunks against the base; none where either is binary.
    mutating func changes(
        from base: ObjectID?, to side: ObjectID, in repository: isolated Repository
    ) throws(GitError) -> SideChanges {
        let key = Key(base: base, side: side)
        if let known = changes[key] { return known }
        let old = try diffBase(base, in: repository)
        let new = try table(side, in: repository)
        let made =
            old.table.isBinary || new.isBinary
            ? SideChanges(side: new, hunks: [])
            : SideChanges(base: old, side: new, workLimit: workLimit)
        changes[key] = made
        sizes[key] = Size(made.hunks)
        return made
    }

    private mutating func diffBase(
        _ id: ObjectID?, in repository: isolated Repository
    ) throws(GitError) -> DiffBase {
        if let lastBase, lastBase.id == id { return lastBase.base }
        let base = DiffBase(try table(id, in: repository))
        lastBase = (id, base)
        return base
    }

    /// How much a regular file's change is; its text is not kept.
    mutating func size(
        of key: Key, in repository: isolated Repository
    ) throws(GitError) -> Size {
        if let known = sizes[key] { return known }
        let old = try passingTable(key.base, in: repository)
        let size: Size
        if let side = key.side {
            let new = try passingTable(side, in: repository)
            size =
                old.isBinary || new.isBinary
                ? Size() : Size(LineDiff.hunks(base: old, side: new, workLimit: workLimit))
        } else {
            size = Size(hunks: 1, deletions: old.count)
        }
        sizes[key] = size
        return size
    }

    private func passingTable(
        _ id: ObjectID?, in repository: isolated Repository
    ) throws(GitError) -> LineTable {
        guard let id else { return LineTable([UInt8]()) }
        if let known = tables[id] { return known }
        return LineTable(try repository.blob(id))
    }

    private mutating func keep(_ table: LineTable, of id: ObjectID) {
        bytes += table.bytes.count + 8 * table.count
        tables[id] = table
    }

    /// Makes room when a path is done: its texts are rarely wanted again.
    mutating func trim() {
        guard bytes > limit else { return }
        tables = [:]
        changes = [:]
        bytes = 0
    }
}

extension TextCache {
    /// An empty one for one of so many parts of the work, to be taken back by ``take(_:)``.
    func part(of count: Int) -> TextCache {
        var part = TextCache()
        part.workLimit = workLimit
        part.limit = limit / max(count, 1)
        return part
    }

    /// False when more texts that are found in advance would push out those that are there.
    var hasRoom: Bool { bytes < limit / 2 }

    /// False for what would have to be found.
    func knows(_ key: Key, withText: Bool) -> Bool {
        withText ? changes[key] != nil : sizes[key] != nil
    }

    /// Takes what a part of the work found; its texts only as far as there is room.
    mutating func take(_ part: TextCache) {
        sizes.merge(part.sizes) { known, _ in known }
        guard hasRoom else { return }
        for (id, table) in part.tables where tables[id] == nil { keep(table, of: id) }
        changes.merge(part.changes) { known, _ in known }
    }
}

extension TextCache.Size {
    fileprivate init(_ hunks: [Hunk]) {
        self.hunks = hunks.count
        for hunk in hunks {
            insertions += hunk.side.count
            deletions += hunk.base.count
        }
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
