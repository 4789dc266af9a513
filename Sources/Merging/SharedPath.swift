import Base
package import Git

/// One path that several branches changed, compared once for all of them.
struct SharedPath {
    let path: RepositoryPath
    /// Branch index and its change, ascending.
    let changes: [(branch: Int, change: TreeChange)]
    /// Regions with indices of branches in the whole analysis.
    private(set) var regions: [OverlapReport.Region] = []
    /// What the merge of two of the branches meets here; pairs not named are clean.
    private(set) var verdicts: [BranchPair: ContentVerdict] = [:]

    /// Two branch indices, the lower first.
    struct BranchPair: Hashable {
        let a: Int
        let b: Int

        init(_ one: Int, _ two: Int) { (a, b) = (min(one, two), max(one, two)) }
    }

    init(_ path: RepositoryPath, _ changes: [(branch: Int, change: TreeChange)]) {
        self.path = path
        self.changes = changes
    }

    /// Compares contents; `attribute` is asked only where the lines decide.
    mutating func compare(
        in repository: isolated Repository, _ texts: inout TextCache,
        attribute: () throws(GitError) -> MergeAttribute
    ) throws(GitError) {
        let held = changes.compactMap { entry in
            entry.change.new.map { (branch: entry.branch, item: $0, old: entry.change.old) }
        }
        let deleters = changes.filter { $0.change.new == nil }
        if !deleters.isEmpty, !held.isEmpty {
            addWhole(.modifyDelete, changes.map(\.branch), isConflict: true)
        }
        guard held.count > 1, Set(held.map(\.item)).count > 1 else { return }
        guard held.allSatisfy({ $0.item.mode.isRegular && $0.old?.mode.isRegular ?? true }) else {
            let kind = SharedPath.kind(ofModes: held.map(\.item.mode))
            return addWhole(kind, held.map(\.branch), isConflict: true)
        }
        if Set(held.map(\.item.id)).count == 1 {
            return addWhole(.mode, held.map(\.branch), isConflict: held[0].old == nil)
        }
        switch try attribute() {
        case .text: break
        case .binary: return try addBinary(held.map { ($0.branch, $0.item) })
        case .driver(let name):
            return ask("\(path) is merged by the driver \(name)", held.map(\.branch))
        }
        try compareText(held.map { ($0.branch, $0.item) }, in: repository, &texts)
    }

    private mutating func compareText(
        _ held: [(branch: Int, item: TreeItem)], in repository: isolated Repository,
        _ texts: inout TextCache
    ) throws(GitError) {
        let base = try texts.table(changes[0].change.old?.id, in: repository)
        var sides: [SideChanges] = []
        for (_, item) in held {
            sides.append(
                try texts.changes(from: changes[0].change.old?.id, to: item.id, in: repository))
        }
        if base.isBinary || sides.contains(where: { $0.side.isBinary }) {
            return try addBinary(held)
        }
        let isAddition = changes[0].change.old == nil
        let found = OverlapRegions(sides)
        for region in found.regions {
            let kind = isAddition ? .addAdd : ConflictKind(rawValue: region.contact.kind)
            regions.append(
                OverlapReport.Region(
                    path: path, kind: kind ?? .overlap,
                    base: region.base.lowerBound + 1..<region.base.upperBound + 1,
                    symbol: Symbol.enclosing(line: region.base.lowerBound, of: base),
                    isConflict: region.hasConflict,
                    sides: region.participants.map { participant in
                        OverlapReport.Side(
                            branch: held[participant.branch].branch,
                            range: participant.side.lowerBound + 1..<participant.side.upperBound
                                + 1,
                            lines: sides[participant.branch].side.text(of: participant.side))
                    }))
        }
        for pair in found.conflictingPairs {
            let kind = isAddition ? .addAdd : ConflictKind(rawValue: pair.contact.kind) ?? .overlap
            verdicts[BranchPair(held[pair.a].branch, held[pair.b].branch)] = .conflict(kind)
        }
    }

    /// A region that is the whole file, since lines do not decide.
    private mutating func addWhole(_ kind: ConflictKind, _ branches: [Int], isConflict: Bool) {
        regions.append(
            OverlapReport.Region(
                path: path, kind: kind, base: 1..<1, symbol: nil, isConflict: isConflict,
                sides: branches.map { OverlapReport.Side(branch: $0, range: 1..<1, lines: []) }))
    }

    private mutating func addBinary(_ held: [(branch: Int, item: TreeItem)]) throws(GitError) {
        addWhole(.binary, held.map(\.branch), isConflict: true)
        for (index, one) in held.enumerated() {
            for other in held[(index + 1)...] where one.item.id != other.item.id {
                verdicts[BranchPair(one.branch, other.branch)] = .conflict(.binary)
            }
        }
    }

    private mutating func ask(_ reason: String, _ branches: [Int]) {
        for (index, one) in branches.enumerated() {
            for other in branches[(index + 1)...] {
                verdicts[BranchPair(one, other)] = .ask(reason: reason)
            }
        }
    }

    private static func kind(ofModes modes: [FileMode]) -> ConflictKind {
        switch Set(modes) {
        case [.link]: .symlink
        case [.submodule]: .submodule
        default: .type
        }
    }
}

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
