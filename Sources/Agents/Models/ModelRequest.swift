package import Base

/// One call of a model: the whole conversation so far, and what the model may do.
package struct ModelRequest: Sendable {
    /// The service's own name of the model.
    package var model: String
    /// In order; sent before everything else.
    package var system: [String] = []
    /// How many of ``system``, from the first, requests of other workers begin with too; nil for
    /// all. Anthropic is asked to keep the prefix up to there.
    package var sharedSystem: Int?
    /// The conversation; the last message is a user's.
    package var messages: [ModelMessage]
    /// What it may call.
    package var tools: [ModelTool] = []
    /// nil leaves the choice to the model.
    package var toolChoice: ToolChoice?
    /// nil for a usual number where the service demands one, else for the service's own limit.
    package var maxOutputTokens: Int?
    /// nil sends nothing, which suits every model.
    package var thinking: Thinking?
    /// `low`, `medium`, `high` … as the service calls them; nil sends nothing.
    package var effort: String?
    /// The JSON Schema that the answer must follow; nil for free text.
    package var outputSchema: JSON?
    /// nil sends nothing: newer models refuse any.
    package var temperature: Double?
    /// Texts that end the answer.
    package var stopSequences: [String] = []
    /// Where Anthropic is asked to keep the prefix; other services do so by themselves.
    package var cache = Cache.short
    /// Says which requests share a prefix, for services that route by it.
    package var cacheKey: String?
    /// Tokens of all that is sent, where the caller keeps count; nil estimates them.
    package var inputTokens: Int?
    /// Fields added to the body as they are, over all others.
    package var extra = JSON.Members()

    /// Whether calls are allowed, or demanded.
    package enum ToolChoice: Hashable, Sendable {
        case none
        /// Some tool. The newest models of Anthropic refuse it.
        case any
        case tool(String)
    }

    /// How a model that can is told to think.
    package enum Thinking: Hashable, Sendable {
        case off
        case adaptive
        case budget(tokens: Int)
    }

    /// How long the service keeps the prefix.
    package enum Cache: String, Hashable, Sendable {
        case off
        /// Five minutes after the last use.
        case short
        /// An hour.
        case long
    }

    /// A conversation without tools.
    package init(model: String, messages: [ModelMessage]) {
        self.model = model
        self.messages = messages
    }
}

/// A tool as a model sees it.
package struct ModelTool: Hashable, Sendable {
    /// `[a-zA-Z0-9_-]{1,64}`.
    package let name: String
    /// For the model.
    package let description: String
    /// JSON Schema of an object. Its order of keys is part of the prefix that is cached.
    package let schema: JSON

    /// A tool that takes what the schema says.
    package init(name: String, description: String, schema: JSON) {
        self.name = name
        self.description = description
        self.schema = schema
    }
}
