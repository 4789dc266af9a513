import Base
package import HTTP

/// Models behind OpenAI's chat completions, or what calls itself compatible.
package struct OpenAIChatModel: ModelProvider {
    private let transport: ModelTransport

    /// The endpoint's base ends before `/chat/completions`.
    package init(client: HTTPClient, endpoint: ModelEndpoint, time: Timekeeper = .system) {
        transport = ModelTransport(client: client, endpoint: endpoint, time: time)
    }

    /// Such as `ollama`.
    package var name: String { transport.endpoint.name }
    /// The endpoint's.
    package var wire: ModelWire? { transport.endpoint.wire }

    /// One streaming request.
    package func respond(
        to request: ModelRequest, report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> ModelReply {
        let body = ChatFormat.body(request, transport.endpoint)
        return try await transport.respond(
            path: "/chat/completions", body: body, model: request.model,
            assembler: ChatAssembler(model: request.model, promptBytes: body.compact.utf8.count),
            report: report)
    }
}
