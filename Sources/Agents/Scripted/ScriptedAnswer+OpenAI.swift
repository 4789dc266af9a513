import Base

extension ScriptedAnswer {
    // MARK: Chat completions

    private var finish: String {
        switch step.stop {
        case "max_tokens": "length"
        case "refusal": "content_filter"
        case let other?: other
        case nil: step.calls.isEmpty ? "stop" : "tool_calls"
        }
    }

    private func chat(_ object: String, _ choices: [JSON]) -> JSON.Members {
        JSON.Members([
            ("id", .string(name("chatcmpl-"))), ("object", .string(object)),
            ("created", .int(time)),
            ("model", .string(model)), ("choices", .array(choices)),
        ])
    }

    private var chatUsage: JSON {
        let prompt = usage.input + usage.cacheRead + usage.cacheWrite
        return [
            "prompt_tokens": .int(prompt), "completion_tokens": .int(usage.output),
            "total_tokens": .int(prompt + usage.output),
            "prompt_tokens_details": ["cached_tokens": .int(usage.cacheRead)],
            "completion_tokens_details": ["reasoning_tokens": .int(usage.thinking)],
        ]
    }

    private func chatCall(_ index: Int, arguments: String) -> JSON.Members {
        JSON.Members([
            ("id", .string(callID("call_", index))), ("type", "function"),
            (
                "function",
                ["name": .string(step.calls[index].name), "arguments": .string(arguments)]
            ),
        ])
    }

    var chatCompletion: JSON {
        var message = JSON.Members([
            ("role", "assistant"), ("content", .optional(step.text)), ("refusal", .null),
        ])
        if let thinking = step.thinking { message["reasoning_content"] = .string(thinking) }
        if !step.calls.isEmpty {
            message["tool_calls"] = .array(
                step.calls.indices.map {
                    .object(chatCall($0, arguments: step.calls[$0].arguments))
                })
        }
        var whole = chat(
            "chat.completion",
            [
                [
                    "index": 0, "message": .object(message), "logprobs": .null,
                    "finish_reason": .string(finish),
                ]
            ])
        whole["usage"] = chatUsage
        return .object(whole)
    }

    func chatEvents(includesUsage: Bool) -> [Event] {
        func chunk(_ delta: JSON, _ finish: JSON = .null) -> Event {
            Event(
                nil,
                .object(
                    chat(
                        "chat.completion.chunk",
                        [["index": 0, "delta": delta, "finish_reason": finish]])))
        }
        var events = [chunk(["role": "assistant", "content": ""])]
        if let thinking = step.thinking {
            events += pieces(thinking).map { chunk(["reasoning_content": .string($0)]) }
        }
        if let text = step.text { events += pieces(text).map { chunk(["content": .string($0)]) } }
        for index in step.calls.indices {
            var first = chatCall(index, arguments: "")
            first = JSON.Members(
                [("index", .int(index))] + first.pairs.map { ($0.key, $0.value) })
            events.append(chunk(["tool_calls": [.object(first)]]))
            events += pieces(step.calls[index].arguments).map {
                chunk([
                    "tool_calls": [
                        ["index": .int(index), "function": ["arguments": .string($0)]]
                    ]
                ])
            }
        }
        events.append(chunk([:], .string(finish)))
        if includesUsage {
            var last = chat("chat.completion.chunk", [])
            last["usage"] = chatUsage
            events.append(Event(nil, .object(last)))
        }
        return events + [Event(data: "[DONE]")]
    }

    // MARK: Responses

    private var items: [JSON] {
        var items: [JSON] = []
        if let thinking = step.thinking {
            items.append([
                "type": "reasoning", "id": .string(name("rs_")),
                "summary": [["type": "summary_text", "text": .string(thinking)]],
                "encrypted_content": .string(name("sealed_")),
            ])
        }
        if let text = step.text, !text.isEmpty {
            items.append([
                "type": "message", "id": .string(name("msg_")), "role": "assistant",
                "status": "completed",
                "content": [
                    ["type": "output_text", "text": .string(text), "annotations": []]
                ],
            ])
        }
        for (index, call) in step.calls.enumerated() {
            var item = JSON.Members([
                ("type", "function_call"), ("id", .string(name("fc_", index))),
                ("call_id", .string(callID("call_", index))), ("name", .string(call.name)),
                ("arguments", .string(call.arguments)), ("status", "completed"),
            ])
            if let space = call.namespace { item["namespace"] = .string(space) }
            items.append(.object(item))
        }
        return items
    }

