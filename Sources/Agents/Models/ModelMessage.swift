package import Base

/// One message of a conversation with a model.
package struct ModelMessage: Hashable, Sendable {
    /// Who speaks.
    package var role: Role
    /// In order. In a user's message the results of tools come first.
    package var content: [ModelBlock]
    /// Where an answer came from; nil for what we wrote ourselves.
    package var source: Source?

    /// Who speaks.
    package enum Role: String, Hashable, Sendable { case user, assistant, system }

    /// The model that wrote a message, and the format of the blocks' exact JSON.
    package struct Source: Hashable, Sendable {
        /// The format that the exact JSON of the blocks is in.
        package let wire: ModelWire
        /// The model as it was asked for, which may be shorter than what the answer said.
        package let model: String

        /// A source as a provider or a transcript names it.
        package init(wire: ModelWire, model: String) {
            self.wire = wire
            self.model = model
        }
    }

    /// A message without source is ours.
    package init(_ role: Role, _ content: [ModelBlock], source: Source? = nil) {
        self.role = role
        self.content = content
        self.source = source
    }

    /// One text.
    package static func user(_ text: String) -> ModelMessage {
        ModelMessage(.user, [.text(text)])
    }

    /// The texts, joined by line feeds; thinking, calls and results left out.
    package var text: String {
        content.compactMap { if case .text(let text) = $0.content { text } else { nil } }
            .joined(separator: "\n")
    }

    /// The calls in order.
    package var toolCalls: [ToolCall] {
        content.compactMap { if case .toolCall(let call) = $0.content { call } else { nil } }
    }
}

/// The formats that models are spoken to in.
package enum ModelWire: String, Hashable, Sendable, CaseIterable {
    /// Anthropic Messages.
    case anthropic
    /// OpenAI chat completions, and what calls itself compatible.
    case chat
    /// OpenAI Responses.
    case responses
}

/// One piece of a message.
package struct ModelBlock: Hashable, Sendable {
    /// What it means.
    package let content: Content
    /// The block as its model's service sent it, to be sent back unchanged; nil for our own. In the
    /// format of the message's source.
    package let exact: JSON?

    /// What a block means, in whatever format it came.
    package indirect enum Content: Hashable, Sendable {
        case text(String)
        /// What the model says about its thinking; may be empty.
        case thinking(String)
        case toolCall(ToolCall)
        case toolResult(ToolResult)
        /// Bytes in base64.
        case image(mediaType: String, base64: String)
        /// Something that only the service understands, such as sealed thinking; its type.
        case opaque(String)
    }

    /// A block whose exact form is known, or one of ours.
    package init(_ content: Content, exact: JSON? = nil) {
        self.content = content
        self.exact = exact
    }

    /// A text of ours.
    package static func text(_ text: String) -> ModelBlock { ModelBlock(.text(text)) }

    /// A result of ours.
    package static func toolResult(
        _ call: String, _ text: String, isError: Bool = false
    ) -> ModelBlock {
        ModelBlock(.toolResult(ToolResult(callID: call, content: [.text(text)], isError: isError)))
    }

    /// What the model thought, sealed or not: bound to the model that wrote it.
    package var isThinking: Bool {
        switch content {
        case .thinking: true
        case .opaque(let type): type == "redacted_thinking" || type == "reasoning"
        default: false
        }
    }
}

/// A model's wish to have a tool run.
package struct ToolCall: Hashable, Sendable {
    /// Answers refer to it.
    package let id: String
    /// As the request named it, if the model was careful.
    package let name: String
    /// The input as the model spelled it; need not be JSON.
    package let arguments: String

    /// A call as the model made it.
    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    /// The input as an object; nil when ``arguments`` is something else. Nothing at all means `{}`.
    package var input: JSON? {
        if arguments.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }) {
            return .object(JSON.Members())
        }
        // nil says all that is to be said: it is no JSON.
        guard let value = try? JSON(parsing: arguments), case .object = value else { return nil }
        return value
    }
}

/// What a tool said.
package struct ToolResult: Hashable, Sendable {
    /// The call that it answers.
    package let callID: String
    /// Texts and images.
    package let content: [ModelBlock]
    /// The tool failed, or was not run.
    package let isError: Bool

    /// A result for the call of that name.
    package init(callID: String, content: [ModelBlock], isError: Bool = false) {
        self.callID = callID
        self.content = content
        self.isError = isError
    }

    /// The texts, joined by line feeds.
    package var text: String {
        content.compactMap { if case .text(let text) = $0.content { text } else { nil } }
            .joined(separator: "\n")
    }
}
