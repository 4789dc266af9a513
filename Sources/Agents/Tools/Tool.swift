package import Base

/// Something that a model may ask for, described to it by name, text and schema.
package protocol Tool: Sendable {
    /// What the model reads of it.
    var definition: ToolDefinition { get }

    /// What a call would touch, for the rules to judge before it runs; the input fits the schema.
    ///
    /// A refusal is a sentence for the model: the call names something that no rule can allow.
    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access]

    /// Does what was asked. The input fits the schema and the rules allow it.
    ///
    /// Failures are results for the model, never errors. Cancellation ends it early.
    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput
}

/// How a tool is described to a model.
package struct ToolDefinition: Hashable, Sendable {
    /// The name that models are trained on, such as `Read`.
    package let name: String
    /// What it does and how to use it.
    package let description: String
    /// JSON Schema of the input, an object.
    package let inputSchema: JSON
    /// Other names under which rules and definitions may mean it.
    package var aliases: [String] = []
    /// True when a call changes nothing that outlives it.
    package var isReadOnly = false
    /// True when the model must ask ``ToolSearchTool`` for it first.
    package var isDeferred = false
}

/// A sentence for the model in place of a result.
package struct ToolRefusal: Error, Equatable, Sendable {
    /// What was wrong and what would be right.
    package let message: String

    /// A refusal with this sentence.
    package init(_ message: String) { self.message = message }
}

/// What came of a tool call, as the model will see it.
package struct ToolOutput: Hashable, Sendable {
    /// In the order in which the model reads it; empty for "nothing to say".
    package var content: [ToolContent]
    /// True when the call did not do what was asked.
    package var isError: Bool
    /// The same for programs, such as a patch; not sent to the model.
    package var structured: JSON?

    /// A result of these parts.
    package init(_ content: [ToolContent], isError: Bool = false, structured: JSON? = nil) {
        self.content = content
        self.isError = isError
        self.structured = structured
    }

    /// A result of text alone.
    package init(_ text: String, isError: Bool = false, structured: JSON? = nil) {
        self.init([.text(text)], isError: isError, structured: structured)
    }

    /// A failure, told to the model.
    package static func error(_ text: String) -> ToolOutput { ToolOutput(text, isError: true) }

    /// All texts of it, one after the other.
    package var text: String {
        content.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
    }
}

/// One part of a tool's result.
package enum ToolContent: Hashable, Sendable {
    case text(String)
    /// An image as base64, with its media type such as `image/png`.
    case image(mediaType: String, base64: String)
    /// A document as base64, with its media type: `application/pdf`.
    case document(mediaType: String, base64: String)
}

/// What a call would touch; the unit that rules judge.
package enum Access: Hashable, Sendable {
    /// Only the tool itself, such as `TodoWrite`.
    case tool
    /// Reading a file or listing a folder.
    case read(ResolvedPath)
    /// Creating or changing a file.
    case edit(ResolvedPath)
    /// A text for the shell, started in a folder.
    case command(String, folder: AbsolutePath)
    /// A page of a host, lower case.
    case fetch(host: String)
    /// An agent of this type.
    case agent(type: String)
    /// A skill of this name.
    case skill(String)
}

/// A path as it was named and what it leads to.
package struct ResolvedPath: Hashable, Sendable {
    /// Absolute, `.` and `..` taken out by text.
    package let named: AbsolutePath
    /// With every link followed; of a path that does not exist, the existing part.
    package let real: AbsolutePath

    /// A path with its real one.
    package init(named: AbsolutePath, real: AbsolutePath) {
        self.named = named
        self.real = real
    }
}