    func response(_ status: String) -> JSON {
        let isWhole = status != "in_progress"
        let reasons = ["max_tokens": "max_output_tokens", "refusal": "content_filter"]
        let cut = isWhole ? step.stop.flatMap { reasons[$0] } : nil
        let input = usage.input + usage.cacheRead + usage.cacheWrite
        return [
            "id": .string(name("resp_")), "object": "response", "created_at": .int(time),
            "model": .string(model), "status": .string(cut == nil ? status : "incomplete"),
            "error": .null, "output": isWhole ? .array(items) : [],
            "usage": isWhole
                ? [
                    "input_tokens": .int(input),
                    "input_tokens_details": ["cached_tokens": .int(usage.cacheRead)],
                    "output_tokens": .int(usage.output),
                    "output_tokens_details": ["reasoning_tokens": .int(usage.thinking)],
                    "total_tokens": .int(input + usage.output),
                ] : .null,
            "incomplete_details": cut.map { ["reason": .string($0)] } ?? .null,
            "parallel_tool_calls": true, "tool_choice": "auto", "tools": [], "metadata": [:],
            "instructions": .null, "temperature": 1, "top_p": 1,
        ]
    }

    var responseEvents: [Event] {
        var events: [Event] = []
        func add(_ type: String, _ members: [(String, JSON)]) {
            events.append(
                Event(
                    type,
                    .object(
                        JSON.Members(
                            [("type", .string(type)), ("sequence_number", .int(events.count))]
                                + members))))
        }
        add("response.created", [("response", response("in_progress"))])
        for (index, item) in items.enumerated() {
            let place: [(String, JSON)] = [
                ("item_id", item["id"] ?? .null), ("output_index", .int(index)),
            ]
            var start = item.setting("status", "in_progress")
            let type = item["type"]?.stringValue
            if type == "message" { start = start.setting("content", []) }
            if type == "function_call" { start = start.setting("arguments", "") }
            if type == "reasoning" { start = item.setting("summary", []) }
            add("response.output_item.added", [("output_index", .int(index)), ("item", start)])
            if type == "message" {
                addText(step.text ?? "", place, add)
            } else if type == "function_call" {
                let arguments = item["arguments"]?.stringValue ?? ""
                for piece in pieces(arguments) {
                    add(
                        "response.function_call_arguments.delta",
                        place + [("delta", .string(piece))])
                }
                add(
                    "response.function_call_arguments.done",
                    place + [("arguments", .string(arguments)), ("name", item["name"] ?? .null)])
            } else {
                for piece in pieces(step.thinking ?? "") {
                    add(
                        "response.reasoning_summary_text.delta",
                        place + [("summary_index", 0), ("delta", .string(piece))])
                }
            }
            add("response.output_item.done", [("output_index", .int(index)), ("item", item)])
        }
        let whole = response("completed")
        let isCut = whole["status"]?.stringValue == "incomplete"
        add(isCut ? "response.incomplete" : "response.completed", [("response", whole)])
        return events
    }

    private func addText(
        _ text: String, _ place: [(String, JSON)], _ add: (String, [(String, JSON)]) -> Void
    ) {
        let place = place + [("content_index", 0)]
        func part(_ text: String) -> JSON {
            ["type": "output_text", "text": .string(text), "annotations": []]
        }
        add("response.content_part.added", place + [("part", part(""))])
        for piece in pieces(text) {
            add(
                "response.output_text.delta", place + [("delta", .string(piece)), ("logprobs", [])])
        }
        add("response.output_text.done", place + [("text", .string(text)), ("logprobs", [])])
        add("response.content_part.done", place + [("part", part(text))])
    }
}
