package import Base

/// Where a run stands.
package enum RunStatus: String, Sendable, CaseIterable {
    case running, completed, failed
    /// Stopped before its end; it can be taken over.
    case interrupted
}

/// How a run can end.
package enum RunOutcome: String, Sendable, CaseIterable {
    case completed, failed

    /// The status that a run with this outcome has from then on.
    package var status: RunStatus { self == .completed ? .completed : .failed }
}

/// One run as recorded.
package struct RunRecord: Equatable, Sendable {
    /// Unique in the ledger, never used again.
    package let id: RunID
    /// What was asked for, such as `run` or `merge`.
    package let kind: String
    /// Where it stood when it was read.
    package let status: RunStatus
    /// The whole ID of the commit that everything starts from.
    package let base: String
    /// The checked plan as it was at the start; later changes of its file do not count.
    package let plan: JSON
    /// What the command line added that the plan does not say.
    package let options: JSON
    /// The identity of the process that works on it, as its maker spells it.
    package let owner: String
    /// When it was first started; a resumed run keeps it.
    package let started: Timestamp
    /// Nil while it is running or interrupted.
    package let ended: Timestamp?
    /// What the caller recorded at the end; nil before.
    package let result: JSON?
}
