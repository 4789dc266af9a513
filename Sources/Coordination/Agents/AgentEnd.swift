import Agents
import Base

/// How a model worker ended and what it used, as recorded.
struct AgentEnd: Recorded {
    /// One word; see ``AgentEnding/word``.
    let word: String
    /// The same for people.
    let message: String
    /// The last that the model said.
    let text: String
    /// Calls that were not allowed.
    let denials: Int
    let usage: AgentUsage

    init(_ outcome: AgentOutcome) {
        word = outcome.ending.word
        message = outcome.ending.message
        text = outcome.text
        denials = outcome.denials.count
        usage = outcome.usage
    }

    init(_ run: ProgramEnd, of profile: ProgramProfile) {
        word = run.word
        message = run.message(of: profile)
        text = run.text
        denials = run.denials
        usage = run.usage
    }

    /// For a worker that could not even begin.
    init(notStarted message: String) {
        word = "not_started"
        self.message = message
        text = ""
        denials = 0
        usage = AgentUsage()
    }

    var isSuccess: Bool { word == AgentEnding.finished.word }
    var isTimeout: Bool { word == "time_limit" }
    var isBudget: Bool { word == "budget" }

    var json: JSON {
        [
            "word": .string(word), "message": .string(message), "text": .string(text),
            "denials": .int(denials), "usage": usage.json,
        ]
    }

    init?(json: JSON) {
        guard let usage = json["usage"].flatMap({ AgentUsage(json: $0) }) else { return nil }
        word = json.text("word")
        message = json.text("message")
        text = json.text("text")
        denials = json.count("denials")
        self.usage = usage
    }
}

extension TranscriptEntry.Content {
    /// What a call of the model used, with its cost in dollars where that is known; nil for what is no call.
    var spent: (usage: ModelUsage, cost: Double?)? {
        switch self {
        case .answer(_, let answer), .discarded(_, let answer): (answer.usage, answer.cost)
        case .boundary(_, let boundary): (boundary.usage, boundary.cost)
        case .start, .message, .result, .repair, .end: nil
        }
    }
}

extension AgentUsage {
    /// As in `treeguild.run/1`, with the turns; the cost is null where some calls cost nobody knows what.
    var json: JSON {
        [
            "input_tokens": .int(tokens.input), "output_tokens": .int(tokens.output),
            "cache_read_tokens": .int(tokens.cacheRead),
            "cache_creation_tokens": .int(tokens.cacheWrite + tokens.cacheWriteLong),
            "cost_usd": isCostKnown ? .double(cost) : .null,
            "cost_estimated": .bool(isCostEstimated), "tool_uses": .int(calls),
            "turns": .int(turns),
        ]
    }

    init?(json: JSON) {
        guard json.objectValue != nil else { return nil }
        self.init()
        tokens.input = json.count("input_tokens")
        tokens.output = json.count("output_tokens")
        tokens.cacheRead = json.count("cache_read_tokens")
        tokens.cacheWrite = json.count("cache_creation_tokens")
        cost = json["cost_usd"]?.doubleValue ?? 0
        isCostKnown = json["cost_usd"]?.doubleValue != nil
        isCostEstimated = json["cost_estimated"]?.boolValue ?? false
        calls = json.count("tool_uses")
        turns = json.count("turns")
    }

    /// Both together.
    static func + (a: AgentUsage, b: AgentUsage) -> AgentUsage {
        var sum = a
        sum.tokens = a.tokens + b.tokens
        sum.cost += b.cost
        sum.isCostKnown = a.isCostKnown && b.isCostKnown
        sum.isCostEstimated = a.isCostEstimated || b.isCostEstimated
        sum.calls += b.calls
        sum.turns += b.turns
        return sum
    }
}
