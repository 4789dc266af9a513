package import Base

extension ModelMessage {
    /// For a transcript: `{role, source?, content}`, where the blocks of an answer are exactly what
    /// the service sent.
    package var json: JSON {
        var members = JSON.Members([("role", .string(role.rawValue))])
        if let source {
            members["source"] = [
                "wire": .string(source.wire.rawValue), "model": .string(source.model),
            ]
        }
        members["content"] = .array(content.map { $0.exact ?? $0.plain })
        return .object(members)
    }

    /// Reads what ``json`` wrote; nil for anything else.
    package init?(json: JSON) {
        guard let role = json["role"]?.stringValue.flatMap(Role.init(rawValue:)),
            let content = json["content"]?.arrayValue
        else { return nil }
        var source: Source?
        if let value = json["source"] {
            guard let wire = value["wire"]?.stringValue.flatMap(ModelWire.init(rawValue:)),
                let model = value["model"]?.stringValue
            else { return nil }
            source = Source(wire: wire, model: model)
        }
        self.init(
            role,
            content.map { block in
                switch source?.wire {
                case .anthropic: AnthropicFormat.block(block)
                case .responses: ResponsesFormat.block(block)
                case .chat, nil: ModelBlock(AnthropicFormat.content(block), exact: nil)
                }
            }, source: source)
    }
}

extension ModelBlock {
    /// The block in Anthropic's form, which is also ours for what has no exact form. A call keeps
    /// the spelling of its input beside the value.
    var plain: JSON {
        switch content {
        case .text(let text): return ["type": "text", "text": .string(text)]
        case .thinking(let text): return ["type": "thinking", "thinking": .string(text)]
        case .opaque(let type): return ["type": .string(type)]
        case .image(let mediaType, let data):
            return [
                "type": "image",
                "source": [
                    "type": "base64", "media_type": .string(mediaType), "data": .string(data),
                ],
            ]
        case .toolCall(let call):
            return [
                "type": "tool_use", "id": .string(call.id), "name": .string(call.name),
                "input": call.input ?? .object(JSON.Members()),
                "arguments": .string(call.arguments),
            ]
        case .toolResult(let result):
            var members = JSON.Members([
                ("type", "tool_result"), ("tool_use_id", .string(result.callID)),
                ("content", .array(result.content.map(\.plain))),
            ])
            if result.isError { members["is_error"] = true }
            return .object(members)
        }
    }
}
