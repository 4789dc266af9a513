import Agents
import Base
import HTTP
import ModelServer
import Synchronization
import TestSupport
import Testing

/// A scripted server with a provider of each format in front of it.
struct ScriptedService {
    let server: ModelServer
    let client: HTTPClient
    let time = ManualTime(isAutomatic: true)

    init(_ script: String) throws {
        server = try ModelServer(ModelScript(parsing: Array(script.utf8)), keepsRequests: true)
        client = try HTTPClient(route: .direct)
    }

    func provider(_ wire: ModelWire, idle: Duration = .seconds(600)) throws -> any ModelProvider {
        let path = wire == .anthropic ? "" : "/v1"
        var endpoint = ModelEndpoint(
            name: wire.rawValue, wire: wire,
            base: try HTTPURL("http://127.0.0.1:\(server.port)\(path)"))
        endpoint.credentials = ["x-api-key": "k"]
        endpoint.limits.idle = idle
        return switch wire {
        case .anthropic: AnthropicModel(client: client, endpoint: endpoint, time: keeper)
        case .chat: OpenAIChatModel(client: client, endpoint: endpoint, time: keeper)
        case .responses: OpenAIResponsesModel(client: client, endpoint: endpoint, time: keeper)
        }
    }

    var keeper: Timekeeper {
        let time = time
        return Timekeeper(
            now: { time.now },
            sleep: { duration throws(CancellationError) in try await time.wait(duration) })
    }

    func service(
        _ wire: ModelWire, tries: Int = 3, budgets: BudgetKeeper = BudgetKeeper(),
        gate: ModelGate? = nil
    ) throws -> ModelService {
        ModelService(
            try provider(wire), gate: gate ?? ModelGate(time: keeper), budgets: budgets,
            prices: try Prices.builtIn(), retries: RetryPolicy(tries: tries), time: keeper)
    }
}

/// What a provider reported.
final class Heard: Sendable {
    private let events = Mutex<[ModelEvent]>([])
    var all: [ModelEvent] { events.withLock { $0 } }
    @Sendable func add(_ event: ModelEvent) async { events.withLock { $0.append(event) } }
    var text: String { all.map { if case .text(let text) = $0 { text } else { "" } }.joined() }
    var retries: [ModelError.Kind] {
        all.compactMap { if case .retrying(let retry) = $0 { retry.error.kind } else { nil } }
    }
}

private let ask = ModelRequest(model: "claude-opus-5-5", messages: [.user("go on, please")])

struct ProviderTests {
    @Test(arguments: ModelWire.allCases)
    func `text, thinking and parallel calls arrive whole`(_ wire: ModelWire) async throws {
        let service = try ScriptedService(
            """
            default:
              - thinking: I should look first, naïvely 🙂
                text: Let me look.
                tools:
                  - {name: Read, input: {path: a/é.txt, limit: 1.50, z: 1, a: 2}}
                  - {name: Grep, input: {}}
                usage: {input: 100, output: 20, cache_read: 30}
            """)
        let heard = Heard()
        var request = ask
        request.tools = [ModelTool(name: "Read", description: "d", schema: ["type": "object"])]
        let reply = try await service.provider(wire).respond(to: request, report: heard.add)
        let turn = reply.turn
        #expect(turn.message.text == "Let me look.")
        #expect(turn.message.toolCalls.map(\.name) == ["Read", "Grep"])
        #expect(
            turn.message.toolCalls[0].input?.compact
                == #"{"path":"a/é.txt","limit":1.50,"z":1,"a":2}"#)
        #expect(turn.message.toolCalls[1].input == [:])
        #expect(turn.stop == .toolUse)
        #expect(turn.usage.input == 100 && turn.usage.output == 20 && turn.usage.cacheRead == 30)
        #expect(heard.text == "Let me look.")
        let thoughts = heard.all.map { if case .thinking(let text) = $0 { text } else { "" } }
        #expect(thoughts.joined() == "I should look first, naïvely 🙂")
        // The exact blocks survive a transcript.
        let stored = turn.message.json.compact
        #expect(ModelMessage(json: try JSON(parsing: stored)) == turn.message)
    }

