import Base

/// What happens while a worker works, for those who watch.
package enum AgentProgress: Hashable, Sendable {
    /// The model is asked; counted from 1, those before a resume included.
    case turnStarted(Int)
    /// A whole line of what it says, without its end.
    case text(String)
    /// A whole line of what it says about its thinking.
    case thinking(String)
    /// What was said in this turn is void: it is asked again.
    case retrying(ModelEvent.Retry)
    /// A call begins.
    case toolStarted(ToolStep)
    /// A call has its result.
    case toolEnded(ToolStep, isError: Bool)
    /// All that was used so far; after each answer.
    case used(AgentUsage)
    /// The history was summed up; tokens, estimated.
    case compacted(Compaction.Trigger, before: Int, after: Int)
    /// The model's thinking was taken out of a history that its service refused.
    case repaired
    /// A message was put in.
    case messageTaken(String)
    /// The worker repeats a failing call, and was told so.
    case steered(tool: String, times: Int)
}

/// A call for those who watch.
package struct ToolStep: Hashable, Sendable {
    /// The model's name for the call.
    package let id: String
    /// The tool.
    package let tool: String
    /// What it works on, in one short line that a terminal can show: a path, a command, a pattern.
    package let target: String

    /// A call as a model made it.
    package init(_ call: ToolCall) {
        id = call.id
        tool = Text.visible(call.name.prefix(64))
        target = ToolStep.target(of: call.input ?? .null)
    }

    private static func target(of input: JSON) -> String {
        let keys = [
            "file_path", "notebook_path", "command", "pattern", "url", "skill", "query", "bash_id",
            "shell_id", "path", "filePath",
        ]
        let text = keys.lazy.compactMap { input[$0]?.stringValue }.first ?? ""
        let line = text.split(whereSeparator: \.isNewline).first ?? ""
        return Text.truncate(Text.visible(line.prefix(400)), to: 120)
    }
}

/// What a worker has used, earlier processes included.
package struct AgentUsage: Hashable, Sendable {
    /// Answers of the model.
    package var turns = 0
    /// Tool calls.
    package var calls = 0
    /// Tokens.
    package var tokens = ModelUsage()
    /// Dollars, as far as known.
    package var cost = 0.0
    /// False when some calls cost nobody knows what.
    package var isCostKnown = true
    /// True when some of the cost is what the tokens cost by list.
    package var isCostEstimated = false

    /// Nothing used.
    package init() {}

    mutating func add(_ used: ModelUsage, cost: Double?) {
        tokens = tokens + used
        if let cost { self.cost += cost } else { isCostKnown = false }
    }
}
