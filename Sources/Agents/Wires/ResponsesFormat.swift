import Base

/// OpenAI Responses, without state on the server: each request carries the whole conversation.
enum ResponsesFormat {
    /// An item of an answer, kept as it is.
    static func block(_ json: JSON) -> ModelBlock { ModelBlock(content(json), exact: json) }

    private static func content(_ json: JSON) -> ModelBlock.Content {
        switch json["type"]?.stringValue {
        case "message":
            return .text(
                (json["content"]?.arrayValue ?? []).compactMap {
                    $0["text"]?.stringValue ?? $0["refusal"]?.stringValue
                }.joined())
        case "function_call":
            return .toolCall(
                ToolCall(
                    id: json["call_id"]?.stringValue ?? "", name: json["name"]?.stringValue ?? "",
                    arguments: json["arguments"]?.stringValue ?? ""))
        case let type: return .opaque(type ?? "")
        }
    }

    static func body(_ request: ModelRequest) -> JSON {
        var body = JSON.Members([("model", .string(request.model))])
        let system = request.system.filter { !$0.isEmpty }.joined(separator: "\n\n")
        if !system.isEmpty { body["instructions"] = .string(system) }
        body["input"] = .array(request.messages.flatMap { items($0, request.model) })
        if !request.tools.isEmpty {
            body["tools"] = .array(
                request.tools.map {
                    [
                        "type": "function", "name": .string($0.name),
                        "description": .string($0.description), "parameters": $0.schema,
                        "strict": false,
                    ]
                })
            body["parallel_tool_calls"] = true
        }
        switch request.toolChoice {
        case .none?: body["tool_choice"] = "none"
        case .any: body["tool_choice"] = "required"
        case .tool(let name):
            body["tool_choice"] = ["type": "function", "name": .string(name)]
        case nil: break
        }
        if let limit = request.maxOutputTokens { body["max_output_tokens"] = .int(limit) }
        if let effort = request.effort { body["reasoning"] = ["effort": .string(effort)] }
        if let temperature = request.temperature { body["temperature"] = .double(temperature) }
        if let schema = request.outputSchema {
            body["text"] = [
                "format": [
                    "type": "json_schema", "name": "answer", "schema": schema, "strict": true,
                ]
            ]
        }
        body["store"] = false
        // Without state the sealed thinking has to come back with its calls.
        body["include"] = ["reasoning.encrypted_content"]
        if let key = request.cacheKey { body["prompt_cache_key"] = .string(key) }
        body["stream"] = true
        for pair in request.extra.pairs { body[pair.key] = pair.value }
        return .object(body)
    }

    private static func items(_ message: ModelMessage, _ model: String) -> [JSON] {
        let isOurs = message.source?.wire == .responses
        var items: [JSON] = []
        var parts: [JSON] = []
        let role = message.role.rawValue
        let kind = message.role == .assistant ? "output_text" : "input_text"
        func flush() {
            guard !parts.isEmpty else { return }
            items.append(["type": "message", "role": .string(role), "content": .array(parts)])
            parts = []
        }
        for block in message.content {
            if isOurs, let exact = block.exact {
                if !block.isThinking || message.source?.model == model { items.append(exact) }
                continue
            }
            switch block.content {
            case .text(let text):
                if !text.isEmpty { parts.append(["type": .string(kind), "text": .string(text)]) }
            case .image(let mediaType, let data):
                parts.append([
                    "type": "input_image",
                    "image_url": .string("data:\(mediaType);base64,\(data)"),
                ])
            case .toolCall(let call):
                flush()
                items.append([
                    "type": "function_call", "call_id": .string(call.id),
                    "name": .string(call.name),
                    "arguments": .string(call.arguments.isEmpty ? "{}" : call.arguments),
                ])
            case .toolResult(let result):
                items.append([
                    "type": "function_call_output", "call_id": .string(result.callID),
                    "output": .string(result.isError ? "Error: \(result.text)" : result.text),
                ])
                for image in result.content {
                    guard case .image(let mediaType, let data) = image.content else { continue }
                    parts.append([
                        "type": "input_image",
                        "image_url": .string("data:\(mediaType);base64,\(data)"),
                    ])
                }
            case .thinking, .opaque: break
            }
        }
        flush()
        return items
    }
}
