import Base

extension Worktrees {
    /// Makes a tree out of the files of a retired one; false when that cannot be, and nothing is made then.
    ///
    /// The tree gets a registration and a branch of its own, so nothing of the old one's history, settings and locks
    /// is left. In its folder every file is compared with the base: what differs in content, mode, owner or links,
    /// and what the base does not have, moves into the trash beside the old registration, and the index is written
    /// anew. What cannot be looked at ends it. The retired tree's work must be preserved before.
    package func make(_ tree: Worktree, reusing retired: TrashedTree) async -> Bool {
        do throws(WorktreeError) {
            _ = try await make(tree, adoptingBranch: false, reusing: retired)
            return true
        } catch {
            // Whatever the reason: a tree made anew is as good, and if it cannot be made that says why.
            return false
        }
    }

    func takeOver(
        _ retired: TrashedTree, as tree: Worktree
    ) async throws(WorktreeError) {
        await WriterThreads.shared.enter()
        defer { WriterThreads.shared.leave() }
        try await repository.takeOver(retired, as: tree)
    }
}

extension Repository {
    /// Puts a retired tree's folder in the place of a registered tree's empty one, and resets it to the base.
    func takeOver(_ retired: TrashedTree, as tree: Worktree) throws(WorktreeError) {
        try WorktreeError.during(.files, tree.path.description) {
            let isUsual =
                try worktreeSettings() == nil && !isPartialClone()
            // Folders of submodules lead to the repositories below the old registration, and come back with it alone.
            let hasModules = Files.kind(of: retired.registration.appending("modules")) != nil
            guard isUsual, !hasModules, retired.holdsFolder else {
                throw WorktreeError(.files, retired.folder.description, .missing)
            }
            let registration = tree.registration(in: layout.commonDirectory)
            guard let files = try baseFiles(of: tree), !files.template.hasSubmodules else {
                throw WorktreeError(.files, tree.path.description, .needsGit([]))
            }
            let fresh = try FreshFile(in: retired.entry, folder: tree.path)
            try exchangeFolder(of: retired, with: tree)
            let writing = try FileWriting(of: files, into: tree.path, registration: registration)
            if files.filtering { try writing.writeIndex() }
            let written = WrittenTrees.take(
                retired.tree.registration(in: layout.commonDirectory))
            var reset = try TreeReset(
                of: files, at: tree.path, fresh: fresh, written: written, modified: writing.past,
                registration: registration, leftovers: retired.entry.appending("leftovers"))
            try reset.run()
            writing.keep(reset.kept, folders: reset.folders)
            waitForTick(after: try writing.run())
            guard writing.needingGit.isEmpty else {
                throw WorktreeError(
                    .files, tree.path.description, .needsGit(writing.needingGit))
            }
            try writing.writeIndex()
            if !files.filtering {
                WrittenTrees.remember(writing.written(doubtful: reset.doubtful), of: registration)
            }
        }
    }

    /// The retired folder names the new registration before it is moved, so that at every moment what lies at the
    /// tree's path is the tree's.
    private func exchangeFolder(of retired: TrashedTree, with tree: Worktree) throws {
        let link = tree.path.appending(".git")
        let text = try Files.read(link, limit: 1 << 16)
        let old = retired.folder.appending(".git")
        guard Files.kind(of: old) == .file, retired.tree.base != .zero else {
            throw WorktreeError(.files, old.description, .missing)
        }
        try Files.removeFile(old)
        try Files.create(old, with: text)
        try Files.removeFile(link)
        try Files.removeTree(tree.path)
        try Files.rename(retired.folder, to: tree.path)
    }
}
