import Base
import HTTP

/// Builds a turn from the chunks of a chat completion, as the various servers really send them.
struct ChatAssembler: TurnAssembler {
    private struct Call {
        var id = ""
        var name = ""
        var arguments = ""
    }

    private let source: ModelMessage.Source
    /// For the estimate where a server counts nothing.
    private let promptBytes: Int
    private var model = ""
    private var text = ""
    private var refusal = ""
    private var calls: [Call] = []
    /// Servers number calls from 0, leave numbers out, or begin anew with each chunk.
    private var places: [Int: Int] = [:]
    private var reason: String?
    private var usage: ModelUsage?
    private(set) var isComplete = false
    private(set) var hasBegun = false

    init(model: String, promptBytes: Int) {
        source = ModelMessage.Source(wire: .chat, model: model)
        self.promptBytes = promptBytes
    }

    mutating func receive(_ event: ServerSentEvent) throws(AssemblyError) -> [ModelEvent] {
        if event.data == "[DONE]" {
            guard hasBegun else { throw .malformed("an end without an answer") }
            isComplete = true
            return []
        }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: event.data) } catch {
            throw .malformed("a chunk: expected \(error.expected)")
        }
        return try receive(json, "delta")
    }

    mutating func receive(whole: JSON) throws(AssemblyError) -> [ModelEvent] {
        let events = try receive(whole, "message")
        guard hasBegun else { throw .malformed("a completion without choices") }
        isComplete = true
        return events
    }

    mutating func finish() -> [ModelEvent] {
        // Not every server says [DONE].
        if reason != nil { isComplete = true }
        return []
    }

    private mutating func receive(_ json: JSON, _ field: String) throws(AssemblyError)
        -> [ModelEvent]
    {
        if let error = json["error"], !error.isNull, let fault = ServiceFault(json) {
            throw .service(fault)
        }
        if let fields = json["usage"], fields.objectValue != nil {
            usage = ModelUsage(chat: fields)
        }
        guard let choice = json["choices"]?.arrayValue?.first else {
            // The last chunk has the usage alone.
            return []
        }
        var events: [ModelEvent] = []
        if !hasBegun {
            hasBegun = true
            model = json["model"]?.stringValue ?? source.model
            events.append(.started(model: model, usage: usage ?? ModelUsage()))
        }
        let delta = choice[field] ?? [:]
        let thought = delta["reasoning_content"]?.stringValue ?? delta["reasoning"]?.stringValue
        if let thought, !thought.isEmpty { events.append(.thinking(thought)) }
        if let piece = delta["content"]?.stringValue, !piece.isEmpty {
            text += piece
            events.append(.text(piece))
        }
        if let piece = delta["refusal"]?.stringValue { refusal += piece }
        for (position, call) in (delta["tool_calls"]?.arrayValue ?? []).enumerated() {
            events += receive(call: call, position: position)
        }
        if let word = choice["finish_reason"]?.stringValue {
            if word == "error" { throw .malformed("the server ended the answer with an error") }
            reason = word
        }
        return events
    }

    private mutating func receive(call: JSON, position: Int) -> [ModelEvent] {
        let id = call["id"]?.stringValue ?? ""
        let name = call["function"]?["name"]?.stringValue ?? ""
        // Arguments are a string by the book; some servers send the object.
        let value = call["function"]?["arguments"]
        let piece = value?.stringValue ?? (value?.objectValue != nil ? value?.compact : nil) ?? ""
        let number = call["index"]?.intValue ?? position
        var events: [ModelEvent] = []
        let known = places[number]
        // A new id under an old number is a new call, from servers that number nothing.
        let isNew = known.map { !id.isEmpty && !calls[$0].id.isEmpty && calls[$0].id != id } ?? true
        if isNew {
            places[number] = calls.count
            calls.append(Call(id: id.isEmpty ? "call_\(calls.count)" : id, name: name))
            events.append(.toolCall(id: calls[calls.count - 1].id, name: name))
        }
        guard let place = places[number] else { return events }
        if calls[place].name.isEmpty { calls[place].name = name }
        calls[place].arguments += piece
        if !piece.isEmpty { events.append(.toolInput(piece)) }
        return events
    }

    func turn(requestID: String?) -> ModelTurn {
        var content: [ModelBlock] = []
        if !text.isEmpty { content.append(.text(text)) }
        for (index, call) in calls.enumerated() {
            let call = ToolCall(id: call.id, name: call.name, arguments: call.arguments)
            // A call that the output limit cut must never run.
            if reason == "length", index == calls.count - 1, call.input == nil { continue }
            content.append(ModelBlock(.toolCall(call)))
        }
        if content.isEmpty, !refusal.isEmpty { content.append(.text(refusal)) }
        return ModelTurn(
            message: ModelMessage(.assistant, content, source: source), stop: stop,
            usage: usage ?? estimated, model: model, requestID: requestID)
    }

    private var stop: ModelTurn.StopReason {
        switch reason {
        case "length": .maxTokens
        case "content_filter": .refusal("content_filter")
        case _ where !refusal.isEmpty: .refusal(nil)
        case _ where !calls.isEmpty: .toolUse
        case "stop", "tool_calls", "function_call", "eos", nil: .endTurn
        case .some(let other): .other(other)
        }
    }

    private var estimated: ModelUsage {
        var usage = ModelUsage()
        usage.isEstimated = true
        usage.input = ModelUsage.estimate(bytes: promptBytes)
        let written = calls.reduce(text.utf8.count) { $0 + $1.arguments.utf8.count }
        usage.output = ModelUsage.estimate(bytes: written)
        return usage
    }
}

extension ModelUsage {
    /// Here cached tokens are part of the prompt's.
    init(chat json: JSON) {
        self.init()
        let prompt = json["prompt_tokens"]?.intValue ?? 0
        let details = json["prompt_tokens_details"]
        cacheRead = details?["cached_tokens"]?.intValue ?? 0
        cacheWrite = details?["cache_write_tokens"]?.intValue ?? 0
        input = max(0, prompt - cacheRead - cacheWrite)
        output = json["completion_tokens"]?.intValue ?? 0
        thinking = json["completion_tokens_details"]?["reasoning_tokens"]?.intValue ?? 0
        reportedCost = json["cost"]?.doubleValue
    }
}
