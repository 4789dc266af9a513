package import Base
package import Git

/// What must hold of every clean merge, whichever engine made it.
package enum MergeInvariants {
    /// The first rule that a merge broke.
    package enum Violation: Hashable, Sendable {
        /// One side alone changed the path, and the merge holds something else there.
        case changeLost(RepositoryPath)
        /// The merge changed a path that neither side changed.
        case unasked(RepositoryPath)
        /// A path is a file and a folder at once.
        case fileIsFolder(RepositoryPath)
        /// A line that one side added to the path is nowhere in what the merge changed.
        case linesLost(RepositoryPath)

        /// Where it broke.
        var path: RepositoryPath {
            switch self {
            case .changeLost(let path), .unasked(let path), .fileIsFolder(let path),
                .linesLost(let path):
                path
            }
        }
    }

    /// Compares a merge's changes against the base with those of the two sides.
    ///
    /// - Parameters:
    ///   - stopped: paths where the merge stopped, and where it put what was in the way.
    ///   - renamesPossible: git may have moved files, whose paths these rules cannot judge.
    package static func violation(
        ours: BranchChanges, theirs: BranchChanges, merged: BranchChanges,
        stopped: Set<RepositoryPath> = [], renamesPossible: Bool = false
    ) -> Violation? {
        var files: Set<RepositoryPath> = []
        for change in merged.changes where change.new != nil { files.insert(change.path) }
        for path in files {
            var above = path.parent
            while let folder = above {
                if files.contains(folder) { return .fileIsFolder(folder) }
                above = folder.parent
            }
        }
        if renamesPossible { return nil }
        for (one, other) in [(ours, theirs), (theirs, ours)] {
            for change in one.changes
            where other.byPath[change.path] == nil && !stopped.contains(change.path) {
                guard merged.byPath[change.path]?.new == change.new,
                    merged.byPath[change.path] != nil
                else { return .changeLost(change.path) }
            }
        }
        for change in merged.changes
        where ours.byPath[change.path] == nil && theirs.byPath[change.path] == nil
            && !stopped.contains(change.path)
        {
            return .unasked(change.path)
        }
        return nil
    }
}

extension Repository {
    /// What a clean merge of git's breaks, which may have moved files.
    ///
    /// - Parameter keepsLines: false where a merge may drop lines that one side added.
    func violation(
        base: ObjectID, ours: ObjectID, theirs: ObjectID, tree: ObjectID, keepsLines: Bool
    ) throws(GitError) -> MergeInvariants.Violation? {
        let old = try commit(base).tree
        let merged = try branchChanges(from: old, to: tree)
        let (one, other) = (
            try branchChanges(from: old, to: commit(ours).tree),
            try branchChanges(from: old, to: commit(theirs).tree)
        )
        guard keepsLines else {
            return MergeInvariants.violation(
                ours: one, theirs: other, merged: merged, renamesPossible: true)
        }
        return try violation(ours: one, theirs: other, merged: merged, renamesPossible: true)
    }

    /// The first of ``MergeInvariants`` that a merge breaks, lines that got lost included.
    func violation(
        ours: BranchChanges, theirs: BranchChanges, merged: BranchChanges,
        conflicts: [ConflictedPath] = [], renamesPossible: Bool = false
    ) throws(GitError) -> MergeInvariants.Violation? {
        let stopped = Set(conflicts.flatMap { [$0.path] + $0.placedAt })
        let broken = MergeInvariants.violation(
            ours: ours, theirs: theirs, merged: merged, stopped: stopped,
            renamesPossible: renamesPossible)
        if let broken { return broken }
        var lines = AddedLines(merged)
        for (one, other) in [(ours, theirs), (theirs, ours)] {
            for change in one.changes
            where other.byPath[change.path] != nil && !stopped.contains(change.path) {
                if try !lines.hold(change, elsewhere: renamesPossible, in: self) {
                    return .linesLost(change.path)
                }
            }
        }
        return nil
    }
}

/// The lines of the files that a merge changed.
private struct AddedLines {
    private let merged: BranchChanges
    private var lines: [RepositoryPath: Set<ArraySlice<UInt8>>] = [:]

    init(_ merged: BranchChanges) { self.merged = merged }

    /// Whether every line that the side added to the file is in the merged file, or in any that the merge changed.
    mutating func hold(
        _ change: TreeChange, elsewhere: Bool, in repository: isolated Repository
    ) throws(GitError) -> Bool {
        guard let new = change.new, new.mode.isRegular,
            merged.byPath[change.path]?.new?.id != new.id
        else { return true }
        let table = LineTable(try repository.blob(new.id))
        let old = LineTable(
            try change.old.map { item throws(GitError) in
                item.mode.isRegular ? try repository.blob(item.id) : []
            } ?? [])
        if table.isBinary || old.isBinary { return true }
        let before = Set(old.contents)
        let added = table.contents.filter { !before.contains($0) }
        if added.isEmpty { return true }
        let here = try contents(at: change.path, in: repository)
        let missing = added.filter { !here.contains($0) }
        guard elsewhere, !missing.isEmpty else { return missing.isEmpty }
        var rest = Set(missing)
        for other in merged.changes where !rest.isEmpty {
            rest.subtract(try contents(at: other.path, in: repository))
        }
        return rest.isEmpty
    }

    private mutating func contents(
        at path: RepositoryPath, in repository: isolated Repository
    ) throws(GitError) -> Set<ArraySlice<UInt8>> {
        if let known = lines[path] { return known }
        guard let item = merged.byPath[path]?.new, item.mode.isRegular else { return [] }
        let found = Set(LineTable(try repository.blob(item.id)).contents)
        lines[path] = found
        return found
    }
}

extension LineTable {
    /// Lines without their line ends, which a merge may add to the last line.
    fileprivate var contents: [ArraySlice<UInt8>] {
        (0..<count).map { line in
            var bytes = self.bytes(of: line..<line + 1)
            if bytes.last == 0x0a { bytes.removeLast() }
            return bytes
        }
    }
}
