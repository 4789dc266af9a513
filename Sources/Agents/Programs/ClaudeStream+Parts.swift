import Base
import HTTP

extension ClaudeStream {
    /// The kind of a fault of the service; a status decides before the word.
    static func kind(_ status: Int?, _ word: String) -> ModelError.Kind {
        if let status {
            // Many things are a bad request; the words say which.
            let said = status == 400 ? ProgramFault.kind(saying: word)?.service : nil
            return said ?? ServiceFault.kind(status: status)
        }
        switch word {
        case "authentication_failed", "oauth_org_not_allowed": return .authentication
        case "billing_error": return .billing
        case "rate_limit": return .rateLimited
        case "overloaded": return .overloaded
        case "server_error": return .serverFault
        case "invalid_request": return .invalidRequest
        case "model_not_found": return .unknownModel
        case "unknown": return .transport(.other)
        default: return ProgramFault.kind(saying: word)?.service ?? .transport(.other)
        }
    }

    /// The texts of a message.
    static func texts(_ message: JSON) -> [String] {
        (message["content"]?.arrayValue ?? []).compactMap { $0["text"]?.said }
    }

    /// Tokens as the service writes them.
    static func usage(_ body: JSON?) -> ModelUsage {
        var usage = ModelUsage()
        guard let body else { return usage }
        usage.input = body["input_tokens"]?.count ?? 0
        usage.output = body["output_tokens"]?.count ?? 0
        usage.cacheRead = body["cache_read_input_tokens"]?.count ?? 0
        let write = body["cache_creation_input_tokens"]?.count ?? 0
        let long = body["cache_creation"]?["ephemeral_1h_input_tokens"]?.count ?? 0
        usage.cacheWriteLong = min(long, write)
        usage.cacheWrite = write - usage.cacheWriteLong
        usage.thinking = body["output_tokens_details"]?["thinking_tokens"]?.count ?? 0
        return usage
    }

    /// Tokens as the program sums them up for a model.
    static func modelUsage(_ body: JSON) -> ModelUsage {
        var usage = ModelUsage()
        usage.input = body["inputTokens"]?.count ?? 0
        usage.output = body["outputTokens"]?.count ?? 0
        usage.cacheRead = body["cacheReadInputTokens"]?.count ?? 0
        let write = body["cacheCreationInputTokens"]?.count ?? 0
        let long = body["cacheCreationEphemeral1hInputTokens"]?.count ?? 0
        usage.cacheWriteLong = min(long, write)
        usage.cacheWrite = write - usage.cacheWriteLong
        usage.thinking = body["thinkingTokens"]?.count ?? 0
        return usage
    }

    /// What a tool said: a text or blocks. Images are named, not kept.
    static func content(_ value: JSON?) -> [ModelBlock] {
        switch value {
        case .string(let text): [.text(text)]
        case .array(let items):
            items.compactMap { item in
                switch item["type"]?.stringValue {
                case "text": item["text"]?.stringValue.map { .text($0) }
                case let type?: .text("[\(type)]")
                case nil: nil
                }
            }
        default: []
        }
    }
}

extension Timestamp {
    /// `YYYY-MM-DDThh:mm:ss.mmmZ` and nothing else: programs may write anything.
    init?(plain text: String) {
        let bytes = Array(text.utf8)
        guard (20...30).contains(bytes.count), bytes.last == UInt8(ascii: "Z") else { return nil }
        let shape = Array("dddd-dd-ddTdd:dd:dd".utf8)
        for (byte, expected) in zip(bytes, shape) {
            let isRight =
                expected == UInt8(ascii: "d") ? (0x30...0x39).contains(byte) : byte == expected
            guard isRight else { return nil }
        }
        self.init(rfc3339: text)
    }

    /// Seconds since 1970, in this millennium.
    init?(epoch seconds: Double) {
        guard seconds > 0, seconds < 32_503_680_000 else { return nil }
        self.init(milliseconds: Int64(seconds * 1000))
    }
}
