import Base
import HTTP

/// Builds a turn from Anthropic's events. What it does not know, it leaves alone.
struct AnthropicAssembler: TurnAssembler {
    private struct Block {
        var json: JSON
        var text: String?
        var thinking: String?
        var input: String?
        var citations: [JSON] = []
        var isWhole = false

        mutating func extend(_ delta: JSON) -> [ModelEvent] {
            switch delta["type"]?.stringValue {
            case "text_delta":
                let piece = delta["text"]?.stringValue ?? ""
                if text == nil { text = json["text"]?.stringValue ?? "" }
                text?.append(piece)
                return [.text(piece)]
            case "thinking_delta":
                let piece = delta["thinking"]?.stringValue ?? ""
                if thinking == nil { thinking = json["thinking"]?.stringValue ?? "" }
                thinking?.append(piece)
                return [.thinking(piece)]
            case "input_json_delta":
                let piece = delta["partial_json"]?.stringValue ?? ""
                if input == nil { input = "" }
                input?.append(piece)
                return piece.isEmpty ? [] : [.toolInput(piece)]
            case "signature_delta":
                if let signature = delta["signature"] {
                    json = json.setting("signature", signature)
                }
            case "citations_delta":
                if let citation = delta["citation"] { citations.append(citation) }
            default: break
            }
            return []
        }
    }

    private let source: ModelMessage.Source
    private var blocks: [Int: Block] = [:]
    private var model = ""
    private var usage = ModelUsage()
    private var stop: ModelTurn.StopReason?
    private(set) var isComplete = false
    private(set) var hasBegun = false

    init(model: String) { source = ModelMessage.Source(wire: .anthropic, model: model) }

    mutating func finish() -> [ModelEvent] { [] }

