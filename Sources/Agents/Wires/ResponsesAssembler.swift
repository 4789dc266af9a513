import Base
import HTTP

/// Builds a turn from the events of OpenAI's Responses.
struct ResponsesAssembler: TurnAssembler {
    private let source: ModelMessage.Source
    private var model = ""
    private var items: [Int: JSON] = [:]
    private var usage = ModelUsage()
    private var stop: ModelTurn.StopReason = .endTurn
    private(set) var isComplete = false
    private(set) var hasBegun = false

    init(model: String) { source = ModelMessage.Source(wire: .responses, model: model) }

    mutating func finish() -> [ModelEvent] { [] }

    mutating func receive(_ event: ServerSentEvent) throws(AssemblyError) -> [ModelEvent] {
        if event.data == "[DONE]" { return [] }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: event.data) } catch {
            throw .malformed("event \(event.type): expected \(error.expected)")
        }
        switch json["type"]?.stringValue {
        case "response.created":
            hasBegun = true
            model = json["response"]?["model"]?.stringValue ?? source.model
            return [.started(model: model, usage: usage)]
        case "response.output_item.added":
            guard let item = json["item"], item["type"]?.stringValue == "function_call" else {
                return []
            }
            return [
                .toolCall(
                    id: item["call_id"]?.stringValue ?? "", name: item["name"]?.stringValue ?? "")
            ]
        case "response.output_item.done":
            if let index = json["output_index"]?.intValue, let item = json["item"] {
                items[index] = item
            }
        case "response.output_text.delta", "response.refusal.delta":
            return [.text(json["delta"]?.stringValue ?? "")]
        case "response.function_call_arguments.delta":
            return [.toolInput(json["delta"]?.stringValue ?? "")]
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta":
            return [.thinking(json["delta"]?.stringValue ?? "")]
        case "response.completed", "response.incomplete":
            guard let response = json["response"] else { throw .malformed("no response") }
            take(response)
        case "response.failed":
            throw json["response"].flatMap(ServiceFault.init).map { .service($0) }
                ?? .malformed("a failure without words")
        case "error":
            throw ServiceFault(json).map { .service($0) } ?? .malformed("an error without words")
        default: break
        }
        return []
    }

    mutating func receive(whole: JSON) throws(AssemblyError) -> [ModelEvent] {
        if let error = whole["error"], !error.isNull, let fault = ServiceFault(whole) {
            throw .service(fault)
        }
        guard whole["output"]?.arrayValue != nil else { throw .malformed("no output") }
        hasBegun = true
        model = whole["model"]?.stringValue ?? source.model
        take(whole)
        var events: [ModelEvent] = [.started(model: model, usage: usage)]
        for block in content {
            switch block.content {
            case .text(let text): events.append(.text(text))
            case .toolCall(let call):
                events += [.toolCall(id: call.id, name: call.name), .toolInput(call.arguments)]
            default: break
            }
        }
        return events
    }

    private mutating func take(_ response: JSON) {
        isComplete = true
        if let fields = response["usage"], fields.objectValue != nil {
            usage = ModelUsage(responses: fields)
        }
        for (index, item) in (response["output"]?.arrayValue ?? []).enumerated()
        where items[index] == nil {
            items[index] = item
        }
        switch response["incomplete_details"]?["reason"]?.stringValue {
        case "max_output_tokens"?: stop = .maxTokens
        case "content_filter"?: stop = .refusal("content_filter")
        case let other?: stop = .other(other)
        case nil:
            let hasCalls = content.contains {
                if case .toolCall = $0.content { true } else { false }
            }
            if hasCalls { stop = .toolUse }
        }
    }

    private var content: [ModelBlock] {
        items.sorted { $0.key < $1.key }.map { ResponsesFormat.block($0.value) }
    }

    func turn(requestID: String?) -> ModelTurn {
        // A call that the output limit cut must never run.
        let whole = content.filter {
            guard stop == .maxTokens, case .toolCall(let call) = $0.content else { return true }
            return call.input != nil
        }
        return ModelTurn(
            message: ModelMessage(.assistant, whole, source: source), stop: stop, usage: usage,
            model: model, requestID: requestID)
    }
}

extension ModelUsage {
    /// Here cached tokens are part of the input's.
    init(responses json: JSON) {
        self.init()
        let all = json["input_tokens"]?.intValue ?? 0
        let details = json["input_tokens_details"]
        cacheRead = details?["cached_tokens"]?.intValue ?? 0
        cacheWrite = details?["cache_write_tokens"]?.intValue ?? 0
        input = max(0, all - cacheRead - cacheWrite)
        output = json["output_tokens"]?.intValue ?? 0
        thinking = json["output_tokens_details"]?["reasoning_tokens"]?.intValue ?? 0
    }
}
