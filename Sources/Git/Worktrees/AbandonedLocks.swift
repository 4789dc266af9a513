import Base

extension Repository {
    /// Removes the lock files that killed programs left on refs below `prefix`, such as `refs/heads/treeguild/r1`.
    ///
    /// Only for names that belong to the caller alone, while no process of its is at work on them: a lock of a living
    /// owner is not told apart. What is not an ordinary file or folder is neither removed nor followed.
    package nonisolated func removeAbandonedLocks(below prefix: String) {
        Self.removeLocks(in: layout.commonDirectory.appending(prefix), deeply: true)
    }

    private static func removeLocks(in folder: AbsolutePath, deeply: Bool) {
        guard Files.kind(of: folder) == .folder else { return }
        // A folder that cannot be listed keeps its locks: who needs one of them says so.
        guard let names = try? Files.list(folder) else { return }
        for name in names {
            let path = folder.appending(name)
            switch Files.kind(of: path) {
            case .file where name.hasSuffix(".lock"): remove(lock: path)
            case .folder where deeply: removeLocks(in: path, deeply: true)
            default: break
            }
        }
    }

    fileprivate nonisolated func removeAbandonedLocks(of tree: Worktree) {
        Self.removeLocks(in: tree.registration(in: layout.commonDirectory), deeply: false)
        guard let branch = tree.branch else { return }
        let lock = layout.commonDirectory.appending(branch + ".lock")
        if Files.kind(of: lock) == .file { Self.remove(lock: lock) }
    }

    private static func remove(lock: AbsolutePath) {
        // One that stays is met, and named, by whoever needs it next.
        try? Files.removeFile(lock)
    }
}

extension Worktrees {
    /// Removes the lock files that killed programs left on a tree's index, `HEAD` and branch.
    ///
    /// To be called while no process works in the tree.
    package nonisolated func removeAbandonedLocks(of tree: Worktree) {
        repository.removeAbandonedLocks(of: tree)
    }
}
