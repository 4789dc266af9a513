package import Base

/// How a worker ended, with what it leaves.
package struct AgentOutcome: Sendable {
    /// Why it ended.
    package let ending: AgentEnding
    /// The last text that the model said; empty for none.
    package let text: String
    /// The structured result; nil where none was asked for or given.
    package let output: JSON?
    /// All that was used, earlier processes included.
    package let usage: AgentUsage
    /// Calls that were not allowed in this process, in order.
    package let denials: [PermissionGate.Denial]
}

/// Why a worker ended.
package enum AgentEnding: Equatable, Sendable {
    /// The model has said its last word, and given the structured result where one is asked for.
    case finished
    /// So many answers are the limit.
    case turnLimit(Int)
    /// The time is up.
    case timeLimit(Duration)
    case budget(BudgetRefusal)
    /// The model or a filter refused; the category where one was given.
    case refused(String?)
    /// The same call failed so often, although the worker was told.
    case looping(tool: String, times: Int)
    /// The answer hit the output limit again and again.
    case outputLimit
    /// The model answered with nothing again and again.
    case noAnswer
    /// No structured result came, although the worker was told.
    case noOutput
    /// The conversation does not fit the model's window, even summed up.
    case contextFull
    /// The model could not be asked.
    case model(ModelError)
    /// The transcript could not be written: nothing was done that is not in it.
    case transcript(FileError)
    /// The task was cancelled.
    case cancelled

    /// True when the same worker may go on later from its transcript: something outside stopped it.
    package var isResumable: Bool {
        switch self {
        case .turnLimit, .timeLimit, .budget, .transcript, .cancelled: true
        case .model(let error):
            switch error.kind {
            case .contextTooLong, .requestTooLarge, .invalidRequest, .wedgedHistory: false
            default: true
            }
        default: false
        }
    }

    /// One word for transcripts and programs.
    package var word: String {
        switch self {
        case .finished: "finished"
        case .turnLimit: "turn_limit"
        case .timeLimit: "time_limit"
        case .budget: "budget"
        case .refused: "refused"
        case .looping: "looping"
        case .outputLimit: "output_limit"
        case .noAnswer: "no_answer"
        case .noOutput: "no_output"
        case .contextFull: "context_full"
        case .model: "model_error"
        case .transcript: "transcript"
        case .cancelled: "cancelled"
        }
    }
}
