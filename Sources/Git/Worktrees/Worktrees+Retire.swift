import Base

extension Worktrees {
    /// Moves a tree and its registration into the trash beside it; nothing is deleted, branches stay.
    ///
    /// Called again after it was interrupted at any point it goes on; after it was done it returns the same.
    /// - Throws: `.mismatch` when the folder or the registration belongs to another, `.locked` when
    ///   somebody else locked it, `.missing` when there is no such tree.
    package func retire(
        _ tree: Worktree, reason: String
    ) async throws(WorktreeError) -> TrashedTree {
        try await repository.retire(tree, reason: reason)
    }

    /// Throws as ``retire(_:reason:)`` does for a tree that is another's or that somebody else locked; moves nothing.
    package func checkOwnership(of tree: Worktree) async throws(WorktreeError) {
        try await repository.checkOwnership(of: tree)
    }

    /// Brings a tree out of the trash: folder, registration with index and reflogs, and its branch if that is gone.
    ///
    /// Called again after an interruption it goes on.
    /// - Throws: `.exists` when something is in the way, `.mismatch` when its branch has moved.
    package func restore(_ trashed: TrashedTree) async throws(WorktreeError) -> Worktree {
        try await repository.restore(trashed)
        return trashed.tree
    }

    /// Deletes the branch of a tree if it still names `id`; nothing when it is gone already.
    package func deleteBranch(
        of tree: Worktree, at id: ObjectID
    ) async throws(WorktreeError) {
        guard let branch = tree.branch else { return }
        try await repository.deleteBranch(branch, at: id)
    }

    /// Puts what a killed call left of a tree into the trash, so that it can be made anew.
    package func discardUnfinished(_ tree: Worktree) async throws(WorktreeError) {
        try await repository.discardUnfinished(tree)
    }
}

extension Repository {
    /// Steps of retiring, each found done or finished: entry with facts, folder, registration.
    func retire(_ tree: Worktree, reason: String) throws(WorktreeError) -> TrashedTree {
        let registration = tree.registration(in: layout.commonDirectory)
        let hasFolder = Files.kind(of: tree.path) != nil
        let hasRegistration = Files.kind(of: registration) != nil
        if let begun = TrashFolder.entries(for: tree).first(where: {
            $0.holdsFolder && $0.isUnfinished || !hasFolder && !hasRegistration
        }) {
            if hasFolder || hasRegistration { try checkOwnership(of: tree) }
            try moveToTrash(begun)
            return begun
        }
        guard hasRegistration else {
            throw WorktreeError(.retire, registration.description, .missing)
        }
        try checkOwnership(of: tree)
        let trashed = try beginRetiring(tree, reason: reason)
        try moveToTrash(trashed)
        return trashed
    }

    /// Throws unless folder and registration, as far as they are there, are each other's and not locked by another.
    func checkOwnership(of tree: Worktree) throws(WorktreeError) {
        let registration = tree.registration(in: layout.commonDirectory)
        let link = Repository.canonical(tree.path.appending(".git"))
        func expect(_ found: AbsolutePath?, _ wanted: AbsolutePath) throws(WorktreeError) {
            guard found != wanted else { return }
            throw WorktreeError(
                .retire, tree.path.description,
                .mismatch(
                    expected: wanted.description, found: found?.description ?? "nothing"))
        }
        if Files.kind(of: tree.path) != nil {
            try expect(pointer(in: link, prefix: "gitdir: "), registration)
        }
        guard Files.kind(of: registration) != nil else { return }
        try expect(pointer(in: registration.appending("gitdir"), prefix: ""), link)
        let lock = registration.appending("locked")
        guard Files.kind(of: lock) != nil else { return }
        let bytes = try WorktreeError.during(.retire, lock.description) {
            try Files.read(lock, limit: 1 << 16)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let reason = text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard reason == tree.lockReason else {
            throw WorktreeError(.retire, tree.path.description, .locked(reason: reason))
        }
    }

    /// Makes the entry with the facts; nothing has moved yet.
    func beginRetiring(_ tree: Worktree, reason: String) throws(WorktreeError) -> TrashedTree {
        let trash = TrashedTree.trash(of: tree)
        // A damaged HEAD must not keep the tree from the trash.
        let head = try? RepositoryHandle(linked: tree, common: layout.commonDirectory).headNames()
        return try WorktreeError.during(.retire, trash.description) {
            try Files.makeFolder(trash, mode: 0o700)
            let trashed = TrashedTree(
                entry: try Files.makePrivateFolder(in: trash, prefix: tree.name + "-"),
                tree: tree, headBranch: head?.branch, head: head?.id, reason: reason, time: .now)
            try Files.replace(
                trashed.entry.appending(TrashedTree.factsName), with: trashed.json.compact.utf8)
            return trashed
        }
    }

    /// Moves folder and registration; what has moved already is left.
    private func moveToTrash(_ trashed: TrashedTree) throws(WorktreeError) {
        try moveFolderToTrash(trashed)
        let registration = trashed.tree.registration(in: layout.commonDirectory)
        guard Files.kind(of: registration) != nil else { return }
        try WorktreeError.during(.retire, registration.description) {
            try TrashFolder.move(registration, to: trashed.registration)
        }
    }

    func moveFolderToTrash(_ trashed: TrashedTree) throws(WorktreeError) {
        guard Files.kind(of: trashed.tree.path) != nil, Files.kind(of: trashed.folder) == nil
        else { return }
        try WorktreeError.during(.retire, trashed.tree.path.description) {
            try Files.rename(trashed.tree.path, to: trashed.folder)
        }
    }

    /// What is left of a killed making: folder and registration go to the trash if they are that tree's or empty.
    func discardUnfinished(_ tree: Worktree) throws(WorktreeError) {
        let registration = tree.registration(in: layout.commonDirectory)
        let link = Repository.canonical(tree.path.appending(".git"))
        if Files.kind(of: link) == nil, Files.kind(of: tree.path) == .folder {
            rmdirIfEmpty(tree.path)
        }
        let known = pointer(in: registration.appending("gitdir"), prefix: "")
        let hasFolder = Files.kind(of: tree.path) != nil
        if hasFolder, pointer(in: link, prefix: "gitdir: ") != registration {
            throw WorktreeError(.inspect, tree.path.description, .exists)
        }
        let hasRegistration = Files.kind(of: registration) != nil
        if hasRegistration, known != nil, known != link {
            throw WorktreeError(.inspect, registration.description, .exists)
        }
        if hasFolder || hasRegistration {
            try moveToTrash(beginRetiring(tree, reason: "interrupted while it was made"))
        }
        guard tree.branch == nil else { return }
        try retryingContention { () throws(WorktreeError) in
            try WorktreeError.during(.retire, tree.name) { try removeStart(of: tree.name) }
        }
    }

    func deleteBranch(_ branch: String, at id: ObjectID) throws(WorktreeError) {
        try retryingContention { () throws(WorktreeError) in
            try WorktreeError.during(.retire, branch) { try deleteReference(branch, at: id) }
        }
    }
}
