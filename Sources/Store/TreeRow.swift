package import Base

/// One worktree of a run as recorded last.
package struct TreeRow: Equatable, Sendable {
    /// The run that made it; names are unique within the run.
    package let run: RunID
    /// The task that works in it, or a role such as `verifier`.
    package let name: String
    /// Where it is, or was before it was removed.
    package var path: AbsolutePath
    /// The whole name of its branch; nil for a detached `HEAD`.
    package var branch: String?
    /// The whole ID of the commit that it starts from.
    package var base: String
    /// How far it has come; `reason` says why.
    package var state: State
    /// Why it is in that state.
    package var reason: String?
    /// Where its work is preserved.
    package var ref: String?
    /// Where its files wait to be undone or removed.
    package var trash: AbsolutePath?
    /// Set by the ledger.
    package var updated: Timestamp

    /// Where a worktree stands.
    package enum State: String, Sendable, CaseIterable {
        case creating, ready, collected, kept, trashed, removed
    }

    /// `updated` is set by the ledger: what is given here is not recorded.
    package init(
        run: RunID, name: String, path: AbsolutePath, branch: String? = nil, base: String,
        state: State, reason: String? = nil, ref: String? = nil, trash: AbsolutePath? = nil,
        updated: Timestamp = Timestamp(milliseconds: 0)
    ) {
        self.run = run
        self.name = name
        self.path = path
        self.branch = branch
        self.base = base
        self.state = state
        self.reason = reason
        self.ref = ref
        self.trash = trash
        self.updated = updated
    }
}
