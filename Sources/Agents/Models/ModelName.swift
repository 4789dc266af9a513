/// `provider/model`, where the model's own name may have slashes too.
package struct ModelName: Hashable, Sendable, CustomStringConvertible {
    /// Such as `anthropic`.
    package let provider: String
    /// As the service calls it.
    package let model: String

    package var description: String { "\(provider)/\(model)" }

    /// The newest of each family of Anthropic's, by the name that people use.
    private static let families = [
        "fable": "claude-fable-5-2", "opus": "claude-opus-5-5", "sonnet": "claude-sonnet-5-5",
        "haiku": "claude-haiku-5-5",
    ]

    /// Reads `anthropic/claude-…`, `ollama/qwen3-coder`; without a provider `opus`, `sonnet`, `haiku`,
    /// `fable`, `claude-…` and `gpt-…`. nil for anything else.
    package init?(_ text: String) {
        if let slash = text.firstIndex(of: "/") {
            provider = String(text[..<slash])
            let name = String(text[text.index(after: slash)...])
            model = provider == "anthropic" ? ModelName.families[name] ?? name : name
            guard !provider.isEmpty, !model.isEmpty else { return nil }
        } else if let newest = ModelName.families[text] {
            (provider, model) = ("anthropic", newest)
        } else if text.hasPrefix("claude-") {
            (provider, model) = ("anthropic", text)
        } else if text.hasPrefix("gpt-") {
            (provider, model) = ("openai", text)
        } else {
            return nil
        }
    }
}
