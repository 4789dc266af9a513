package import HTTP

/// Where a provider is reached, with whose key, and its peculiarities.
package struct ModelEndpoint: Sendable {
    /// Such as `anthropic`.
    package let name: String
    /// What it speaks.
    package let wire: ModelWire
    /// What paths such as `/v1/messages` or `/chat/completions` are appended to.
    package let base: HTTPURL
    /// Fields for the base's origin alone.
    package var credentials: HTTPHeaders = [:]
    /// Other fields.
    package var headers: HTTPHeaders = [:]
    /// Runs on the user's own machines: tokens cost nothing.
    package var isLocal = false
    /// The chat field that bounds the output: OpenAI's newer models refuse the older name, local
    /// servers do not know the newer.
    package var outputLimitField = "max_tokens"
    /// Sends `parallel_tool_calls: true`, which llama.cpp needs.
    package var asksForParallelCalls = false
    /// How a transfer is bounded: no answer of a model has more than 64 MiB, thinking and framing included.
    package var limits = {
        var limits = HTTPLimits()
        limits.bodyBytes = 64 << 20
        return limits
    }()

    /// An endpoint without a key.
    package init(name: String, wire: ModelWire, base: HTTPURL) {
        self.name = name
        self.wire = wire
        self.base = base
    }
}
