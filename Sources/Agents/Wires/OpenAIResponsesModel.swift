package import HTTP

/// Models behind OpenAI's Responses API.
package struct OpenAIResponsesModel: ModelProvider {
    private let transport: ModelTransport

    /// The endpoint's base ends before `/responses`.
    package init(client: HTTPClient, endpoint: ModelEndpoint, time: Timekeeper = .system) {
        transport = ModelTransport(client: client, endpoint: endpoint, time: time)
    }

    /// Such as `openai`.
    package var name: String { transport.endpoint.name }
    /// The endpoint's.
    package var wire: ModelWire? { transport.endpoint.wire }

    /// One streaming request.
    package func respond(
        to request: ModelRequest, report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelReply {
        try await transport.respond(
            path: "/responses", body: ResponsesFormat.body(request), model: request.model,
            assembler: ResponsesAssembler(model: request.model), report: report)
    }
}
