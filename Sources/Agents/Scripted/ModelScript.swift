/// What a model answers, by turn and by pattern, read from a file.
///
/// It keeps no state: the turn is counted in the request, so that a conversation can go on anywhere.
package struct ModelScript: Hashable, Sendable {
    /// Models that it says it has.
    package var models = ["scripted-1"]
    var conversations: [Conversation] = []

    struct Conversation: Hashable, Sendable {
        var name: String
        var when: Condition?
        /// Tried before the steps, whatever the turn.
        var rules: [Step] = []
        var steps: [Step] = []
    }

    /// All that is said must hold.
    struct Condition: Hashable, Sendable {
        /// In any text of the user's.
        var prompt: [ScriptPattern] = []
        var system: [ScriptPattern] = []
        /// In what follows the last answer.
        var last: [ScriptPattern] = []
        /// In the results of tools since the last answer.
        var result: [ScriptPattern] = []
        /// Offered by the request.
        var tools: [String] = []
        var models: [String] = []
    }

    /// One answer.
    package struct Step: Hashable, Sendable {
        var when: Condition?
        /// What it says; nil for nothing.
        package var text: String?
        /// What it says that it thinks.
        package var thinking: String?
        /// What it wants to be run.
        package var calls: [Call] = []
        /// The service's word for why it ended; nil for what follows from the rest.
        package var stop: String?
        /// Tokens by kind; nil for an estimate.
        package var usage: ModelUsage?
        /// What goes wrong before it, each as often as it says.
        package var faults: [Fault] = []
        /// Characters in a piece of a stream.
        package var pieceSize = 12
        /// Between two pieces.
        package var delay: Duration = .zero
        /// Stands for all turns after it, too, although it calls tools.
        package var isRepeated = false
    }

    /// A call of a tool.
    package struct Call: Hashable, Sendable {
        /// The tool.
        package var name: String
        /// The input as text; need not be JSON.
        package var arguments: String
        /// nil makes one.
        package var id: String?
        /// The group that the tool is in, for Codex.
        package var namespace: String?
    }

    /// Something that goes wrong.
    package struct Fault: Hashable, Sendable {
        /// What.
        package var kind: Kind
        /// How often before the step is served; nil for ever.
        package var times: Int? = 1
        /// Fields of the answer.
        package var headers: [String: String] = [:]

        /// What goes wrong.
        package enum Kind: Hashable, Sendable {
            /// An error with that status.
            case status(Int)
            /// The connection is reset before an answer.
            case reset
            /// The answer breaks off in the middle.
            case cut
            /// The answer stands still in the middle until the client closes.
            case stall
            /// The answer stands still before its first byte.
            case silence
            /// JSON that is none.
            case malformed
            /// The conversation is refused as too long, in the words of the service.
            case context
            /// An error event in the middle of an answer with status 200; its type.
            case error(String)
        }
    }

    /// A step for a request, its templates filled.
    package struct Choice: Hashable, Sendable {
        /// The answer.
        package let step: Step
        /// The same for the same request: faults are counted under it.
        package let key: String
    }

    /// Why there is no answer.
    package enum Departure: Error, Hashable, Sendable {
        /// No conversation fits, and none is called `default`.
        case noConversation
        /// The conversation has no step for that turn, from 0.
        case noStep(conversation: String, turn: Int)
    }

    /// The answer to a request.
    package func choose(for view: ScriptView) throws(Departure) -> Choice {
        guard let (conversation, captures) = conversation(for: view) else { throw .noConversation }
        let key = [conversation.name, "\(view.turn)", view.prompts.first ?? "", view.last]
            .joined(separator: "\0")
        for (index, rule) in conversation.rules.enumerated() {
            guard let more = rule.when.map({ $0.captures(in: view) }) ?? [] else { continue }
            let template = ScriptTemplate(view: view, captures: captures + more)
            return Choice(step: template.fill(rule), key: "\(key)\0rule \(index)")
        }
        let steps = conversation.steps
        let step: Step? =
            if view.turn < steps.count {
                steps[view.turn]
            } else {
                // A last word may be said again; a last call would go on for ever.
                steps.last.flatMap { $0.calls.isEmpty || $0.isRepeated ? $0 : nil }
            }
        guard let step else { throw .noStep(conversation: conversation.name, turn: view.turn) }
        return Choice(step: ScriptTemplate(view: view, captures: captures).fill(step), key: key)
    }

    /// By `SCRIPT=name` in the prompt, else by condition, else `default` or the only one.
    private func conversation(for view: ScriptView) -> (Conversation, [String])? {
        if let name = view.word("SCRIPT"),
            let found = conversations.first(where: { $0.name == name })
        {
            return (found, found.when?.captures(in: view) ?? [])
        }
        for conversation in conversations {
            if let captures = conversation.when?.captures(in: view) {
                return (conversation, captures)
            }
        }
        let plain = conversations.filter { $0.when == nil }
        return (plain.first { $0.name == "default" } ?? (plain.count == 1 ? plain[0] : nil))
            .map { ($0, []) }
    }
}

extension ModelScript.Condition {
    /// What the stars stand for, in order; nil when something does not hold.
    func captures(in view: ScriptView) -> [String]? {
        var all: [String] = []
        let places = [
            (prompt, view.prompts.joined(separator: "\n")), (system, view.system),
            (last, view.last), (result, view.results.joined(separator: "\n")),
        ]
        for (patterns, text) in places {
            for pattern in patterns {
                guard let found = pattern.captures(in: text) else { return nil }
                all += found
            }
        }
        guard tools.allSatisfy(view.tools.contains), models.isEmpty || models.contains(view.model)
        else { return nil }
        return all
    }
}
