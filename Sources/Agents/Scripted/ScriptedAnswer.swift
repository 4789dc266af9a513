package import Base

/// A step as a service would send it, whole or as events.
package struct ScriptedAnswer: Sendable {
    let step: ModelScript.Step
    let model: String
    let usage: ModelUsage
    /// Seconds since 1970.
    let time: Int
    private let seed: String

    /// `request` is what the step answers; names are made from it, so that the same request gets the
    /// same answer.
    package init(_ step: ModelScript.Step, to request: [UInt8], model: String, time: Timestamp) {
        self.step = step
        self.model = model.isEmpty ? "scripted-1" : model
        self.time = Int(time.seconds)
        seed = Digest.sha256(request).hexadecimal
        if let usage = step.usage {
            self.usage = usage
        } else {
            var usage = ModelUsage()
            usage.input = ModelUsage.estimate(bytes: request.count)
            let written =
                (step.text?.utf8.count ?? 0) + (step.thinking?.utf8.count ?? 0)
                + step.calls.reduce(0) { $0 + $1.name.utf8.count + $1.arguments.utf8.count }
            usage.output = max(1, ModelUsage.estimate(bytes: written))
            self.usage = usage
        }
    }

    /// One event of a stream.
    package struct Event: Hashable, Sendable {
        /// nil where the format has none.
        package let type: String?
        /// One line.
        package let data: String

        init(_ type: String?, _ json: JSON) {
            self.type = type
            data = json.compact
        }

        init(data: String) {
            type = nil
            self.data = data
        }

        /// As it goes over the wire.
        package var bytes: [UInt8] {
            Array(((type.map { "event: \($0)\n" } ?? "") + "data: \(data)\n\n").utf8)
        }
    }

    /// The answer in one piece.
    package func whole(_ wire: ModelWire) -> JSON {
        switch wire {
        case .anthropic: anthropicMessage
        case .chat: chatCompletion
        case .responses: response("completed")
        }
    }

    /// The answer as a stream. `includesUsage` is what a chat request asks for.
    package func events(_ wire: ModelWire, includesUsage: Bool = true) -> [Event] {
        switch wire {
        case .anthropic: anthropicEvents
        case .chat: chatEvents(includesUsage: includesUsage)
        case .responses: responseEvents
        }
    }

    /// The error in the middle of a stream.
    package static func errorEvent(_ wire: ModelWire, type: String) -> Event {
        let body = errorBody(wire, status: 200, type: type, message: "scripted \(type)")
        switch wire {
        case .anthropic: return Event("error", body)
        case .chat: return Event(nil, body)
        case .responses:
            return Event(
                "error",
                [
                    "type": "error", "code": .string(type), "message": .string("scripted \(type)"),
                    "param": .null,
                ])
        }
    }

    /// The body of an answer with an error status.
    package static func errorBody(
        _ wire: ModelWire, status: Int, type: String? = nil, message: String
    ) -> JSON {
        let types = [
            400: "invalid_request_error", 401: "authentication_error", 402: "billing_error",
            403: "permission_error", 404: "not_found_error", 413: "request_too_large",
            429: "rate_limit_error", 504: "timeout_error", 529: "overloaded_error",
        ]
        let type = type ?? types[status] ?? "api_error"
        switch wire {
        case .anthropic:
            return [
                "type": "error", "error": ["type": .string(type), "message": .string(message)],
            ]
        case .chat, .responses:
            return [
                "error": [
                    "message": .string(message), "type": .string(type), "param": .null,
                    "code": status == 429 ? "rate_limit_exceeded" : .null,
                ]
            ]
        }
    }

    /// What Anthropic says of a conversation that does not fit.
    static let tooLong = "prompt is too long: 200001 tokens > 200000 maximum"

    /// The body of an answer with status 400 to a conversation that does not fit its model's window: Anthropic has
    /// words for it, OpenAI a code.
    package static func tooLongBody(_ wire: ModelWire) -> JSON {
        switch wire {
        case .anthropic: return errorBody(wire, status: 400, message: tooLong)
        case .chat, .responses:
            return [
                "error": [
                    "message": .string(
                        "Your input exceeds the context window of this model. Please adjust your input and try again."
                    ),
                    "type": "invalid_request_error",
                    "param": wire == .chat ? "messages" : "input",
                    "code": "context_length_exceeded",
                ]
            ]
        }
    }

    func name(_ prefix: String, _ index: Int = 0) -> String {
        prefix + Digest.sha256(Array("\(seed) \(index)".utf8)).prefix(12).hexadecimal
    }

    func callID(_ prefix: String, _ index: Int) -> String {
        step.calls[index].id ?? name(prefix, index)
    }

    func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(step.pieceSize)))
            rest = rest.dropFirst(step.pieceSize)
        }
        return pieces.isEmpty ? [""] : pieces
    }
}
