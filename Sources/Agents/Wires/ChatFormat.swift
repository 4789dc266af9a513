import Base

/// OpenAI chat completions: the requests that every compatible server accepts.
enum ChatFormat {
    static func body(_ request: ModelRequest, _ endpoint: ModelEndpoint) -> JSON {
        var body = JSON.Members([
            ("model", .string(request.model)), ("messages", .array(messages(request))),
        ])
        if !request.tools.isEmpty {
            body["tools"] = .array(
                request.tools.map {
                    [
                        "type": "function",
                        "function": [
                            "name": .string($0.name), "description": .string($0.description),
                            "parameters": $0.schema,
                        ],
                    ]
                })
            if endpoint.asksForParallelCalls { body["parallel_tool_calls"] = true }
        }
        switch request.toolChoice {
        case .none?: body["tool_choice"] = "none"
        case .any: body["tool_choice"] = "required"
        case .tool(let name):
            body["tool_choice"] = ["type": "function", "function": ["name": .string(name)]]
        case nil: break
        }
        body["stream"] = true
        body["stream_options"] = ["include_usage": true]
        if let limit = request.maxOutputTokens { body[endpoint.outputLimitField] = .int(limit) }
        if let effort = request.effort { body["reasoning_effort"] = .string(effort) }
        if let temperature = request.temperature { body["temperature"] = .double(temperature) }
        if !request.stopSequences.isEmpty {
            body["stop"] = .array(request.stopSequences.map { .string($0) })
        }
        if let schema = request.outputSchema {
            body["response_format"] = [
                "type": "json_schema",
                "json_schema": ["name": "answer", "schema": schema, "strict": true],
            ]
        }
        for pair in request.extra.pairs { body[pair.key] = pair.value }
        return .object(body)
    }

    private static func messages(_ request: ModelRequest) -> [JSON] {
        var messages: [JSON] = []
        let system = request.system.filter { !$0.isEmpty }.joined(separator: "\n\n")
        if !system.isEmpty { messages.append(["role": "system", "content": .string(system)]) }
        for message in request.messages {
            switch message.role {
            case .assistant:
                if let answer = answer(message) { messages.append(answer) }
            case .user, .system: messages += fromUser(message)
            }
        }
        return messages
    }

    /// nil for an answer of nothing but thinking.
    private static func answer(_ message: ModelMessage) -> JSON? {
        let text = message.content.compactMap {
            if case .text(let text) = $0.content { text } else { nil }
        }.joined()
        let calls = message.toolCalls
        if text.isEmpty, calls.isEmpty { return nil }
        var members = JSON.Members([
            ("role", "assistant"), ("content", text.isEmpty ? .null : .string(text)),
        ])
        if !calls.isEmpty {
            members["tool_calls"] = .array(
                calls.map {
                    [
                        "id": .string($0.id), "type": "function",
                        // Some servers parse what they sent themselves: it has to be an object.
                        "function": [
                            "name": .string($0.name),
                            "arguments": .string($0.input == nil ? "{}" : spelled($0)),
                        ],
                    ]
                })
        }
        return .object(members)
    }

    private static func spelled(_ call: ToolCall) -> String {
        call.arguments.isEmpty ? "{}" : call.arguments
    }

    /// Results first, each in a message of its own; images in results follow as the user's.
    private static func fromUser(_ message: ModelMessage) -> [JSON] {
        var results: [JSON] = []
        var parts: [JSON] = []
        for block in message.content {
            switch block.content {
            case .toolResult(let result):
                let text = result.text
                results.append([
                    "role": "tool", "tool_call_id": .string(result.callID),
                    "content": .string(result.isError ? "Error: \(text)" : text),
                ])
                parts += result.content.compactMap(image)
            case .text(let text):
                if !text.isEmpty { parts.append(["type": "text", "text": .string(text)]) }
            case .image:
                if let image = image(block) { parts.append(image) }
            case .thinking, .toolCall, .opaque: break
            }
        }
        if parts.isEmpty { return results }
        // A lone text goes as a string: not every server takes parts.
        let texts = parts.compactMap { $0["text"]?.stringValue }
        let content: JSON =
            texts.count == parts.count ? .string(texts.joined(separator: "\n\n")) : .array(parts)
        return results + [["role": "user", "content": content]]
    }

    private static func image(_ block: ModelBlock) -> JSON? {
        guard case .image(let mediaType, let data) = block.content else { return nil }
        return [
            "type": "image_url",
            "image_url": ["url": .string("data:\(mediaType);base64,\(data)")],
        ]
    }
}
