/// Something that answers: a service, a script or a recording.
///
/// One call is one try: retries, limits and budgets are ``ModelService``'s.
package protocol ModelProvider: Sendable {
    /// Such as `anthropic`.
    var name: String { get }
    /// What it speaks; nil where nothing goes over a wire.
    var wire: ModelWire? { get }

    /// Sends the conversation and waits for the whole answer; `report` hears of its parts as they
    /// come, and the answer waits while it works. Cancelling the task closes the transfer.
    func respond(
        to request: ModelRequest, report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelReply
}

extension ModelProvider {
    /// A script or a recording.
    package var wire: ModelWire? { nil }
}

/// A whole answer, with what the service said about its limits.
package struct ModelReply: Sendable {
    /// The answer.
    package let turn: ModelTurn
    /// Rate limits; empty where the service says nothing.
    package let limits: RateLimitReport

    /// An answer as a provider got it.
    package init(turn: ModelTurn, limits: RateLimitReport = RateLimitReport()) {
        self.turn = turn
        self.limits = limits
    }
}