    @Test(arguments: ModelWire.allCases)
    func `a conversation goes on with the answer sent back unchanged`(_ wire: ModelWire)
        async throws
    {
        let service = try ScriptedService(
            """
            default:
              - {thinking: hm, text: one, tool: Read, input: {b: 1, a: 2}}
              - {text: "the tool said: {{result}}"}
            """)
        let provider = try service.provider(wire)
        var request = ask
        request.tools = [ModelTool(name: "Read", description: "d", schema: ["type": "object"])]
        let first = try await provider.respond(to: request) { _ in }.turn.message
        let call = try #require(first.toolCalls.first)
        request.messages += [
            first, ModelMessage(.user, [.toolResult(call.id, "42 files", isError: true)]),
        ]
        let second = try await provider.respond(to: request) { _ in }.turn.message
        let prefix = wire == .anthropic ? "" : "Error: "
        #expect(second.text == "the tool said: \(prefix)42 files")
        let sent = try #require(service.server.requests.last?.body)
        switch wire {
        case .anthropic:
            let content = sent["messages"]?.arrayValue?[1]["content"]?.arrayValue
            #expect(content == first.content.compactMap(\.exact))
            #expect(content?[0]["signature"] != nil)
        case .responses:
            let items = sent["input"]?.arrayValue.map { Array($0[1...3]) }
            #expect(items == first.content.compactMap(\.exact))
            #expect(items?[0]["encrypted_content"] != nil)
        case .chat:
            let message = sent["messages"]?.arrayValue?[1]
            #expect(
                message?["tool_calls"]?.arrayValue?.first?["function"]?["arguments"]
                    == #"{"b":1,"a":2}"#)
            #expect(message?["reasoning_content"] == nil)
        }
    }

    @Test(arguments: ModelWire.allCases)
    func `another model's thinking is never sent`(_ wire: ModelWire) async throws {
        let service = try ScriptedService("default: [{thinking: secret, text: one}, {text: two}]")
        let provider = try service.provider(wire)
        var request = ask
        let first = try await provider.respond(to: request) { _ in }.turn.message
        request.messages += [first, .user("and now?")]
        request.model = "claude-sonnet-5-5"
        for other in ModelWire.allCases {
            _ = try await service.provider(other).respond(to: request) { _ in }
            let sent = try #require(service.server.requests.last?.body.compact)
            #expect(!sent.contains("secret") && sent.contains("one"))
        }
    }

    @Test(arguments: ModelWire.allCases)
    func `an answer that the limit cut has no broken call in it`(_ wire: ModelWire) async throws {
        let service = try ScriptedService(
            #"default: [{text: a, tool: Write, arguments: '{"path": "x', stop: max_tokens}]"#)
        let turn = try await service.provider(wire).respond(to: ask) { _ in }.turn
        #expect(turn.stop == .maxTokens)
        #expect(turn.message.toolCalls.isEmpty)
    }

    @Test(arguments: ModelWire.allCases)
    func `a refusal is told as one`(_ wire: ModelWire) async throws {
        let service = try ScriptedService("default: [{text: no, stop: refusal}]")
        let turn = try await service.provider(wire).respond(to: ask) { _ in }.turn
        guard case .refusal = turn.stop else {
            Issue.record("\(turn.stop)")
            return
        }
    }

    @Test(arguments: ModelWire.allCases)
    func `input that is no JSON is kept as text`(_ wire: ModelWire) async throws {
        let service = try ScriptedService(
            "default: [{tool: Write, arguments: 'not json'}, {text: fine}]")
        let provider = try service.provider(wire)
        var request = ask
        let first = try await provider.respond(to: request) { _ in }.turn.message
        #expect(first.toolCalls.first?.arguments == "not json")
        #expect(first.toolCalls.first?.input == nil)
        request.messages += [
            first,
            ModelMessage(.user, [.toolResult(first.toolCalls[0].id, "bad", isError: true)]),
        ]
        #expect(try await provider.respond(to: request) { _ in }.turn.message.text == "fine")
    }
}

struct ProviderFaultTests {
    @Test(arguments: ModelWire.allCases, [400, 401, 403, 404, 413, 429, 500, 504, 529])
    func `a status is an error of its kind`(_ wire: ModelWire, _ status: Int) async throws {
        let service = try ScriptedService(
            "default: [{text: x, fail: {status: \(status), times: always, retry_after: 1.5}}]")
        let kinds: [Int: ModelError.Kind] = [
            400: .invalidRequest, 401: .authentication, 403: .permission, 404: .unknownModel,
            413: .requestTooLarge, 429: .rateLimited, 529: .overloaded,
        ]
        let provider = try service.provider(wire)
        do throws(ModelError) {
            _ = try await provider.respond(to: ask) { _ in }
            Issue.record("answered")
        } catch {
            #expect(error.kind == kinds[status] ?? .serverFault)
            #expect(error.status == status)
            #expect(error.message == "scripted \(status)")
            #expect(error.retryAfter == .milliseconds(1500))
            #expect(error.requestID?.hasPrefix("req_") == true)
            #expect(!error.isPartial)
        }
    }

