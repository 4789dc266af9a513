package import Base

/// What a script sees of a request, whatever its format.
package struct ScriptView: Hashable, Sendable {
    /// The model that was asked for.
    package var model = ""
    /// The format.
    package var wire: ModelWire
    /// All instructions.
    package var system = ""
    /// Every text of the user's, in order; results of tools are not among them.
    package var prompts: [String] = []
    /// Texts of the tool results since the last answer, in order.
    package var results: [String] = []
    /// The text that follows the last answer, results included.
    package var last = ""
    /// Answers so far; what the model said in several pieces counts once.
    package var turn = 0
    /// Names of the tools that are offered.
    package var tools: [String] = []
    private var isAnswering = false

    /// A request in its own format.
    package init(_ wire: ModelWire, _ body: JSON) {
        self.wire = wire
        model = body["model"]?.stringValue ?? ""
        tools = (body["tools"]?.arrayValue ?? []).compactMap {
            $0["name"]?.stringValue ?? $0["function"]?["name"]?.stringValue
        }
        switch wire {
        case .anthropic: readAnthropic(body)
        case .chat: readChat(body)
        case .responses: readResponses(body)
        }
    }

    /// A request of ours.
    package init(_ request: ModelRequest) { self.init(.anthropic, AnthropicFormat.body(request)) }

    private mutating func readAnthropic(_ body: JSON) {
        system = ScriptView.text(body["system"])
        for message in body["messages"]?.arrayValue ?? [] {
            if message["role"]?.stringValue == "assistant" {
                answer()
                continue
            }
            let blocks: [JSON] =
                message["content"]?.arrayValue
                ?? [["type": "text", "text": message["content"] ?? ""]]
            for block in blocks {
                switch block["type"]?.stringValue {
                case "tool_result": result(ScriptView.text(block["content"]))
                case "text": prompt(block["text"]?.stringValue ?? "")
                default: break
                }
            }
        }
    }

    private mutating func readChat(_ body: JSON) {
        for message in body["messages"]?.arrayValue ?? [] {
            let text = ScriptView.text(message["content"])
            switch message["role"]?.stringValue {
            case "system", "developer": system += system.isEmpty ? text : "\n" + text
            case "assistant": answer()
            case "tool": result(text)
            default: prompt(text)
            }
        }
    }

    private mutating func readResponses(_ body: JSON) {
        system = body["instructions"]?.stringValue ?? ""
        if let text = body["input"]?.stringValue { prompt(text) }
        for item in body["input"]?.arrayValue ?? [] {
            let type = item["type"]?.stringValue ?? "message"
            if type.hasSuffix("_output") {
                result(ScriptView.text(item["output"]))
            } else if type == "message" {
                let text = ScriptView.text(item["content"])
                switch item["role"]?.stringValue {
                case "assistant": answer()
                case "system", "developer": system += system.isEmpty ? text : "\n" + text
                default: prompt(text)
                }
            } else {
                answer()
            }
        }
    }

    private mutating func answer() {
        if !isAnswering { turn += 1 }
        isAnswering = true
        results = []
        last = ""
    }

    private mutating func result(_ text: String) {
        isAnswering = false
        results.append(text)
        last += last.isEmpty ? text : "\n" + text
    }

    private mutating func prompt(_ text: String) {
        isAnswering = false
        prompts.append(text)
        last += last.isEmpty ? text : "\n" + text
    }

    /// A text, or the texts of parts.
    private static func text(_ json: JSON?) -> String {
        if let text = json?.stringValue { return text }
        return (json?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
            .joined(separator: "\n")
    }

    /// The value of the last `KEY=value` in what the user said.
    func word(_ key: String) -> String? {
        for text in prompts.reversed() {
            for word in text.split(whereSeparator: \.isWhitespace).reversed() {
                if word.hasPrefix(key + "="), word.utf8.count > key.utf8.count + 1 {
                    return String(word.dropFirst(key.count + 1))
                }
            }
        }
        return nil
    }
}
