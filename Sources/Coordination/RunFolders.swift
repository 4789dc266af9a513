package import Base
import Git

/// Where a run keeps its files: records beside the repository's objects, trees outside the main worktree.
package struct RunFolders: Hashable, Sendable {
    /// `<common git directory>/treeguild`: ledger, key and records of all runs; 0700.
    package let state: AbsolutePath
    /// Parent of this run's trees: private (0700), with a name that cannot be guessed.
    package let trees: AbsolutePath
    /// Names the records below ``state``.
    package let run: RunID

    /// Makes nothing; ``make()`` does.
    package init(state: AbsolutePath, trees: AbsolutePath, run: RunID) {
        self.state = state
        self.trees = trees
        self.run = run
    }

    /// The state folder of a repository.
    package static func state(inCommonDirectory common: AbsolutePath) -> AbsolutePath {
        common.appending("treeguild")
    }

    /// Records of this run: logs, assignments, results.
    package var records: AbsolutePath { state.appending("runs/\(run)") }

    /// What the run's workers share.
    package var scratchpad: AbsolutePath { trees.appending(".scratchpad") }

    /// Temporary folders, one per tree.
    package var temporary: AbsolutePath { trees.appending(".tmp") }

    /// Where removed trees wait for their deletion.
    package var trash: AbsolutePath { trees.appending(".trash") }

    /// Records of one attempt of a worker, such as `retry/1.0`.
    package func records(of key: String) -> AbsolutePath { records.appending(key) }

    /// Log of a worker or check, by the key of its effect.
    package func log(of key: String) -> AbsolutePath { records(of: key).appending("log") }

    /// Transcript of a model worker, by the key of its effect.
    package func transcript(of key: String) -> AbsolutePath {
        records(of: key).appending("transcript.jsonl")
    }

    /// What resumes an agent program, by the key of its effect.
    package func programRecord(of key: String) -> AbsolutePath {
        records(of: key).appending(ProgramRecord.name)
    }

    /// Makes the folders that a run needs; existing ones are left alone.
    package func make() throws(FileError) {
        try Files.makeFolder(records, mode: 0o700)
        try Files.makeFolder(trees, mode: 0o700)
        try Files.makeFolder(scratchpad, mode: 0o700)
        // A tree whose own .git vanished must not fall through to a repository further up:
        // a broken .git here makes git stop its search with an error.
        let guardFile = trees.appending(".git")
        if Files.kind(of: guardFile) == nil {
            try Files.replace(guardFile, with: Array("gitdir: \(trees)/none\n".utf8))
        }
    }

    /// Deletes the trash, and the run's folder if no tree and no shared file is left in it.
    package func empty() async {
        _ = await TrashFolder(besideTreesIn: trees).empty(olderThan: .now)
        // Temporary files are nobody's work; what cannot be deleted keeps the folder.
        try? Files.removeTree(temporary)
        // What cannot be looked at stays.
        guard let names = try? Files.list(trees),
            names.allSatisfy({ [".git", ".trash", ".scratchpad"].contains($0) }),
            (try? Files.list(scratchpad))?.isEmpty ?? true,
            (try? Files.list(trash))?.isEmpty ?? true
        else { return }
        // Only our own guard file and empty folders are left; a failure leaves a little litter.
        try? Files.removeTree(trees)
    }

    /// Chooses the parent for a repository's trees.
    ///
    /// The user's choice first; else the cache folder when it is on the repository's file system, so that moving into
    /// the trash is a rename; else a folder beside the main worktree; else the cache folder anyway.
    package static func treeParent(
        chosen: AbsolutePath?, near repository: AbsolutePath, cache: AbsolutePath
    ) -> AbsolutePath {
        if let chosen { return chosen }
        let name =
            "\(repository.name)-\(Digest.sha256(Array(repository.description.utf8)).prefix(4).hexadecimal)"
        let cached = cache.appending("treeguild").appending(name)
        if Files.device(of: Files.nearestFolder(to: cached)) == Files.device(of: repository) {
            return cached
        }
        let beside = repository.parent.appending(".treeguild")
        return Files.isWritable(Files.nearestFolder(to: beside)) ? beside.appending(name) : cached
    }
}
