import Base

/// Carrying a tree's work in submodules to where it outlives the tree: the main worktree's repository of each.
extension Worktrees {
    /// Gives a submodule's commit, and all that it leads to, to the source under a ref; returns the ref's name.
    ///
    /// A name that holds something else gets a number, unless the commit goes on from that.
    func keep(
        _ id: ObjectID, of submodule: SubmoduleState, as name: String, stage: WorktreeStage
    ) async throws(WorktreeError) -> String {
        let subject = submodule.tree.path.description
        guard let git else { throw WorktreeError(stage, subject, .needsGit([submodule.path])) }
        let (source, own) = (submodule.source, submodule.repository)
        return try await WorktreeError.during(stage, subject) {
            var (ref, number) = (name, 2)
            while let found = try await source.target(of: ref) {
                if found == id { return ref }
                if try await own.isAncestor(found, of: id) { break }
                ref = "\(name)-\(number)"
                number += 1
            }
            let sent = "refs/treeguild/sent/" + Digest.random(6).hexadecimal
            try await own.createReference(sent, at: id, reason: "treeguild: keep")
            do {
                try await git.runToSuccess(
                    [
                        "-c", "protocol.file.allow=always", "fetch", "-q", "--no-tags",
                        "--no-write-fetch-head", "--no-recurse-submodules",
                        own.layout.gitDirectory.description, "\(sent):\(ref)",
                    ], in: source.layout.gitDirectory, stage: stage)
            } catch {
                // The name holds nothing that the tree has not.
                try? await own.deleteReference(sent, at: id)
                throw error
            }
            try await own.deleteReference(sent, at: id)
            return ref
        }
    }

    /// Commits what is uncommitted in submodules, and keeps their commits under the tree's branch.
    ///
    /// - Returns: what the index is to name, and submodules whose work no commit can hold.
    func commitSubmodules(
        of tree: Worktree, _ state: TreeState, branch: String, message: String, identity: Identity,
        excluding excluded: Set<RepositoryPath>
    ) async throws(WorktreeError) -> (heads: [RepositoryPath: ObjectID], left: [RepositoryPath]) {
        var heads: [RepositoryPath: ObjectID] = [:]
        var left: [RepositoryPath] = []
        for submodule in state.submodules
        where submodule.holdsWork && !excluded.contains(submodule.path) {
            var head = submodule.head
            if submodule.isDirty {
                let result = try await commit(
                    submodule.tree, in: submodule.repository, submodule.state, branch: branch,
                    message: message, identity: identity, excluding: [])
                switch result {
                case .refused: left.append(submodule.path)
                case .committed(let id, let inner):
                    head = id
                    left += inner.map { $0.below(submodule.path) }
                case .nothing(let inner): left += inner.map { $0.below(submodule.path) }
                }
            }
            guard let head, !left.contains(submodule.path) else { continue }
            _ = try await keep(head, of: submodule, as: branch, stage: .commit)
            heads[submodule.path] = head
        }
        return (heads, left)
    }

    /// Preserves the work in submodules; nil when all of it is kept.
    ///
    /// - Parameter heads: gets what the preserved commit is to name.
    func preserveSubmodules(
        _ state: TreeState, _ request: PreservationRequest,
        heads: inout [RepositoryPath: ObjectID]
    ) async throws(WorktreeError) -> Preservation? {
        for submodule in state.submodules {
            guard submodule.holdsWork else {
                if state.staged.contains(submodule.path) {
                    heads[submodule.path] = submodule.head
                }
                continue
            }
            let inner = PreservationRequest(
                ref: request.ref, subject: "\(request.subject) in \(submodule.path)",
                reason: request.reason, limit: request.limit,
                rules: TreeRules(isBuildOutput: request.rules.isBuildOutput),
                leavesOut: request.leavesOut)
            let result = try await preserve(
                submodule.tree, in: submodule.repository, submodule.state, inner)
            switch result {
            case .stored(_, let commit):
                _ = try await keep(commit, of: submodule, as: request.ref, stage: .preserve)
                heads[submodule.path] = commit
            case .impossible(let paths):
                return .impossible(paths.map { $0.below(submodule.path) })
            case .tooLarge: return result
            }
        }
        return nil
    }

    /// Puts submodules of a tree that was made anew where the preserved commit has them.
    ///
    /// - Returns: paths that are no names for files of a worktree, and so were not written.
    func restoreSubmodules(
        _ changes: [TreeChange], of tree: Worktree
    ) async throws(WorktreeError) -> [RepositoryPath] {
        var left: [RepositoryPath] = []
        for change in changes {
            guard let new = change.new, new.mode == .submodule else { continue }
            let folder = tree.path.appending(change.path.description)
            // Without a repository there the folder stays empty, as it is in the main worktree.
            guard Files.kind(of: folder.appending(".git")) == .file else { continue }
            left += try await restoreSubmodule(
                new.id,
                in: Worktree(
                    name: tree.name, path: folder, branch: nil, base: new.id, lockReason: "")
            ).map { $0.below(change.path) }
        }
        return left
    }

    private func restoreSubmodule(
        _ id: ObjectID, in tree: Worktree
    ) async throws(WorktreeError) -> [RepositoryPath] {
        guard let git else { throw WorktreeError(.restore, tree.path.description, .needsGit([])) }
        let (start, changes) = try await WorktreeError.during(.restore, tree.path.description) {
            let opened = try Repository(at: tree.path)
            let found = try await opened.commit(id)
            guard let parent = found.parents.first, found.isPreservedWork else {
                return (id, [TreeChange]())
            }
            return (
                parent, try await opened.changes(from: opened.commit(parent).tree, to: found.tree)
            )
        }
        let opened = try WorktreeError.during(.restore, tree.path.description) {
            try Repository(at: tree.path)
        }
        try await WorktreeError.during(.restore, tree.path.description) {
            // git leaves the folder of a submodule that the new commit has not; it was just made.
            for gone in try await opened.submodulesGone(at: start) {
                try Files.removeTree(tree.path.appending(gone.description))
            }
        }
        try await git.runToSuccess(
            ["checkout", "-q", "-f", "--detach", start.description], in: tree.path,
            stage: .restore)
        return try await opened.write(changes, into: tree)
            + restoreSubmodules(changes, of: tree)
    }
}

extension Repository {
    /// Submodules of `HEAD` that another commit has not.
    fileprivate func submodulesGone(at id: ObjectID) throws(GitError) -> [RepositoryPath] {
        try changes(from: commit(commit(named: "HEAD")).tree, to: commit(id).tree)
            .filter { $0.old?.mode == .submodule && $0.new?.mode != .submodule }.map(\.path)
    }
}

extension Commit {
    /// True for a commit that ``Worktrees/preserve(_:_:)`` made: its first parent is what was checked out.
    var isPreservedWork: Bool {
        message.contains("\nGet it back with: treeguild undo ")
    }
}

extension RepositoryPath {
    /// The same path seen from the folder above `folder`.
    func below(_ folder: RepositoryPath) -> RepositoryPath {
        RepositoryPath(bytes: folder.bytes + [UInt8(ascii: "/")] + bytes)
    }
}