    @Test(
        arguments: ModelWire.allCases,
        ["cut", "malformed", "{kind: error, type: overloaded_error}"])
    func `an answer that breaks in the middle is an error, not an answer`(
        _ wire: ModelWire, _ fault: String
    ) async throws {
        let service = try ScriptedService(
            "default: [{text: some words that fill several pieces, fail: \(fault)}]")
        let provider = try service.provider(wire)
        do throws(ModelError) {
            _ = try await provider.respond(to: ask) { _ in }
            Issue.record("answered")
        } catch {
            #expect(error.isPartial)
            #expect(error.isTransient)
            switch fault {
            case "cut":
                guard case .transport(.cut) = error.kind else {
                    Issue.record("\(error)")
                    return
                }
            case "malformed": #expect(error.kind == .malformed)
            default: #expect(error.kind == .overloaded && error.status == 200)
            }
        }
    }

    @Test(arguments: ModelWire.allCases)
    func `a reset is a transport error`(_ wire: ModelWire) async throws {
        let service = try ScriptedService(
            "default: [{text: x, fail: {kind: reset, times: always}}]")
        let provider = try service.provider(wire)
        do throws(ModelError) {
            _ = try await provider.respond(to: ask) { _ in }
            Issue.record("answered")
        } catch {
            #expect(error.kind == .transport(.cut(received: 0)))
        }
    }

    @Test(arguments: ModelWire.allCases, ["stall", "silence"])
    func `an answer that stands still ends after the limit on silence`(
        _ wire: ModelWire, _ fault: String
    ) async throws {
        let service = try ScriptedService("default: [{text: one two three, fail: \(fault)}]")
        let provider = try service.provider(wire, idle: .milliseconds(80))
        do throws(ModelError) {
            _ = try await provider.respond(to: ask) { _ in }
            Issue.record("answered")
        } catch {
            #expect(error.kind == .transport(.idleTimeout(.milliseconds(80))))
            #expect(error.isPartial == (fault == "stall"))
        }
    }

    @Test(arguments: ModelWire.allCases)
    func `cancelling ends an answer that stands still`(_ wire: ModelWire) async throws {
        let service = try ScriptedService("default: [{text: one two three, fail: stall}]")
        let provider = try service.provider(wire)
        let (starts, started) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .unbounded)
        let task = Task {
            try await provider.respond(to: ask) { event in
                if case .started = event { started.yield() }
            }
        }
        var start = starts.makeAsyncIterator()
        await start.next()
        task.cancel()
        do {
            _ = try await task.value
            Issue.record("answered")
        } catch {
            #expect((error as? ModelError)?.kind == .cancelled)
        }
    }

    @Test(arguments: ModelWire.allCases)
    func `slow pieces are no fault`(_ wire: ModelWire) async throws {
        let service = try ScriptedService(
            "default: [{text: one two three four, delay_ms: 2, pieces: 3}]")
        let turn = try await service.provider(wire, idle: .seconds(5)).respond(to: ask) { _ in }
            .turn
        #expect(turn.message.text == "one two three four")
    }
}

