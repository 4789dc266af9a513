package import Base

/// What became of the wish to preserve a tree's uncommitted work.
package enum Preservation: Hashable, Sendable {
    /// All of it is under this ref; the commit is new unless an earlier call had stored the same.
    case stored(ref: String, commit: ObjectID)
    /// There is more than the limit, in bytes; nothing was stored.
    case tooLarge(bytes: Int, limit: Int)
    /// These cannot be stored (unreadable, repositories of their own, sockets), so nothing was:
    /// the tree has to stay.
    case impossible([RepositoryPath])
}

/// How to preserve a tree.
package struct PreservationRequest: Sendable {
    /// Whole name of the ref; when it is taken by something else, a number is appended.
    package let ref: String
    /// Whose work it is, for the message, such as `run/task`.
    package let subject: String
    /// Why the tree goes, for the message.
    package let reason: String
    /// Bytes of file content above which nothing is stored.
    package let limit: Int
    /// Which ignored and provided files are nobody's work.
    package let rules: TreeRules

    /// Whether to store the rest where something cannot be stored; then nothing is ``Preservation/impossible(_:)``.
    package let leavesOut: Bool

    /// - Parameter limit: 10 MB by default: what is larger is seldom anyone's writing.
    package init(
        ref: String, subject: String, reason: String, limit: Int = 10_000_000,
        rules: TreeRules = TreeRules(), leavesOut: Bool = false
    ) {
        self.leavesOut = leavesOut
        self.ref = ref
        self.subject = subject
        self.reason = reason
        self.limit = limit
        self.rules = rules
    }
}

extension Worktrees {
    /// Stores all of a tree's work that no branch holds under a ref, byte for byte: uncommitted changes, untracked
    /// files, ignored ones that are neither provided nor build output, the index where it differs, commits that
    /// only the tree's reflog or own refs lead to. The same for each submodule, under a ref of the same name in the
    /// main worktree's repository of it.
    ///
    /// The tree, its index and the user's stash are only read. Calling again with nothing new changes nothing.
    package func preserve(
        _ tree: Worktree, _ request: PreservationRequest
    ) async throws(WorktreeError) -> Preservation {
        let opened = try WorktreeError.during(.preserve, tree.path.description) { try open(tree) }
        let state = await state(of: tree, rules: request.rules)
        return try await preserve(tree, in: opened, state, request)
    }

    /// The same for a tree, or a submodule of one, that was looked at.
    func preserve(
        _ tree: Worktree, in opened: Repository, _ found: TreeState, _ request: PreservationRequest
    ) async throws(WorktreeError) -> Preservation {
        var state = found
        // A filter that cannot be run is no reason to lose the file: raw bytes are stored anyway.
        state.folder.modified += state.folder.undecided.map(\.path)
        state.folder.undecided = []
        var heads: [RepositoryPath: ObjectID] = [:]
        if let refused = try await preserveSubmodules(state, request, heads: &heads) {
            return refused
        }
        let (whole, submodules) = (state, heads)
        guard whole.needsPlainIndex else {
            return try await opened.preserve(tree, whole, submodules: submodules, request)
        }
        return try await withPlainIndex(of: tree, in: opened, stage: .preserve) {
            try await opened.preserve(tree, whole, submodules: submodules, request)
        }
    }
}
