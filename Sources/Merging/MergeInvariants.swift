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
    }

    /// Compares a merge's changes against the base with those of the two sides.
    ///
    /// - Parameter renamed: paths that git moved or merged as renames, which these rules cannot judge.
    package static func violation(
        ours: BranchChanges, theirs: BranchChanges, merged: BranchChanges,
        renamesPossible: Bool = false
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
            for change in one.changes where other.byPath[change.path] == nil {
                guard merged.byPath[change.path]?.new == change.new,
                    merged.byPath[change.path] != nil
                else { return .changeLost(change.path) }
            }
        }
        for change in merged.changes
        where ours.byPath[change.path] == nil && theirs.byPath[change.path] == nil {
            return .unasked(change.path)
        }
        return nil
    }
}