struct ModelServiceTests {
    @Test(arguments: ModelWire.allCases)
    func `every transient fault is survived, and the answer is right`(_ wire: ModelWire)
        async throws
    {
        let service = try ScriptedService(
            """
            default:
              - text: the answer in several pieces
                fail: [429, {status: 429, retry_after: 3}, 500, 529, cut, malformed, error]
            """)
        let heard = Heard()
        let gate = ModelGate(breaker: CircuitBreaker(threshold: 100), time: service.keeper)
        let outcome = try await service.service(wire, tries: 9, gate: gate).respond(
            to: ask, owners: ["t", "run"], report: heard.add)
        #expect(outcome.turn.message.text == "the answer in several pieces")
        #expect(outcome.attempts == 8)
        #expect(heard.retries.count == 7)
        #expect(heard.retries.prefix(4) == [.rateLimited, .rateLimited, .serverFault, .overloaded])
        #expect(service.time.waits.contains(.seconds(3)))
        #expect(outcome.cost != nil)
    }

    @Test
    func `a limit that does not clear is given up after the tries`() async throws {
        let service = try ScriptedService(
            "default: [{text: x, fail: {status: 429, times: always}}]")
        let model = try service.service(.anthropic)
        do throws(ModelError) {
            _ = try await model.respond(to: ask, owners: []) { _ in }
            Issue.record("answered")
        } catch {
            #expect(error.kind == .rateLimited)
        }
        #expect(service.server.requests.count == 3)
    }

    @Test
    func `a budget refuses before anything is sent`() async throws {
        let service = try ScriptedService("default: [{text: x, usage: {input: 10, output: 1000}}]")
        let budgets = BudgetKeeper()
        await budgets.set(BudgetLimits(turns: 1), for: "run")
        let model = try service.service(.anthropic, budgets: budgets)
        _ = try await model.respond(to: ask, owners: ["t", "run"]) { _ in }
        do throws(ModelError) {
            _ = try await model.respond(to: ask, owners: ["t", "run"]) { _ in }
            Issue.record("answered")
        } catch {
            #expect(error.kind == .budget(.turns(owner: "run", limit: 1)))
        }
        #expect(service.server.requests.count == 1)
        let spent = try #require(await budgets.budget(of: "t"))
        #expect(spent.tokens == 1010 && abs(spent.money - 0.02004) < 1e-9)
    }

    @Test
    func `an answer may cost no more than what is left`() async throws {
        let service = try ScriptedService("default: [{text: x}]")
        let budgets = BudgetKeeper()
        await budgets.set(BudgetLimits(money: 0.1), for: "run")
        let model = try service.service(.anthropic, budgets: budgets)
        _ = try await model.respond(to: ask, owners: ["run"]) { _ in }
        let limit = try #require(service.server.requests.last?.body["max_tokens"]?.intValue)
        // 20 dollars for a million tokens.
        #expect(limit > 4000 && limit <= 5000)
    }

    @Test
    func `a provider that keeps failing is left alone, then probed`() async throws {
        let service = try ScriptedService(
            "default: [{text: x, fail: {status: 500, times: 4}}]")
        let gate = ModelGate(
            breaker: CircuitBreaker(threshold: 2, pause: .seconds(30)), time: service.keeper)
        let outcome = try await service.service(.anthropic, tries: 9, gate: gate).respond(
            to: ask, owners: []
        ) { _ in }
        #expect(outcome.attempts == 5)
        let pauses = service.time.waits.filter { $0 > .seconds(10) }
        #expect(pauses.count == 3)
        #expect(await gate.breakerState == .closed(failures: 0))
    }

    @Test
    func `no more calls at once than the gate is wide`() async throws {
        let service = try ScriptedService("default: [{text: one two three four, delay_ms: 1}]")
        let gate = ModelGate(width: 2, time: service.keeper)
        let model = try service.service(.chat, gate: gate)
        let calls = CallCount()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    _ = try await model.respond(to: ask, owners: []) { event in
                        if case .started = event {
                            calls.began()
                        }
                    }
                    calls.ended()
                }
            }
            try await group.waitForAll()
        }
        #expect(service.server.requests.count == 12)
        #expect((1...2).contains(calls.most))
    }
}

/// How many calls are under way, and were at most.
final class CallCount: Sendable {
    private let counts = Mutex((now: 0, most: 0))
    func began() {
        counts.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }
    func ended() { counts.withLock { $0.now -= 1 } }
    var most: Int { counts.withLock { $0.most } }
}
