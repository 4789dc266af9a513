import Base

/// A recorded conversation served again: each request must continue it, and gets the recorded answer.
package struct ReplayModel: ModelProvider {
    /// Such as `replay`.
    package let name: String
    private let recording: [ModelMessage]

    /// The messages of a transcript in order.
    package init(_ recording: [ModelMessage], name: String = "replay") {
        self.recording = recording
        self.name = name
    }

    /// The first place where a request is not what was recorded.
    package struct Departure: Hashable, Sendable {
        /// The message's number, from 0.
        package let message: Int
        /// What the recording has there; nil past its end.
        package let expected: ModelMessage?
        /// What the request has there; nil past its end.
        package let found: ModelMessage?
    }

    /// Compares the conversation with the recording; nil when it can go on.
    package func departure(of messages: [ModelMessage]) -> Departure? {
        for index in 0..<max(messages.count, 1) {
            let expected = index < recording.count ? recording[index] : nil
            let found = index < messages.count ? messages[index] : nil
            let isSame = expected?.role == found?.role && expected?.content == found?.content
            if !isSame || expected == nil {
                return Departure(message: index, expected: expected, found: found)
            }
        }
        let next = messages.count < recording.count ? recording[messages.count] : nil
        guard next?.role == .assistant else {
            return Departure(message: messages.count, expected: next, found: nil)
        }
        return nil
    }

    /// The recorded answer. A request that departs from the recording is an error whose message
    /// holds the number of the message, as JSON.
    package func respond(
        to request: ModelRequest, report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelReply {
        if let departure = departure(of: request.messages) {
            let facts: JSON = [
                "message": .int(departure.message),
                "expected": .optional(departure.expected?.json.compact),
                "found": .optional(departure.found?.json.compact),
            ]
            throw ModelError(
                .unscripted, provider: name, model: request.model, message: facts.compact)
        }
        let message = recording[request.messages.count]
        await report(.started(model: request.model, usage: ModelUsage()))
        for block in message.content {
            switch block.content {
            case .text(let text): await report(.text(text))
            case .thinking(let text): await report(.thinking(text))
            case .toolCall(let call):
                await report(.toolCall(id: call.id, name: call.name))
                await report(.toolInput(call.arguments))
            default: break
            }
        }
        return ModelReply(
            turn: ModelTurn(
                message: message, stop: message.toolCalls.isEmpty ? .endTurn : .toolUse,
                usage: ModelUsage(), model: request.model))
    }
}
