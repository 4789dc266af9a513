/// How a provider is reached, as far as it differs from what is built in.
package struct ProviderSettings: Sendable, Hashable {
    /// nil keeps the built-in format; a provider of the user's own has to say it.
    package var wire: ModelWire?
    /// nil keeps the built-in address, or the one that the environment names.
    package var baseURL: String?
    /// The variable of the environment that holds the key; nil keeps the built-in ones.
    package var keyVariable: String?
    /// Fields of every request.
    package var headers: [String: String] = [:]
    /// Calls at once; nil for no limit, or the built-in one.
    package var width: Int?
    /// Tokens cost nothing.
    package var isLocal: Bool?
    /// Without a byte for so long a call has failed; nil keeps the built-in time.
    package var idle: Duration?
    /// Anthropic's version of the API, such as `2023-06-01`.
    package var version: String?

    /// Nothing differs.
    package init() {}
}

/// What is known of a provider before anybody says anything.
package struct ProviderDefinition: Sendable, Hashable {
    /// The part of a model's name before the slash.
    package let name: String
    /// What it speaks.
    package let wire: ModelWire
    /// Where it is; nil when the user has to say it.
    package let baseURL: String?
    /// Variables that may say where it is.
    package var baseVariables: [String] = []
    /// Variables that may hold the key, the first that is set counts; none for a server that needs none.
    package var keyVariables: [String] = []
    /// Runs on the user's own machines.
    package var isLocal = false
    /// Calls at once that make sense; nil for any number.
    package var width: Int?
    /// Without a byte for so long a call has failed. Services that think in silence need two minutes, and
    /// their clients wait that long; one that sends a sign of life every few seconds needs half of it.
    package var idle = Duration.seconds(120)
    /// See ``ModelEndpoint/outputLimitField``.
    package var outputLimitField = "max_tokens"
    /// See ``ModelEndpoint/asksForParallelCalls``.
    package var asksForParallelCalls = false

    /// The built-in ones.
    package static let all: [ProviderDefinition] = [
        ProviderDefinition(
            name: "anthropic", wire: .anthropic, baseURL: "https://api.anthropic.com",
            baseVariables: ["ANTHROPIC_BASE_URL"],
            keyVariables: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"], idle: .seconds(60)),
        ProviderDefinition(
            name: "openai", wire: .responses, baseURL: "https://api.openai.com/v1",
            baseVariables: ["OPENAI_BASE_URL"], keyVariables: ["OPENAI_API_KEY"]),
        ProviderDefinition(
            name: "openai-chat", wire: .chat, baseURL: "https://api.openai.com/v1",
            baseVariables: ["OPENAI_BASE_URL"], keyVariables: ["OPENAI_API_KEY"],
            outputLimitField: "max_completion_tokens"),
        ProviderDefinition(
            name: "openrouter", wire: .chat, baseURL: "https://openrouter.ai/api/v1",
            keyVariables: ["OPENROUTER_API_KEY"]),
        ProviderDefinition(
            name: "gemini", wire: .chat,
            baseURL: "https://generativelanguage.googleapis.com/v1beta/openai",
            keyVariables: ["GEMINI_API_KEY"]),
        ProviderDefinition(
            name: "ollama", wire: .chat, baseURL: "http://localhost:11434/v1",
            baseVariables: ["OLLAMA_HOST"], isLocal: true, width: 4),
        ProviderDefinition(
            name: "vllm", wire: .chat, baseURL: "http://localhost:8000/v1", isLocal: true),
        ProviderDefinition(
            name: "llamacpp", wire: .chat, baseURL: "http://localhost:8080/v1", isLocal: true,
            width: 4, asksForParallelCalls: true),
        ProviderDefinition(
            name: "lmstudio", wire: .chat, baseURL: "http://localhost:1234/v1", isLocal: true,
            width: 4),
    ]
}
