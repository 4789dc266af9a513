package import Base

/// One line of a transcript.
package struct TranscriptEntry: Hashable, Sendable {
    /// From 1, without gaps.
    package let id: Int
    /// The entry that the history continues with this one: the last before it that is not discarded
    /// and no end. Nil for the first.
    package let parent: Int?
    /// When it was written.
    package let time: Timestamp
    /// What it says.
    package let content: Content
    /// Secrets were left out of it when it was written: the model said, or was told, something else.
    package var isMasked = false

    /// What an entry says.
    package enum Content: Hashable, Sendable {
        /// A process took up the work.
        case start(Start)
        /// Something said to the model.
        case message(String, from: Origin)
        /// An answer that stays in the history.
        case answer(ModelMessage, Answer)
        /// An answer that does not: it was empty, cut, or a refusal.
        case discarded(ModelMessage, Answer)
        /// What came of one call of the last answer.
        case result(ToolResult)
        /// The history begins anew with this message.
        case boundary(String, Boundary)
        /// The thinking of all answers before was taken out of the history.
        case repair
        case end(End)
    }

    /// With what a process began.
    package struct Start: Hashable, Sendable {
        /// The agent's type.
        package let agent: String
        /// Who answers, such as `anthropic`; nil in transcripts of earlier versions.
        package var provider: String?
        /// What it speaks; nil where nothing goes over a wire.
        package var wire: ModelWire?
        /// The service's own name of the model.
        package let model: String
        /// The system prompt in parts.
        package let system: [String]
        /// How many of them other workers have too.
        package let shared: Int
        /// Names of the tools, in order.
        package let tools: [String]
    }

    /// Who speaks in a message to the model.
    package enum Origin: String, Hashable, Sendable {
        case assignment
        /// Sent to the running worker.
        case mailbox
        /// The loop: an answer that was cut or empty, a call that fails again and again.
        case steering
        /// The loop, when it took up the work again.
        case resume
    }

    /// What is known of an answer beside its content.
    package struct Answer: Hashable, Sendable {
        /// Why it ended.
        package let stop: ModelTurn.StopReason
        /// Tokens.
        package let usage: ModelUsage
        /// Dollars; nil where nobody knows.
        package let cost: Double?
        /// The service's name for the request.
        package let requestID: String?
    }

    /// What is known of a place where the history was summed up.
    package struct Boundary: Hashable, Sendable {
        /// Why.
        package let trigger: Compaction.Trigger
        /// Tokens of the history before it, estimated.
        package let before: Int
        /// Tokens of the history after it, estimated.
        package let after: Int
        /// What the model said when it was asked to sum up.
        package let summary: String
        /// Tokens of the call that summed it up.
        package let usage: ModelUsage
        /// Dollars of that call; nil where nobody knows.
        package let cost: Double?
    }

    /// How a process ended.
    package struct End: Hashable, Sendable {
        /// See ``AgentEnding/word``.
        package let word: String
        /// The facts behind it; empty for none.
        package let detail: String

        /// An end in a word.
        package init(word: String, detail: String) {
            self.word = word
            self.detail = detail
        }
    }

    /// True when the history does not continue from it.
    var isLeaf: Bool {
        switch content {
        case .discarded, .end: true
        default: false
        }
    }
}
