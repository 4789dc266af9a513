package import HTTP

/// Models behind Anthropic's Messages API, or what calls itself compatible.
package struct AnthropicModel: ModelProvider {
    private let transport: ModelTransport

    /// The endpoint's headers say the version of the API.
    package init(client: HTTPClient, endpoint: ModelEndpoint, time: Timekeeper = .system) {
        transport = ModelTransport(client: client, endpoint: endpoint, time: time)
    }

    /// Such as `anthropic`.
    package var name: String { transport.endpoint.name }
    /// The endpoint's.
    package var wire: ModelWire? { transport.endpoint.wire }

    /// One streaming request.
    package func respond(
        to request: ModelRequest, report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelReply {
        try await transport.respond(
            path: "/v1/messages", body: AnthropicFormat.body(request), model: request.model,
            headers: ["anthropic-version": "2023-06-01"],
            assembler: AnthropicAssembler(model: request.model), report: report)
    }
}
