import Agents
import Base
import HTTP
import ModelServer
import TestSupport
import Testing

struct ModelServerTests {
    private func send(
        _ server: ModelServer, _ method: String, _ path: String, _ body: String? = nil
    ) async throws -> (Int, JSON) {
        let client = try HTTPClient(route: .direct)
        let response = try await client.send(
            HTTPRequest(
                method, HTTPURL("http://127.0.0.1:\(server.port)\(path)"),
                headers: ["authorization": "Bearer secret"], body: body.map { Array($0.utf8) }))
        return (response.status, try JSON(parsing: try await response.body.collect()))
    }

    private func server(_ script: String) throws -> ModelServer {
        try ModelServer(ModelScript(parsing: Array(script.utf8)), keepsRequests: true)
    }

    @Test
    func `models are listed, tokens counted, and keys never kept`() async throws {
        let server = try server("{models: [a, b], conversations: {default: [{text: x}]}}")
        let (_, models) = try await send(server, "GET", "/v1/models")
        #expect(models["data"]?.arrayValue?.map { $0["id"] } == ["a", "b"])
        #expect(try await send(server, "GET", "/v1/models/b").1["id"] == "b")
        #expect(try await send(server, "GET", "/v1/models/c").0 == 404)
        let (_, count) = try await send(server, "POST", "/v1/messages/count_tokens?beta=true", "{}")
        #expect(count["input_tokens"] == 1)
        #expect(server.requests.allSatisfy { $0.headers["authorization"] == "***" })
        #expect(server.requests.last?.path == "/v1/messages/count_tokens?beta=true")
    }

    @Test(arguments: [
        ("/v1/messages", "", 400), ("/v1/messages", "[", 400), ("/v1/chat/completions", "[]", 400),
        ("/v2/nothing", "{}", 404),
    ])
    func `bad requests get errors as a service words them`(
        _ path: String, _ body: String, _ status: Int
    ) async throws {
        let server = try server("default: [{text: x}]")
        let (found, json) = try await send(server, "POST", path, body)
        #expect(found == status)
        #expect(json["error"]?["message"]?.stringValue?.isEmpty == false)
    }

    @Test
    func `answers without a stream have the same content`() async throws {
        let server = try server("default: [{text: hello, tool: Read, input: {a: 1}}]")
        let message = try await send(
            server, "POST", "/v1/messages",
            #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#
        ).1
        #expect(message["content"]?.arrayValue?.map { $0["type"] } == ["text", "tool_use"])
        let chat = try await send(
            server, "POST", "/api/v1/chat/completions",
            #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#
        ).1
        let choice = chat["choices"]?.arrayValue?.first
        #expect(choice?["message"]?["content"] == "hello")
        #expect(choice?["finish_reason"] == "tool_calls")
        let response = try await send(
            server, "POST", "/v1/responses", #"{"model":"m","input":"x"}"#
        ).1
        #expect(
            response["output"]?.arrayValue?.map { $0["type"] } == ["message", "function_call"])
    }

    @Test
    func `a server stops although answers stand still`() async throws {
        let server = try server("default: [{text: one two, fail: stall}]")
        let client = try HTTPClient(route: .direct)
        let response = try await client.send(
            HTTPRequest(
                "POST", HTTPURL("http://127.0.0.1:\(server.port)/v1/messages"),
                body: Array(#"{"stream":true,"messages":[{"role":"user","content":"x"}]}"#.utf8)))
        #expect(response.status == 200)
        server.stop()
        await #expect(throws: HTTPError.self) { _ = try await response.body.collect() }
    }
}
