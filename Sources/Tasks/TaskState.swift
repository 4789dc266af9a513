package import Base

/// Where a task is in its life.
///
/// pending → running → completed, failed or killed; a failure that may be retried goes back to
/// pending. What waits for a task that did not complete is skipped. An ended task can be revived.
package enum TaskState: Hashable, Sendable {
    /// Waits for its start as this attempt, counted from 1.
    case pending(attempt: Int)
    case running(attempt: Int)
    case completed(changed: Bool)
    /// After so many attempts.
    case failed(FailureReason, attempts: Int)
    case killed
    /// Because this task did not complete: the one that failed, however long the chain from it.
    case skipped(because: TaskID)

    /// A task that nobody has started.
    package static let initial = TaskState.pending(attempt: 1)

    /// True when only ``revived()`` leads on.
    package var isTerminal: Bool {
        switch self {
        case .pending, .running: false
        case .completed, .failed, .killed, .skipped: true
        }
    }

    /// True while a worker has it.
    package var isRunning: Bool { if case .running = self { true } else { false } }

    /// The word for it in reports and in the ledger.
    package var status: TaskStatus {
        switch self {
        case .pending: .pending
        case .running: .running
        case .completed: .completed
        case .failed: .failed
        case .killed: .killed
        case .skipped: .skipped
        }
    }
}

/// The words for task states in reports.
package enum TaskStatus: String, CaseIterable, Sendable {
    case pending, running, completed, failed, killed, skipped
}

/// An event that the state does not allow.
package struct InvalidTransition: Error, Hashable, Sendable {
    /// The state, unchanged.
    package let from: TaskState
    /// The name of the method.
    package let event: String
}

// Events.
extension TaskState {
    /// Takes up a pending task; returns the attempt that now runs.
    @discardableResult
    package mutating func started() throws(InvalidTransition) -> Int {
        guard case .pending(let attempt) = self else { throw refusal("started") }
        self = .running(attempt: attempt)
        return attempt
    }

    /// Ends a running task; `changed` says whether its tree differs from what it started from.
    package mutating func completed(changed: Bool) throws(InvalidTransition) {
        guard case .running = self else { throw refusal("completed") }
        self = .completed(changed: changed)
    }

    /// Ends a running task, or makes it pending for its next attempt: when the reason allows one
    /// and `retries`, the task's own number, is not used up.
    package mutating func failed(_ reason: FailureReason, retries: Int) throws(InvalidTransition) {
        guard case .running(let attempt) = self else { throw refusal("failed") }
        self =
            reason.code.isRetryable && attempt <= retries
            ? .pending(attempt: attempt + 1) : .failed(reason, attempts: attempt)
    }

    /// Ends a task by the user's wish; a pending one never starts.
    package mutating func killed() throws(InvalidTransition) {
        guard !isTerminal else { throw refusal("killed") }
        self = .killed
    }

    /// Ends a pending task that can never start.
    package mutating func skipped(because cause: TaskID) throws(InvalidTransition) {
        guard case .pending = self else { throw refusal("skipped") }
        self = .skipped(because: cause)
    }

    /// The program, not the task, ended while it ran: the same attempt will start again.
    package mutating func interrupted() throws(InvalidTransition) {
        guard case .running(let attempt) = self else { throw refusal("interrupted") }
        self = .pending(attempt: attempt)
    }

    /// Gives an ended task another life, with all its retries.
    package mutating func revived() throws(InvalidTransition) {
        guard isTerminal else { throw refusal("revived") }
        self = .initial
    }

    private func refusal(_ event: String) -> InvalidTransition {
        InvalidTransition(from: self, event: event)
    }
}

// The form that the ledger keeps.
extension TaskState {
    /// `status` with what belongs to it.
    package var json: JSON {
        var members = JSON.Members([("status", .string(status.rawValue))])
        switch self {
        case .pending(let attempt), .running(let attempt): members["attempt"] = .int(attempt)
        case .completed(let changed): members["changed"] = .bool(changed)
        case .failed(let reason, let attempts):
            members["attempts"] = .int(attempts)
            members["error"] = reason.json
        case .killed: break
        case .skipped(let cause): members["because"] = .string(cause.description)
        }
        return .object(members)
    }

    /// Reads ``json`` back; nil for anything else.
    package init?(json: JSON) {
        let status = json["status"]?.stringValue.flatMap { TaskStatus(rawValue: $0) }
        let attempt = json["attempt"]?.intValue
        switch status {
        case .pending:
            guard let attempt else { return nil }
            self = .pending(attempt: attempt)
        case .running:
            guard let attempt else { return nil }
            self = .running(attempt: attempt)
        case .completed:
            guard let changed = json["changed"]?.boolValue else { return nil }
            self = .completed(changed: changed)
        case .failed:
            guard let reason = json["error"].flatMap({ FailureReason(json: $0) }),
                let attempts = json["attempts"]?.intValue
            else { return nil }
            self = .failed(reason, attempts: attempts)
        case .killed: self = .killed
        case .skipped:
            guard let cause = json["because"]?.stringValue.flatMap({ TaskID($0) }) else {
                return nil
            }
            self = .skipped(because: cause)
        case nil: return nil
        }
    }
}
