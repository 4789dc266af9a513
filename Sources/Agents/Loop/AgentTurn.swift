import Base

/// Decides what a worker's loop does next. Pure: it holds counts, and no conversation.
struct AgentTurn: Sendable {
    /// Recoveries in a row from an answer that hit the output limit.
    static let recoveryLimit = 3
    /// Answers in a row without anything in them that are asked again.
    static let emptyLimit = 2
    /// Reminders that a structured result is due.
    static let reminderLimit = 3
    /// Answers in a row that only ask to be sent back.
    static let pauseLimit = 10

    /// Summaries in a row with at most ``calm`` answers between them.
    static let summaryLimit = 3
    /// More answers than these after a summary are a sign that the window is large enough.
    static let calm = 2

    /// What the loop does next.
    enum Action: Equatable {
        /// Sends the conversation.
        case ask
        case run([ToolCall])
        /// Adds a message of the loop's own.
        case say(String)
        /// Tells the worker that it repeats a failing call.
        case steer(tool: String, times: Int)
        /// Takes the thinking out of the history.
        case repair
        case compact(Compaction.Trigger)
        case end(AgentEnding)
    }

    /// Times that the limit of an answer is to be doubled.
    private(set) var recoveries = 0
    private var empties = 0
    private var reminders = 0
    private var pauses = 0
    private var isCut = false
    private var isRepaired = false
    /// No answer came since the history was summed up: to do it again would change nothing.
    private(set) var isCompacted = false
    private var summaries = 0
    /// Since the last of them.
    private var answers = 0
    private var watch = FailureWatch()

    /// What follows an answer, and whether it stays in the history. `isDue`: a structured result is
    /// asked for and was not given.
    mutating func next(
        after message: ModelMessage, stop: ModelTurn.StopReason, isDue: Bool
    ) -> (keeps: Bool, action: Action) {
        if case .refusal(let category) = stop { return (false, .end(.refused(category))) }
        if stop == .contextWindow { return (false, compact(.refused)) }
        isCompacted = false
        answers += 1
        if answers > AgentTurn.calm { summaries = 0 }
        isCut = stop == .maxTokens
        recoveries = isCut ? recoveries + 1 : 0
        let calls = message.toolCalls
        let isEmpty = calls.isEmpty && message.text.allSatisfy(\.isWhitespace)
        pauses = stop == .pause ? pauses + 1 : 0
        if stop == .pause, calls.isEmpty, !message.content.isEmpty {
            return (true, pauses > AgentTurn.pauseLimit ? .end(.noAnswer) : .ask)
        }
        if isCut, recoveries > AgentTurn.recoveryLimit {
            // Calls that nobody answers must not stay.
            return (!isEmpty && calls.isEmpty, .end(.outputLimit))
        }
        empties = isEmpty && !isCut ? empties + 1 : 0
        if !calls.isEmpty { return (true, .run(calls)) }
        if isCut { return (!isEmpty, .say(isEmpty ? LoopNotes.cutEmpty : LoopNotes.cut)) }
        if isEmpty {
            return (
                false, empties > AgentTurn.emptyLimit ? .end(.noAnswer) : .say(LoopNotes.empty)
            )
        }
        guard isDue else { return (true, .end(.finished)) }
        reminders += 1
        return (
            true,
            reminders > AgentTurn.reminderLimit ? .end(.noOutput) : .say(LoopNotes.outputDue)
        )
    }

    /// What follows a call of the model that failed for good.
    mutating func next(after error: ModelError) -> Action {
        switch error.kind {
        case .contextTooLong, .requestTooLarge: return compact(.refused)
        case .wedgedHistory where !isRepaired:
            isRepaired = true
            return .repair
        case .budget(let refusal): return .end(.budget(refusal))
        case .cancelled: return .end(.cancelled)
        default: return .end(.model(error))
        }
    }

    /// What follows the results of an answer's calls, in their order.
    mutating func next(
        after results: [(call: ToolCall, result: ToolResult)], hasOutput: Bool,
        changes: (String) -> Bool
    ) -> Action {
        if hasOutput { return .end(.finished) }
        switch watch.verdict(on: results, changes: changes) {
        case .end(let tool, let times): return .end(.looping(tool: tool, times: times))
        case .tell(let tool, let times): return .steer(tool: tool, times: times)
        case .none: return isCut ? .say(LoopNotes.cutCall) : .ask
        }
    }

    /// Notes that the history was summed up.
    mutating func compacted() { isCompacted = true }

    /// Sums the history up, unless that was done so often lately that it does not help.
    mutating func compact(_ trigger: Compaction.Trigger) -> Action {
        summaries += 1
        answers = 0
        return isCompacted || summaries > AgentTurn.summaryLimit
            ? .end(.contextFull) : .compact(trigger)
    }

    /// The calls in the groups that they are run in, one group after the other: what only reads
    /// runs beside its like, everything else alone.
    static func groups(
        _ calls: [ToolCall], isReadOnly: (String) -> Bool
    ) -> [[ToolCall]] {
        var groups: [[ToolCall]] = []
        var wasReading = false
        for call in calls {
            let isReading = isReadOnly(call.name)
            if isReading, wasReading {
                groups[groups.count - 1].append(call)
            } else {
                groups.append([call])
            }
            wasReading = isReading
        }
        return groups
    }
}

/// What the loop says to a model by itself.
enum LoopNotes {
    static let tooManyCalls =
        "Not run: one answer may hold \(AgentLoop.callLimit) calls. Make this call again in a later answer if it is still needed."
    static let cut =
        "Your answer was cut by the output limit. Go on exactly where it stopped, without repeating or apologising; do the rest in smaller pieces."
    static let cutEmpty =
        "Your answer was cut by the output limit before anything of it could be used. Think less and work in smaller pieces: write long files in several calls."
    static let cutCall =
        "Your answer was cut by the output limit; a call at its end may be missing. Make it again, in smaller pieces."
    static let empty =
        "Your answer was empty. Go on with the assignment, or report what was done if it is finished."
    static let outputDue =
        "The result is still to be given. Call \(StructuredOutputTool.name) with it now; text alone is not read by anybody."
    static let notRun =
        "This call was interrupted: the worker was stopped while it waited or ran. It is not known whether it took effect; look before you make it again."

    static func repeated(_ tool: String, _ times: Int) -> String {
        "You have made the same call of \(Text.visible(tool.prefix(64))) \(times) times, and it failed each time in the same way. It will not work like this. Find out why, try another way, or report what stands in the way."
    }

    static func resumed(in tree: AbsolutePath, wasFinished: Bool) -> String {
        (wasFinished ? "Your work goes on." : "Your work was interrupted and goes on now.")
            + " Commands that ran in the background have ended, and the shell starts in \(tree) again. Look at files before you edit them: they may have changed."
    }
}
