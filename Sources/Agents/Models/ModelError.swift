package import Base
package import HTTP

/// A call of a model that gave no whole answer, as facts.
package struct ModelError: Error, Hashable, Sendable {
    /// What a caller can decide on.
    package let kind: Kind
    /// The provider's name, such as `anthropic`.
    package var provider: String
    /// The model that was asked for.
    package var model: String
    /// HTTP status; nil when there was no answer, 200 when the error came inside the stream.
    package var status: Int?
    /// The service's own type or code, such as `overloaded_error`.
    package var type: String?
    /// The service's own words; for people, never to decide on.
    package var message = ""
    /// The service's name for the request.
    package var requestID: String?
    /// How long the service asks to wait.
    package var retryAfter: Duration?
    /// When it may be asked again, as far as it or the gate says; set where nobody waits for that any more.
    package var retryAt: Timestamp?
    /// The service says whether trying again makes sense.
    package var shouldRetry: Bool?
    /// Some of the answer had come.
    package var isPartial = false
    /// What the refusal said about limits.
    package var limits = RateLimitReport()

    /// What went wrong.
    package enum Kind: Hashable, Sendable {
        /// The key is missing, wrong or expired.
        case authentication
        /// The key may not do this.
        case permission
        /// No money, or a limit on spending is reached.
        case billing
        /// The service has no such model.
        case unknownModel
        /// The conversation does not fit into the model's window.
        case contextTooLong
        /// The request is too many bytes.
        case requestTooLarge
        /// The service dislikes the request.
        case invalidRequest
        /// Thinking that was sent back is not what the service expects: the history needs repair.
        case wedgedHistory
        /// Too many requests or tokens for now.
        case rateLimited
        /// The service has too much to do.
        case overloaded
        /// A fault of the service, or its own time-out.
        case serverFault
        /// No answer, or not to its end; why the transfer failed.
        case transport(HTTPError.Reason)
        /// The stream ended in the middle of the answer.
        case cut
        /// What came is not what the format says.
        case malformed
        /// A scripted or recorded model has no answer to this request.
        case unscripted
        /// The task was cancelled.
        case cancelled
        /// A budget does not allow the call.
        case budget(BudgetRefusal)
        /// The provider failed too often lately; how long nobody asks it.
        case suspended(Duration)
    }

    /// The details are set afterwards.
    package init(_ kind: Kind, provider: String, model: String, message: String = "") {
        self.kind = kind
        self.provider = provider
        self.model = model
        self.message = message
    }

    /// A transfer that failed.
    package init(_ error: HTTPError, provider: String, model: String) {
        self.init(
            error.reason == .cancelled ? .cancelled : .transport(error.reason),
            provider: provider, model: model, message: error.detail)
    }

    /// True when the same request may succeed later.
    package var isTransient: Bool {
        if let shouldRetry { return shouldRetry }
        switch kind {
        case .rateLimited, .overloaded, .serverFault, .cut, .malformed: return true
        case .transport(let reason): return HTTPError(reason, url: "").isTransient
        default: return false
        }
    }

    /// True when it says something about the provider's health.
    var isProviderFault: Bool {
        switch kind {
        case .overloaded, .serverFault, .cut: true
        case .transport(let reason): HTTPError(reason, url: "").isTransient
        default: false
        }
    }
}
