package import Base

extension TranscriptEntry {
    /// One line without its end; the blocks of answers are as the service sent them.
    package var json: JSON {
        var members = JSON.Members([
            ("id", .int(id)), ("parent", parent.map { .int($0) } ?? .null),
            ("time", .string(time.description)), ("type", .string(type)),
        ])
        switch content {
        case .start(let start):
            members["version"] = .int(TranscriptEntry.version)
            members["agent"] = .string(start.agent)
            if let provider = start.provider { members["provider"] = .string(provider) }
            if let wire = start.wire { members["wire"] = .string(wire.rawValue) }
            members["model"] = .string(start.model)
            members["system"] = .array(start.system.map { .string($0) })
            members["shared"] = .int(start.shared)
            members["tools"] = .array(start.tools.map { .string($0) })
        case .message(let text, let origin):
            members["origin"] = .string(origin.rawValue)
            members["text"] = .string(text)
        case .answer(let message, let answer), .discarded(let message, let answer):
            members["stop"] = .string(answer.stop.word)
            if let detail = answer.stop.detail { members["detail"] = .string(detail) }
            members["usage"] = answer.usage.json
            if let cost = answer.cost { members["cost"] = .double(cost) }
            if let request = answer.requestID { members["request"] = .string(request) }
            members["message"] = message.json
        case .result(let result):
            members["message"] = ModelMessage(.user, [ModelBlock(.toolResult(result))]).json
        case .boundary(let text, let boundary):
            members["trigger"] = .string(boundary.trigger.rawValue)
            members["before"] = .int(boundary.before)
            members["after"] = .int(boundary.after)
            members["summary"] = .string(boundary.summary)
            members["usage"] = boundary.usage.json
            if let cost = boundary.cost { members["cost"] = .double(cost) }
            members["text"] = .string(text)
        case .repair: break
        case .end(let end):
            members["ending"] = .string(end.word)
            members["detail"] = .string(end.detail)
        }
        return .object(members)
    }

    /// The same without secrets, and with a member that says so where there were any.
    func json(maskedBy mask: SecretMask) -> JSON {
        guard case .object(var members)? = mask.all(json) else { return json }
        members["masked"] = true
        return .object(members)
    }

    /// Written into every start; a later program may write more.
    static let version = 1

    private var type: String {
        switch content {
        case .start: "start"
        case .message: "message"
        case .answer: "answer"
        case .discarded: "discarded"
        case .result: "result"
        case .boundary: "boundary"
        case .repair: "repair"
        case .end: "end"
        }
    }

    /// Reads what ``json`` wrote; nil for anything else.
    init?(json: JSON) {
        guard let id = json["id"]?.intValue,
            let time = json["time"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            let content = Content(json)
        else { return nil }
        self.init(
            id: id, parent: json["parent"]?.intValue, time: time, content: content,
            isMasked: json["masked"]?.boolValue ?? false)
    }
}

extension TranscriptEntry.Content {
    fileprivate init?(_ json: JSON) {
        func text(_ key: String) -> String? { json[key]?.stringValue }
        func answer() -> (ModelMessage, TranscriptEntry.Answer)? {
            guard let message = json["message"].flatMap({ ModelMessage(json: $0) }),
                let stop = text("stop")
            else { return nil }
            let answer = TranscriptEntry.Answer(
                stop: ModelTurn.StopReason(stop, text("detail")),
                usage: ModelUsage(json: json["usage"]), cost: json["cost"]?.doubleValue,
                requestID: text("request"))
            return (message, answer)
        }
        switch text("type") {
        case "start":
            guard let agent = text("agent"), let model = text("model"),
                json["version"]?.intValue == TranscriptEntry.version
            else { return nil }
            self = .start(
                .init(
                    agent: agent, provider: text("provider"),
                    wire: text("wire").flatMap(ModelWire.init(rawValue:)), model: model,
                    system: (json["system"]?.arrayValue ?? []).compactMap(\.stringValue),
                    shared: json["shared"]?.intValue ?? 0,
                    tools: (json["tools"]?.arrayValue ?? []).compactMap(\.stringValue)))
        case "message":
            guard let said = text("text"),
                let origin = text("origin").flatMap(TranscriptEntry.Origin.init(rawValue:))
            else { return nil }
            self = .message(said, from: origin)
        case "answer":
            guard let (message, facts) = answer() else { return nil }
            self = .answer(message, facts)
        case "discarded":
            guard let (message, facts) = answer() else { return nil }
            self = .discarded(message, facts)
        case "result":
            guard let message = json["message"].flatMap({ ModelMessage(json: $0) }),
                case .toolResult(let result)? = message.content.first?.content
            else { return nil }
            self = .result(result)
        case "boundary":
            guard let said = text("text"),
                let trigger = text("trigger").flatMap(Compaction.Trigger.init(rawValue:))
            else { return nil }
            self = .boundary(
                said,
                .init(
                    trigger: trigger, before: json["before"]?.intValue ?? 0,
                    after: json["after"]?.intValue ?? 0, summary: text("summary") ?? "",
                    usage: ModelUsage(json: json["usage"]),
                    cost: json["cost"]?.doubleValue))
        case "repair": self = .repair
        case "end":
            guard let word = text("ending") else { return nil }
            self = .end(.init(word: word, detail: text("detail") ?? ""))
        default: return nil
        }
    }
}

extension ModelTurn.StopReason {
    fileprivate var word: String {
        switch self {
        case .endTurn: "end_turn"
        case .toolUse: "tool_use"
        case .maxTokens: "max_tokens"
        case .stopSequence: "stop_sequence"
        case .pause: "pause_turn"
        case .refusal: "refusal"
        case .contextWindow: "model_context_window_exceeded"
        case .other(let word): word
        }
    }

    fileprivate var detail: String? {
        switch self {
        case .stopSequence(let text), .refusal(let text): text
        default: nil
        }
    }

    fileprivate init(_ word: String, _ detail: String?) {
        switch AnthropicAssembler.stop(word, nil) {
        case .stopSequence: self = .stopSequence(detail)
        case .refusal: self = .refusal(detail)
        case let reason: self = reason
        }
    }
}

extension ModelUsage {
    /// Reads what ``json`` wrote; what is missing is 0.
    init(json: JSON?) {
        self.init()
        input = json?["input_tokens"]?.intValue ?? 0
        output = json?["output_tokens"]?.intValue ?? 0
        cacheRead = json?["cache_read_tokens"]?.intValue ?? 0
        cacheWrite = json?["cache_creation_tokens"]?.intValue ?? 0
        thinking = json?["thinking_tokens"]?.intValue ?? 0
        isEstimated = json?["estimated"]?.boolValue ?? false
    }
}
