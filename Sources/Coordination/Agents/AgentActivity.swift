import Agents
package import Base

/// What a model worker is doing, for those who watch.
package struct AgentActivity: Hashable, Sendable {
    /// The answer that is awaited or carried out, from 1.
    package var turn = 0
    /// The tool that runs with what it works on; nil while the model is asked.
    package var step: String?
    /// All tokens so far.
    package var tokens = 0
    /// Dollars so far; nil where nobody knows.
    package var cost: Double?
    /// The last line that the model said or thought.
    package var line = ""
    /// ``step`` says why nothing happens.
    private var isWaiting = false

    /// Before the first turn.
    package init() {}

    /// The form of the event `agent.activity`.
    package var json: JSON {
        [
            "turn": .int(turn), "step": .optional(step), "tokens": .int(tokens),
            "cost_usd": cost.map { .double($0) } ?? .null, "line": .string(line),
        ]
    }

    /// Reads what ``json`` wrote.
    package init(json: JSON) {
        turn = json.count("turn")
        step = json["step"]?.stringValue
        tokens = json.count("tokens")
        cost = json["cost_usd"]?.doubleValue
        line = json.text("line")
    }

    /// Takes in what happened; true when it is worth an event of its own in the ledger.
    mutating func take(_ progress: AgentProgress) -> Bool {
        switch progress {
        case .turnStarted(let number):
            turn = number
            step = nil
            return true
        case .text(let line), .thinking(let line):
            self.line = line
            if isWaiting { (step, isWaiting) = (nil, false) }
            return false
        case .toolStarted(let started):
            isWaiting = false
            step = started.target.isEmpty ? started.tool : "\(started.tool) \(started.target)"
            return true
        case .toolEnded:
            step = nil
            return false
        case .used(let usage):
            tokens = usage.tokens.totalInput + usage.tokens.output
            cost = usage.isCostKnown ? usage.cost : nil
            return true
        case .retrying(let retry):
            // Longer than people notice: one second.
            guard retry.wait >= .seconds(1) else { return true }
            let until = Timestamp.now.advanced(by: retry.wait).inWholeSeconds
            step =
                "waits \(Text.elapsed(seconds: retry.wait.inSeconds)), until \(until): "
                + retry.error.message(about: "model", isRetried: true)
            isWaiting = true
            return true
        case .compacted, .repaired, .messageTaken, .steered: return true
        }
    }
}

extension AgentProgress {
    /// A line of a worker's log; nil for what its transcript alone holds.
    var logLine: String? {
        switch self {
        case .turnStarted, .toolEnded(_, isError: false): nil
        // Behind spaces, as no other line is: what a model says looks like no step of its work.
        case .text(let line): "  \(Text.visible(line))"
        case .thinking(let line): "~ \(Text.visible(line))"
        case .retrying(let retry):
            "! asking again in \(Text.elapsed(seconds: retry.wait.inSeconds)), "
                + "try \(retry.attempt + 1) of \(retry.tries): "
                + retry.error.message(about: "model", isRetried: true)
        case .toolStarted(let step): "> \(step.tool) \(step.target)"
        case .toolEnded(let step, isError: true): "! \(step.tool) failed"
        case .used(let usage):
            "# turn \(usage.turns): \(usage.tokens.totalInput + usage.tokens.output) tokens"
                + (usage.isCostKnown ? ", \(Text.dollars(usage.cost))" : "")
        case .compacted(_, let before, let after):
            "# summed up: about \(before) tokens became \(after)"
        case .repaired: "# its history was repaired"
        case .messageTaken(let text): "< \(Text.visible(text))"
        case .steered(let tool, let times):
            "! told that \(tool) failed \(times) times in the same way"
        }
    }
}
