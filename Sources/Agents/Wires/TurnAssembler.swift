import Base
import HTTP

/// Builds a turn from what a service sends, in one of the formats.
protocol TurnAssembler {
    /// One event of the stream.
    mutating func receive(_ event: ServerSentEvent) throws(AssemblyError) -> [ModelEvent]
    /// A whole answer: some servers send one although a stream was asked for.
    mutating func receive(whole: JSON) throws(AssemblyError) -> [ModelEvent]
    /// The stream has ended; the events that only its end brings.
    mutating func finish() throws(AssemblyError) -> [ModelEvent]
    /// The answer is whole, whatever may still come.
    var isComplete: Bool { get }
    /// Something of the answer has come.
    var hasBegun: Bool { get }
    /// The answer, once it is complete.
    func turn(requestID: String?) -> ModelTurn
}

/// Why no turn came of a stream.
enum AssemblyError: Error {
    case malformed(String)
    /// The service says so itself.
    case service(ServiceFault)
}

/// An error as a service words it, in any of the formats.
struct ServiceFault: Equatable {
    var type: String?
    var code: String?
    var message = ""

    /// Reads `{error: {type, code, message}}`, `{error: "text"}`, `{object: "error", message}` and
    /// what else servers make of it; nil when it is none of these.
    init?(_ body: JSON) {
        if let error = body["error"], error.objectValue != nil {
            self.init(fields: error)
        } else if let text = body["error"]?.stringValue {
            self.init(message: text)
        } else if body["object"]?.stringValue == "error" || body["type"]?.stringValue == "error" {
            self.init(fields: body)
        } else if let text = body["detail"]?.stringValue ?? body["message"]?.stringValue {
            self.init(message: text)
        } else {
            return nil
        }
    }

    /// A fault of which only the type is known.
    init(type: String) { self.type = type }

    private init(message: String) { self.message = message }

    private init(fields: JSON) {
        type = fields["type"]?.stringValue
        code =
            fields["details"]?["error_code"]?.stringValue ?? fields["code"]?.stringValue
            ?? fields["code"]?.intValue.map(String.init)
        message = fields["message"]?.stringValue ?? ""
    }

    /// What kind of error it is, at a status or inside a stream (200).
    func kind(status: Int) -> ModelError.Kind {
        let words = [type, code].compactMap { $0 }
        for word in words {
            switch word {
            case "authentication_error", "invalid_api_key": return .authentication
            case "permission_error": return .permission
            case "billing_error", "insufficient_quota", "contract_spend_limit_reached",
                "enforced_spend_limit_reached", "organization_on_hold":
                return .billing
            case "not_found_error", "model_not_found": return .unknownModel
            case "context_length_exceeded", "exceed_context_size_error": return .contextTooLong
            case "request_too_large": return .requestTooLarge
            case "rate_limit_error", "rate_limit_exceeded": return .rateLimited
            case "overloaded_error", "server_is_overloaded": return .overloaded
            case "api_error", "timeout_error", "server_error": return .serverFault
            default: continue
            }
        }
        // The two that share a type and a status with every other bad request.
        let text = message.lowercased()
        if status == 400 || status == 200 || status == 413 {
            if text.contains("blocks in the latest assistant message cannot be modified")
                || text.contains("invalid `signature` in `thinking` block")
                || code == "prefix_binding_mismatch" || code == "model_binding_mismatch"
            {
                return .wedgedHistory
            }
            if text.contains("prompt is too long") || text.contains("maximum context length")
                || text.contains("context window") || text.contains("exceeds the available context")
            {
                return .contextTooLong
            }
        }
        return ServiceFault.kind(status: status)
    }

    /// What a status alone says.
    static func kind(status: Int) -> ModelError.Kind {
        switch status {
        case 401: .authentication
        case 402: .billing
        case 403: .permission
        case 404: .unknownModel
        case 413: .requestTooLarge
        case 429: .rateLimited
        case 529: .overloaded
        case 408, 409, 500...: .serverFault
        case 200..<300: .serverFault
        default: .invalidRequest
        }
    }
}
