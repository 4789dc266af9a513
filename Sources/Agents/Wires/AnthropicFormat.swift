import Base

/// Anthropic Messages: requests and blocks.
enum AnthropicFormat {
    // MARK: Reading

    /// A block of an answer, kept as it is.
    static func block(_ json: JSON) -> ModelBlock { ModelBlock(content(json), exact: json) }

    /// What a block means; also reads our own plain form.
    static func content(_ json: JSON) -> ModelBlock.Content {
        let type = json["type"]?.stringValue ?? ""
        switch type {
        case "text": return .text(json["text"]?.stringValue ?? "")
        case "thinking": return .thinking(json["thinking"]?.stringValue ?? "")
        case "tool_use":
            return .toolCall(
                ToolCall(
                    id: json["id"]?.stringValue ?? "", name: json["name"]?.stringValue ?? "",
                    arguments: json["arguments"]?.stringValue ?? json["input"]?.compact ?? ""))
        case "tool_result":
            return .toolResult(
                ToolResult(
                    callID: json["tool_use_id"]?.stringValue ?? "",
                    content: blocks(json["content"]),
                    isError: json["is_error"]?.boolValue ?? false))
        case "image":
            guard let source = json["source"], let data = source["data"]?.stringValue else {
                return .opaque(type)
            }
            return .image(
                mediaType: source["media_type"]?.stringValue ?? "", base64: data)
        default: return .opaque(type)
        }
    }

    /// A content that may be a plain text.
    static func blocks(_ json: JSON?) -> [ModelBlock] {
        if let text = json?.stringValue { return [.text(text)] }
        return (json?.arrayValue ?? []).map { ModelBlock(content($0)) }
    }

    // MARK: Writing

    /// The body of a request.
    static func body(_ request: ModelRequest) -> JSON {
        var body = JSON.Members([
            ("model", .string(request.model)),
            ("max_tokens", .int(request.maxOutputTokens ?? 16_384)),
        ])
        if !request.system.isEmpty {
            body["system"] = .array(
                request.system.filter { !$0.isEmpty }.map {
                    ["type": "text", "text": .string($0)]
                })
        }
        if !request.tools.isEmpty {
            body["tools"] = .array(
                request.tools.map {
                    [
                        "name": .string($0.name), "description": .string($0.description),
                        "input_schema": $0.schema,
                    ]
                })
        }
        switch request.toolChoice {
        case .none?: body["tool_choice"] = ["type": "none"]
        case .any: body["tool_choice"] = ["type": "any"]
        case .tool(let name): body["tool_choice"] = ["type": "tool", "name": .string(name)]
        case nil: break
        }
        switch request.thinking {
        case .off: body["thinking"] = ["type": "disabled"]
        case .adaptive: body["thinking"] = ["type": "adaptive"]
        case .budget(let tokens):
            body["thinking"] = ["type": "enabled", "budget_tokens": .int(tokens)]
        case nil: break
        }
        var output = JSON.Members()
        if let effort = request.effort { output["effort"] = .string(effort) }
        if let schema = request.outputSchema {
            output["format"] = ["type": "json_schema", "schema": schema]
        }
        if !output.pairs.isEmpty { body["output_config"] = .object(output) }
        if !request.stopSequences.isEmpty {
            body["stop_sequences"] = .array(request.stopSequences.map { .string($0) })
        }
        if let temperature = request.temperature { body["temperature"] = .double(temperature) }
        body["stream"] = true
        body["messages"] = .array(messages(request))
        if request.cache != .off {
            let shared = request.sharedSystem.map { count in
                request.system.prefix(count).count { !$0.isEmpty }
            }
            CacheMarks.place(in: &body, request.cache, shared: shared)
        }
        for pair in request.extra.pairs { body[pair.key] = pair.value }
        return .object(body)
    }

    /// Messages of one role in a row become one; results of tools come first in it.
    private static func messages(_ request: ModelRequest) -> [JSON] {
        var merged: [(role: String, content: [JSON])] = []
        for message in request.messages {
            let role = message.role == .assistant ? "assistant" : "user"
            let blocks = message.content.compactMap { json($0, message.source, request.model) }
            if blocks.isEmpty { continue }
            if let last = merged.indices.last, merged[last].role == role {
                merged[last].content += blocks
            } else {
                merged.append((role, blocks))
            }
        }
        return merged.map { role, content in
            let results = content.filter { $0["type"]?.stringValue == "tool_result" }
            let sorted =
                role == "user" && !results.isEmpty
                ? results + content.filter { $0["type"]?.stringValue != "tool_result" } : content
            return ["role": .string(role), "content": .array(sorted)]
        }
    }

    /// nil for what must not be sent: empty texts, and thinking of another model.
    private static func json(
        _ block: ModelBlock, _ source: ModelMessage.Source?, _ model: String
    ) -> JSON? {
        let isOurs = source?.wire == .anthropic
        if block.isThinking {
            return isOurs && source?.model == model ? block.exact : nil
        }
        if isOurs, let exact = block.exact { return exact }
        switch block.content {
        case .text(let text): return text.isEmpty ? nil : block.plain
        case .opaque, .thinking: return nil
        case .toolCall(let call):
            return [
                "type": "tool_use", "id": .string(call.id), "name": .string(call.name),
                "input": call.input ?? .object(JSON.Members()),
            ]
        case .toolResult(let result):
            var members = JSON.Members([
                ("type", "tool_result"), ("tool_use_id", .string(result.callID)),
            ])
            let content = result.content.compactMap { json($0, nil, model) }
            if !content.isEmpty { members["content"] = .array(content) }
            if result.isError { members["is_error"] = true }
            return .object(members)
        case .image: return block.plain
        }
    }
}
