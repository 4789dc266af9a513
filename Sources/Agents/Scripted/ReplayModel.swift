import Base

/// A recorded conversation served again: each request must continue it, and gets the recorded answer.
package struct ReplayModel: ModelProvider {
    /// Such as `replay`.
    package let name: String
    private let recordings: [[ModelMessage]]

    /// The messages of a conversation in order.
    package init(_ recording: [ModelMessage], name: String = "replay") {
        recordings = [recording]
        self.name = name
    }

    /// All conversations of a transcript: each time that its history was summed up or mended,
    /// another one begins.
    package init(_ entries: [TranscriptEntry], name: String = "replay") {
        var history = AgentHistory()
        var aside: [[ModelMessage]] = []
        var recordings: [[ModelMessage]] = []
        for entry in entries {
            switch entry.content {
            case .discarded(let message, _): aside.append(history.messages + [message])
            case .boundary(_, let boundary):
                let answer = ModelMessage(.assistant, [.text(boundary.summary)])
                recordings.append(history.messages + [Compaction.question, answer])
            case .repair: recordings.append(history.messages)
            default: break
            }
            history.apply(entry)
        }
        self.recordings = recordings + [history.messages] + aside
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

    /// Compares the conversation with the recording; nil when it can go on. Of several recordings
    /// the one counts that goes along with it longest.
    package func departure(of messages: [ModelMessage]) -> Departure? {
        var longest: Departure?
        for recording in recordings {
            guard let departure = departure(of: messages, from: recording) else { return nil }
            if departure.message >= longest?.message ?? 0 { longest = departure }
        }
        return longest
    }

    private func departure(
        of messages: [ModelMessage], from recording: [ModelMessage]
    ) -> Departure? {
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
        let recording = recordings.first { departure(of: request.messages, from: $0) == nil }
        guard let message = recording?[request.messages.count] else {
            throw ModelError(.unscripted, provider: name, model: request.model)
        }
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
