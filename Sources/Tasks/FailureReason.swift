package import Base

/// Why a task failed.
package struct FailureReason: Hashable, Sendable {
    /// Which decides whether the task is tried again.
    package let code: FailureCode
    /// Facts for people, such as the last line that the worker wrote; may be empty.
    package let message: String

    /// A failure that may have nothing more to say than its code.
    package init(_ code: FailureCode, _ message: String = "") {
        self.code = code
        self.message = message
    }

    /// `code` and `message`, as reports show them.
    package var json: JSON {
        .object(
            JSON.Members([("code", .string(code.rawValue)), ("message", .string(message))]))
    }

    /// Reads ``json`` back; nil for anything else.
    package init?(json: JSON) {
        guard let code = json["code"]?.stringValue.flatMap({ FailureCode(rawValue: $0) }),
            let message = json["message"]?.stringValue
        else { return nil }
        self.init(code, message)
    }
}

/// What sort of failure it was.
package enum FailureCode: String, CaseIterable, Sendable {
    /// The worker ended with an exit status that is not zero.
    case exit
    /// The worker was ended by a signal that nobody here sent.
    case signal
    /// The worker took longer than its task allows.
    case timeout
    /// A check did not pass.
    case check
    /// The worktree could not be made or set up.
    case setup
    /// The worker could not be started, such as a program that is not there.
    case start
    /// What the task starts from does not merge.
    case basis
    /// The worker's changes could not be collected.
    case collect
    /// The run's limits allow no more.
    case budget
    /// The task wanted what it may not do.
    case policy
    /// The worker changed something of the repository outside its tree.
    case escaped
    /// A model worker ended before its work was done.
    case agent

    /// True when the same task may end differently next time.
    package var isRetryable: Bool {
        switch self {
        case .exit, .signal, .timeout, .check, .setup, .agent: true
        case .start, .basis, .collect, .budget, .policy, .escaped: false
        }
    }
}
