package import Git

/// What was read and compared so far, for the next comparison of nearly the same branches.
///
/// Everything goes by the names of objects, so nothing in it can become wrong. One branch that moved costs one
/// comparison of trees and the diffs of the files that it changed.
package struct OverlapCache: Sendable {
    private struct Trees: Hashable {
        let base: ObjectID
        let head: ObjectID
    }

    private var changes: [Trees: BranchChanges] = [:]
    var texts = TextCache()
    var evidence = RenameEvidence()

    /// Knows nothing yet.
    ///
    /// - Parameter workLimit: how many lines the diff of one file may look at before the file counts as too large.
    package init(workLimit: Int = LineDiff.workLimit) { texts.workLimit = workLimit }

    /// What the tree `head` changed against the tree `base`.
    mutating func changes(
        from base: ObjectID, to head: ObjectID, in repository: isolated Repository
    ) throws(GitError) -> BranchChanges {
        let key = Trees(base: base, head: head)
        if let known = changes[key] { return known }
        let made = try repository.branchChanges(from: base, to: head)
        changes[key] = made
        return made
    }

    /// Forgets trees that are compared no more.
    mutating func keep(base: ObjectID, heads: some Sequence<ObjectID>) {
        let wanted = Set(heads.map { Trees(base: base, head: $0) })
        changes = changes.filter { wanted.contains($0.key) }
    }
}

/// Texts and diffs, each made once, however many branches share them; the oldest are forgotten when there are too many.
struct TextCache {
    private struct Key: Hashable {
        let base: ObjectID?
        let side: ObjectID
    }

    /// How much a change of a file is.
    struct Size {
        var hunks = 0
        var insertions = 0
        var deletions = 0
    }

    // 64 MB: the shared files of a hundred branches, and small beside their files in worktrees.
    private static let limit = 64 << 20

    private var tables: [ObjectID: LineTable] = [:]
    private var changes: [Key: SideChanges] = [:]
    private var sizes: [Key: Size] = [:]
    private var bytes = 0
    var workLimit = LineDiff.workLimit

    /// A blob's lines; none for nil.
    mutating func table(
        _ id: ObjectID?, in repository: isolated Repository
    ) throws(GitError) -> LineTable {
        guard let id else { return LineTable([UInt8]()) }
        if let known = tables[id] { return known }
        let table = LineTable(try repository.blob(id))
        bytes += table.bytes.count + 16 * table.count
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
            ? SideChanges(side: new, hunks: [])
            : SideChanges(base: old, side: new, workLimit: workLimit)
        changes[key] = made
        sizes[key] = Size(made.hunks)
        return made
    }

    /// How much a regular file's change is; its text is not kept.
    mutating func size(
        from base: ObjectID?, to side: ObjectID, in repository: isolated Repository
    ) throws(GitError) -> Size {
        let key = Key(base: base, side: side)
        if let known = sizes[key] { return known }
        let old = try passingTable(base, in: repository)
        let new = try passingTable(side, in: repository)
        let size =
            old.isBinary || new.isBinary
            ? Size() : Size(LineDiff.hunks(base: old, side: new, workLimit: workLimit))
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

    /// Makes room when a path is done: its texts are rarely wanted again.
    mutating func trim() {
        guard bytes > Self.limit else { return }
        tables = [:]
        changes = [:]
        bytes = 0
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
