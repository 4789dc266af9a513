import Base

/// Sums up a history that fills its model's window. Pure.
package enum Compaction {
    /// Why a history was summed up.
    package enum Trigger: String, Hashable, Sendable {
        /// It fills the window.
        case window
        /// The service said that it does not fit.
        case refused
    }

    /// Tokens that an answer with a summary may take.
    private static let answerTokens = 16_000

    /// What asks for a summary.
    static let question = ModelMessage.user(ToolTexts.text(PackageResources.loop_summary_md))

    /// The messages that ask for a summary. Where the whole history fits the window beside the
    /// answer, it is sent as it is, and most of it is read from the service's cache; else as a text
    /// of which the middle is left out.
    static func request(
        _ history: AgentHistory, window: Int, isSmaller: Bool
    ) -> (messages: [ModelMessage], isWhole: Bool) {
        let room = window - min(answerTokens, window / 8)
        if !isSmaller, history.tokens + 1000 < room {
            return (history.messages + [question], true)
        }
        // Half of what should fit: the count is an estimate, and was wrong already.
        let tokens = isSmaller ? room / 4 : room / 2
        let text = TurnText.clipped(TurnText.text(of: history.messages), to: tokens * 4)
        let told = "# The conversation so far, shortened\n\n\(text)"
        return ([.user(told), question], false)
    }

    /// The message that takes the place of the whole history: the summary, and what must stay word
    /// for word. Takes at most half of what counts as a full window.
    static func message(
        _ history: AgentHistory, summary: String, todos: String, fullAt: Int
    ) -> String {
        let room = max(fullAt * 2, 2000)
        var parts = [TurnText.clipped(history.assignment, to: room / 3)]
        let sent = history.sent.map { "- \($0)" }.joined(separator: "\n")
        func add(_ title: String, _ text: String, _ share: Int) {
            if !text.isEmpty { parts.append("# \(title)\n\n" + TurnText.clipped(text, to: share)) }
        }
        add("Said to you later", sent, room / 12)
        add("Your work so far, summed up because the conversation was full", summary, room / 4)
        add("Your list of things to do", todos, room / 12)
        add("Files that you read or wrote last", history.files.joined(separator: "\n"), room / 24)
        // What follows a boundary is no step of the work.
        let turns = history.messages.dropFirst()
        add(
            "The last steps before this", TurnText.last(of: Array(turns), bytes: room / 6), room / 6
        )
        parts.append(
            "Go on with the assignment from here. Read files again before you edit what is not quoted above."
        )
        return parts.joined(separator: "\n\n")
    }
}

/// A conversation as a text for a model.
enum TurnText {
    /// Bytes of one call or result.
    private static let blockLimit = 2000

    static func text(of messages: [ModelMessage]) -> String {
        messages.map(text(of:)).joined(separator: "\n")
    }

    /// As many of the last messages as fit, whole.
    static func last(of messages: [ModelMessage], bytes: Int) -> String {
        var left = bytes
        var texts: [String] = []
        for message in messages.reversed() {
            let text = text(of: message)
            left -= text.utf8.count + 1
            if left < 0 { break }
            texts.append(text)
        }
        return texts.reversed().joined(separator: "\n")
    }

    /// Head and tail, with a line between that says what is missing.
    static func clipped(_ text: String, to limit: Int) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count > limit else { return text }
        let half = max(0, limit / 2 - 30)
        return String(decoding: bytes.prefix(half), as: UTF8.self)
            + "\n[… \(bytes.count - 2 * half) bytes left out …]\n"
            + String(decoding: bytes.suffix(half), as: UTF8.self)
    }

    private static func text(of message: ModelMessage) -> String {
        message.content.compactMap { block -> String? in
            switch block.content {
            case .text(let text):
                return (message.role == .assistant ? "You: " : "User: ") + text
            case .toolCall(let call):
                return "You called \(call.name): \(clipped(call.arguments, to: blockLimit))"
            case .toolResult(let result):
                let kind = result.isError ? "Error" : "Result"
                return "\(kind): \(clipped(result.text, to: blockLimit))"
            case .image: return "[an image]"
            case .thinking, .opaque: return nil
            }
        }.joined(separator: "\n")
    }
}