    mutating func receive(_ event: ServerSentEvent) throws(AssemblyError) -> [ModelEvent] {
        if event.type == "ping" { return [] }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: event.data) } catch {
            throw .malformed("event \(event.type): expected \(error.expected)")
        }
        switch json["type"]?.stringValue {
        case "message_start":
            let message = json["message"] ?? [:]
            hasBegun = true
            model = message["model"]?.stringValue ?? source.model
            usage.update(anthropic: message["usage"])
            return [.started(model: model, usage: usage)]
        case "content_block_start": return start(json)
        case "content_block_delta": return extend(json)
        case "content_block_stop":
            if let index = json["index"]?.intValue { blocks[index]?.isWhole = true }
        case "message_delta":
            usage.update(anthropic: json["usage"])
            if let reason = json["delta"]?["stop_reason"]?.stringValue {
                stop = AnthropicAssembler.stop(reason, json["delta"])
            }
        case "message_stop":
            guard hasBegun else { throw .malformed("message_stop without message_start") }
            isComplete = true
        case "error":
            throw ServiceFault(json).map { .service($0) } ?? .malformed("an error without words")
        default: break
        }
        return []
    }

    mutating func receive(whole: JSON) throws(AssemblyError) -> [ModelEvent] {
        if whole["type"]?.stringValue == "error", let fault = ServiceFault(whole) {
            throw .service(fault)
        }
        guard let content = whole["content"]?.arrayValue else {
            throw .malformed("a message without content")
        }
        hasBegun = true
        model = whole["model"]?.stringValue ?? source.model
        usage.update(anthropic: whole["usage"])
        stop = whole["stop_reason"]?.stringValue.map { AnthropicAssembler.stop($0, whole) }
        var events: [ModelEvent] = [.started(model: model, usage: usage)]
        for (index, block) in content.enumerated() {
            blocks[index] = Block(json: block, isWhole: true)
            events += AnthropicAssembler.events(of: block)
        }
        isComplete = true
        return events
    }

    func turn(requestID: String?) -> ModelTurn {
        var content: [ModelBlock] = []
        for (_, block) in blocks.sorted(by: { $0.key < $1.key }) {
            // A call that the output limit cut must never run.
            if !block.isWhole || isCut(block) { continue }
            content.append(finished(block))
        }
        return ModelTurn(
            message: ModelMessage(.assistant, content, source: source), stop: stop ?? .endTurn,
            usage: usage, model: model, requestID: requestID)
    }

    private func isCut(_ block: Block) -> Bool {
        guard stop == .maxTokens, let input = block.input else { return false }
        return ToolCall(id: "", name: "", arguments: input).input == nil
    }

    private mutating func start(_ json: JSON) -> [ModelEvent] {
        guard let index = json["index"]?.intValue, let block = json["content_block"] else {
            return []
        }
        blocks[index] = Block(json: block)
        return AnthropicAssembler.events(of: block)
    }

    private mutating func extend(_ json: JSON) -> [ModelEvent] {
        guard let index = json["index"]?.intValue, let delta = json["delta"] else { return [] }
        // In place: a copy for each piece would cost the square of the answer's length.
        return blocks[index]?.extend(delta) ?? []
    }

    /// The block as the service would have sent it in one piece.
    private func finished(_ block: Block) -> ModelBlock {
        var json = block.json
        if let text = block.text { json = json.setting("text", .string(text)) }
        if let text = block.thinking { json = json.setting("thinking", .string(text)) }
        if !block.citations.isEmpty { json = json.setting("citations", .array(block.citations)) }
        guard let input = block.input else { return AnthropicFormat.block(json) }
        let call = ToolCall(
            id: json["id"]?.stringValue ?? "", name: json["name"]?.stringValue ?? "",
            arguments: input)
        json = json.setting("input", call.input ?? .object(JSON.Members()))
        guard json["type"]?.stringValue == "tool_use" else { return AnthropicFormat.block(json) }
        return ModelBlock(.toolCall(call), exact: json)
    }

    private static func events(of block: JSON) -> [ModelEvent] {
        switch AnthropicFormat.content(block) {
        case .text(let text): text.isEmpty ? [] : [.text(text)]
        case .thinking(let text): text.isEmpty ? [] : [.thinking(text)]
        case .toolCall(let call):
            [.toolCall(id: call.id, name: call.name)]
                + (call.arguments == "{}" ? [] : [.toolInput(call.arguments)])
        default: []
        }
    }

    static func stop(_ reason: String, _ fields: JSON?) -> ModelTurn.StopReason {
        switch reason {
        case "end_turn": .endTurn
        case "tool_use": .toolUse
        case "max_tokens": .maxTokens
        case "stop_sequence": .stopSequence(fields?["stop_sequence"]?.stringValue)
        case "pause_turn": .pause
        case "refusal": .refusal(fields?["stop_details"]?["category"]?.stringValue)
        case "model_context_window_exceeded": .contextWindow
        default: .other(reason)
        }
    }
}

extension JSON {
    /// The object with one member set in place, or appended.
    func setting(_ key: String, _ value: JSON) -> JSON {
        guard case .object(var members) = self else { return self }
        members[key] = value
        return .object(members)
    }
}

extension ModelUsage {
    /// Takes over what is said; counts are totals so far, and absent ones stay.
    mutating func update(anthropic json: JSON?) {
        guard let json else { return }
        func read(_ value: JSON?, _ target: inout Int) {
            if let number = value?.intValue { target = number }
        }
        read(json["input_tokens"], &input)
        read(json["cache_read_input_tokens"], &cacheRead)
        read(json["output_tokens"], &output)
        read(json["output_tokens_details"]?["thinking_tokens"], &thinking)
        if let parts = json["cache_creation"], parts.objectValue != nil {
            read(parts["ephemeral_5m_input_tokens"], &cacheWrite)
            read(parts["ephemeral_1h_input_tokens"], &cacheWriteLong)
        } else {
            read(json["cache_creation_input_tokens"], &cacheWrite)
        }
    }
}
