import Agents
import Base
import HTTP
import ModelServer
import TestSupport
import Testing

/// Workers against a service over real HTTP, in each of the three formats.
struct AgentLoopServiceTests {
    private static func setup(
        _ service: ModelService, in scratch: borrowing Scratch, model: String = "claude-opus-5-5"
    ) throws -> AgentSetup {
        let tree = scratch.path.appending("tree")
        try Files.makeFolder(tree)
        let bases = PathRule.Bases(tree: tree, settings: tree, home: nil)
        let policy = PermissionPolicy(mode: .acceptEdits, bases: bases)
        let context = ToolContext(
            files: try WorkerFiles(tree: tree, denials: policy.denials), tools: .all)
        return AgentSetup(
            agent: "general-purpose", service: service, model: model,
            system: SystemPrompt(parts: ["You work."], shared: 1), assignment: "Write it.",
            context: context,
            gate: PermissionGate(policy: policy, asker: nil, worker: "t"))
    }

    @Test(arguments: ModelWire.allCases)
    func `faults are retried, parallel calls answered, and what changed is in the tree`(
        _ wire: ModelWire
    ) async throws {
        let service = try ScriptedService(
            """
            default:
              - thinking: two files
                tools:
                  - {name: Write, input: {file_path: a.txt, content: "a\\n"}}
                  - {name: Write, input: {file_path: b.txt, content: "b\\n"}}
                fail: [{status: 529}, {kind: cut}, {kind: malformed}]
              - tools:
                  - {name: Edit, input: {file_path: a.txt, old_string: a, new_string: c}}
                  - {name: Bash, input: {command: ls}}
              - {text: "done: {{result}}"}
            """)
        let scratch = try Scratch()
        let path = scratch.path.appending("t.jsonl")
        let setup = try Self.setup(service.service(wire, tries: 5), in: scratch)
        let outcome = await AgentLoop(setup, transcript: try Transcript(opening: path)).run()
        #expect(outcome.ending == .finished)
        #expect(outcome.usage.turns == 3)
        let tree = scratch.path.appending("tree")
        #expect(try Files.read(tree.appending("a.txt")) == Array("c\n".utf8))
        #expect(try Files.read(tree.appending("b.txt")) == Array("b\n".utf8))
        // There is no shell.
        #expect(outcome.text.contains("no shell"))
        // A second process goes on from the file with the same bytes before the model.
        let sent = try #require(service.server.requests.last?.body)
        var next = try Self.setup(service.service(wire), in: scratch)
        next.system = SystemPrompt(parts: ["Another day."], shared: 1)
        let mailbox = AgentMailbox()
        _ = mailbox.send("more?")
        let again = await AgentLoop(
            next, transcript: try Transcript(opening: path), mailbox: mailbox
        ).run()
        #expect(again.ending == .finished)
        let resent = try #require(service.server.requests.last?.body)
        let key = wire == .responses ? "input" : "messages"
        let before = Self.withoutMarks(sent[key]?.arrayValue ?? [])
        let after = Self.withoutMarks(resent[key]?.arrayValue ?? [])
        #expect(after.count > before.count)
        #expect(Array(after.prefix(before.count)) == before)
        #expect(resent["system"] == sent["system"])
        #expect(resent["tools"] == sent["tools"])
    }

    /// Where the cache is asked to keep moves on with each turn.
    private static func withoutMarks(_ messages: [JSON]) -> [String] {
        messages.map {
            $0.compact.replacing(#","cache_control":{"type":"ephemeral"}"#, with: "")
        }
    }

    @Test
    func `a service that is gone ends the worker with its error, and what was done is kept`()
        async throws
    {
        let service = try ScriptedService(
            """
            default:
              - {tool: Write, input: {file_path: a.txt, content: x}}
              - {text: never, fail: [{status: 429, times: always}]}
            """)
        let scratch = try Scratch()
        let path = scratch.path.appending("t.jsonl")
        let setup = try Self.setup(service.service(.anthropic), in: scratch)
        let outcome = await AgentLoop(setup, transcript: try Transcript(opening: path)).run()
        guard case .model(let error) = outcome.ending else {
            Issue.record("ended with \(outcome.ending)")
            return
        }
        #expect(error.kind == .rateLimited)
        #expect(outcome.ending.isResumable)
        #expect(outcome.usage.turns == 1)
        #expect(try Files.read(scratch.path.appending("tree/a.txt")) == Array("x".utf8))
    }
}
