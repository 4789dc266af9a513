package import Base
import Glibc

extension Worktrees {
    /// Makes a tree anew from a preserved ref: its folder holds every preserved byte, as uncommitted changes over the
    /// commit that the tree was on. The ref stays.
    ///
    /// The tree's branch is made at that commit, or taken if it is there and names it. Paths that git lets nobody
    /// write, such as `.GIT/x`, are left out and returned.
    /// - Parameter resuming: an earlier call with the same facts was killed; what it left goes to the trash.
    package func restore(
        preserved ref: String, as tree: Worktree, resuming: Bool = false
    ) async throws(WorktreeError) -> (tree: Worktree, left: [RepositoryPath]) {
        let (start, changes, unfiltered) = try await repository.preservedChanges(ref)
        let atStart = Worktree(
            name: tree.name, path: tree.path, branch: tree.branch, base: start,
            lockReason: tree.lockReason)
        if resuming { try await discardUnfinished(atStart) }
        _ = try await make(atStart, adoptingBranch: true)
        do throws(WorktreeError) {
            var left = try await repository.write(changes, into: tree)
            try await repository.write(unfiltered: unfiltered, into: tree)
            left += try await restoreSubmodules(changes, of: tree)
            return (tree, left)
        } catch {
            // Nothing in it is anyone's work: the ref still holds all.
            _ = try? await retire(atStart, reason: "failed restoration of \(ref)")
            throw error
        }
    }
}

extension Repository {
    /// The commit a preserved tree was on, what its files differ in from that, and files to be written as they are
    /// although the commit has the same.
    func preservedChanges(
        _ ref: String
    ) throws(WorktreeError) -> (
        start: ObjectID, changes: [TreeChange], unfiltered: [TreeChange]
    ) {
        try WorktreeError.during(.restore, ref) {
            guard let id = try target(of: ref) else { throw GitError(.notFound, "read ref", ref) }
            let preserved = try commit(id)
            guard let start = preserved.parents.first else {
                throw GitError(.invalid, "read preserved work", ref)
            }
            let beside = UnfilteredFiles.commit(of: preserved)
            return (
                start, try changes(from: commit(start).tree, to: preserved.tree),
                try beside.map { id throws(GitError) in try files(of: commit(id).tree) } ?? []
            )
        }
    }

    /// Puts preserved contents into a tree that was just made, without filters.
    ///
    /// - Returns: paths that are no names for files of a worktree, and so were not written.
    func write(
        _ changes: [TreeChange], into tree: Worktree
    ) throws(WorktreeError) -> [RepositoryPath] {
        let (safe, left) = (
            changes.filter { FileWriting.isSafe($0.path.bytes) },
            changes.map(\.path).filter { !FileWriting.isSafe($0.bytes) }
        )
        try WorktreeError.during(.restore, tree.path.description) {
            let root = try FolderListing.open(tree.path)
            defer { close(root) }
            for change in safe {
                // All that changes goes first, so that no old link lies on the way of a new file.
                guard let old = change.old, old.mode != .submodule else { continue }
                try TreeFile.remove(change.path, below: root)
            }
            for change in safe {
                guard let new = change.new, new.mode != .submodule else { continue }
                try TreeFile.create(
                    change.path, below: root, mode: new.mode, bytes: blob(new.id))
            }
        }
        return left
    }
}
