package import Base

extension Worktrees {
    /// Commits everything that a worker left uncommitted, tracked and untracked, on the tree's branch.
    ///
    /// So is what is uncommitted in submodules; their commits are kept under the branch's name in the main
    /// worktree's repository of each. Ignored files, provided files and those of `excluding` stay as they are;
    /// no hook runs, nothing is signed. What is staged and holds something else on disk is kept first, under a
    /// ref of the tree alone, which ``preserve(_:_:)`` finds. The branch moves only from the commit that was
    /// looked at.
    package func commitWork(
        in tree: Worktree, message: String, identity: Identity,
        excluding: Set<RepositoryPath> = [], rules: TreeRules = TreeRules()
    ) async throws(WorktreeError) -> CommittedWork {
        let opened = try WorktreeError.during(.commit, tree.path.description) { try open(tree) }
        let state = await state(of: tree, rules: rules)
        return try await commit(
            tree, in: opened, state, branch: tree.branch ?? "refs/heads/treeguild/\(tree.name)",
            message: message, identity: identity, excluding: excluding)
    }

    /// The same for a tree, or a submodule of one, that was looked at.
    ///
    /// - Parameter branch: under which name the source of each submodule gets its commits.
    func commit(
        _ tree: Worktree, in opened: Repository, _ state: TreeState, branch: String,
        message: String, identity: Identity, excluding: Set<RepositoryPath>
    ) async throws(WorktreeError) -> CommittedWork {
        let blocking = state.inspection.findings.filter(\.blocksCommit)
        guard blocking.isEmpty, let head = state.head else { return .refused(blocking) }
        if state.needsPlainIndex { try await makeIndexPlain(of: tree) }
        let folder = state.folder
        let excluded = excluding.union(folder.nested).union(folder.special)
        let changed = (folder.modified + folder.untracked).filter { !excluded.contains($0) }
        let submodules = try await commitSubmodules(
            of: tree, state, branch: branch, message: message, identity: identity,
            excluding: excluded)
        let left = (folder.nested + folder.special + submodules.left).sorted()
        try await opened.keepSuperseded(state, head: head, of: tree)
        let rest = try await opened.stage(
            changed, deleted: folder.deleted.filter { !excluded.contains($0) },
            submodules: submodules.heads, withoutSubmodules: folder.nested, of: tree)
        if !rest.isEmpty {
            guard let git else {
                throw WorktreeError(.commit, tree.path.description, .needsGit(rest))
            }
            try await git.runToSuccess(
                Worktrees.plainly + ["update-index", "--add", "--remove", "-z", "--stdin"],
                in: tree.path,
                input: rest.flatMap { $0.bytes + [0] }, stage: .commit)
        }
        let written = try await writeIndexOfPartialClone(tree, opened)
        let commit = try await opened.commitIndex(
            of: tree, on: head, written: written, message: message, identity: identity)
        return commit.map { .committed($0, leftOut: left) } ?? .nothing(leftOut: left)
    }
}

extension TreeInspection.Finding {
    /// True when a commit of all that is there would hide something.
    fileprivate var blocksCommit: Bool {
        switch self {
        case .unmerged, .inProgress, .headElsewhere, .unknown, .settings: true
        default: false
        }
    }
}
