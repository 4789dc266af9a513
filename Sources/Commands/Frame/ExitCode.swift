/// How a command ended, as the shell sees it.
enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    /// The output says what is not done: a failed task or check, a conflict, a missing verdict.
    case notDone = 1
    /// Bad usage or bad input; nothing was touched.
    case usage = 2
    /// Permission, budget, trust, or a target that moved or is in the way.
    case refused = 3
    /// A fault of this program.
    case fault = 70
    /// Stopped by the user; can be resumed.
    case interrupted = 130

    /// For help and manual.
    var meaning: String {
        switch self {
        case .done: "done"
        case .notDone: "not done, and the output says what"
        case .usage: "bad usage or bad input; nothing was touched"
        case .refused: "refused by policy: permission, budget, trust, a target in the way"
        case .fault: "a fault of treeguild itself"
        case .interrupted: "interrupted; can be resumed"
        }
    }
}
