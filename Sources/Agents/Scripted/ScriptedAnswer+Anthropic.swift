import Base

extension ScriptedAnswer {
    private var blocks: [JSON] {
        var blocks: [JSON] = []
        if let thinking = step.thinking {
            blocks.append([
                "type": "thinking", "thinking": .string(thinking),
                "signature": .string(name("sig_")),
            ])
        }
        if let text = step.text, !text.isEmpty {
            blocks.append(["type": "text", "text": .string(text)])
        }
        for (index, call) in step.calls.enumerated() {
            let call = ToolCall(
                id: callID("toolu_", index), name: call.name, arguments: call.arguments)
            blocks.append([
                "type": "tool_use", "id": .string(call.id), "name": .string(call.name),
                "input": call.input ?? .object(JSON.Members()),
            ])
        }
        return blocks
    }

    private var stop: String { step.stop ?? (step.calls.isEmpty ? "end_turn" : "tool_use") }

    private func message(_ content: [JSON], _ stop: JSON, output: Int) -> JSON {
        [
            "id": .string(name("msg_")), "type": "message", "role": "assistant",
            "model": .string(model), "content": .array(content), "stop_reason": stop,
            "stop_sequence": .null,
            "usage": [
                "input_tokens": .int(usage.input),
                "cache_creation_input_tokens": .int(usage.cacheWrite),
                "cache_read_input_tokens": .int(usage.cacheRead), "output_tokens": .int(output),
            ],
        ]
    }

    var anthropicMessage: JSON { message(blocks, .string(stop), output: usage.output) }

    var anthropicEvents: [Event] {
        func event(_ type: String, _ members: [(String, JSON)]) -> Event {
            Event(type, .object(JSON.Members([("type", .string(type))] + members)))
        }
        var events = [
            event("message_start", [("message", message([], .null, output: 1))]), event("ping", []),
        ]
        let firstCall = blocks.count - step.calls.count
        for (index, block) in blocks.enumerated() {
            func delta(_ type: String, _ key: String, _ text: String) -> Event {
                event(
                    "content_block_delta",
                    [
                        ("index", .int(index)),
                        (
                            "delta",
                            .object(JSON.Members([("type", .string(type)), (key, .string(text))]))
                        ),
                    ])
            }
            var start = block
            var deltas: [Event] = []
            switch block["type"]?.stringValue {
            case "text":
                start = block.setting("text", "")
                deltas = pieces(block["text"]?.stringValue ?? "").map {
                    delta("text_delta", "text", $0)
                }
            case "thinking":
                start = block.setting("thinking", "").setting("signature", "")
                deltas = pieces(block["thinking"]?.stringValue ?? "").map {
                    delta("thinking_delta", "thinking", $0)
                }
                deltas.append(
                    delta("signature_delta", "signature", block["signature"]?.stringValue ?? ""))
            default:
                start = block.setting("input", .object(JSON.Members()))
                deltas = ([""] + pieces(step.calls[index - firstCall].arguments)).map {
                    delta("input_json_delta", "partial_json", $0)
                }
            }
            events.append(
                event("content_block_start", [("index", .int(index)), ("content_block", start)]))
            events += deltas
            events.append(event("content_block_stop", [("index", .int(index))]))
        }
        events.append(
            event(
                "message_delta",
                [
                    ("delta", ["stop_reason": .string(stop), "stop_sequence": .null]),
                    ("usage", ["output_tokens": .int(usage.output)]),
                ]))
        events.append(event("message_stop", []))
        return events
    }
}
