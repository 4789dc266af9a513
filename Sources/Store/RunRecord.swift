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

    package var status: RunStatus { self == .completed ? .completed : .failed }
}

/// One run as recorded.
package struct RunRecord: Equatable, Sendable {
    package let id: RunID
    /// What was asked for, such as `run` or `merge`.
    package let kind: String
    package let status: RunStatus
    /// The whole ID of the commit that everything starts from.
    package let base: String
    package let plan: JSON
    package let options: JSON
    /// The identity of the process that works on it, as its maker spells it.
    package let owner: String
    package let started: Timestamp
    /// Nil while it is running or interrupted.
    package let ended: Timestamp?
    package let result: JSON?
}
