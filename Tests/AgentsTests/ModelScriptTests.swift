import Agents
import Base
import Testing

struct ModelScriptTests {
    private func choose(_ script: String, _ body: String) throws -> ModelScript.Step {
        try ModelScript(parsing: Array(script.utf8)).choose(
            for: ScriptView(.anthropic, JSON(parsing: body))
        ).step
    }

    private func body(_ texts: [String], system: String = "") -> String {
        let messages: [JSON] = texts.enumerated().map {
            ["role": $0.offset % 2 == 0 ? "user" : "assistant", "content": .string($0.element)]
        }
        return JSON.object(
            JSON.Members([("system", .string(system)), ("messages", .array(messages))])
        ).compact
    }

    @Test
    func `the turn is counted in the request`() throws {
        let script = "default: [{text: one}, {text: two}, {text: three}]"
        #expect(try choose(script, body(["a"])).text == "one")
        #expect(try choose(script, body(["a", "one", "b"])).text == "two")
        #expect(try choose(script, body(["a", "one", "b", "two", "c"])).text == "three")
        #expect(try choose(script, body(["a", "1", "b", "2", "c", "3", "d"])).text == "three")
    }

    @Test
    func `a last step that calls a tool is not repeated unless it says so`() throws {
        let script = "default: [{tool: Read}]"
        #expect(throws: ModelScript.Departure.noStep(conversation: "default", turn: 1)) {
            try choose(script, body(["a", "b", "c"]))
        }
        let again = "default: [{tool: Read, repeat: true}]"
        #expect(try choose(again, body(["a", "b", "c"])).calls.first?.name == "Read")
    }

    @Test
    func `conversations are chosen by name, by pattern, else the default`() throws {
        let script = """
            conversations:
              fix: {when: {prompt: "fix * in *.swift"}, steps: [{text: "{{1}} of {{2}}"}]}
              other: [{text: other}]
              default: [{text: plain}]
            """
        #expect(
            try choose(script, body(["please fix the leak in A.swift"])).text == "the leak of A")
        #expect(try choose(script, body(["fix the leak\\nin A.swift"])).text == "plain")
        #expect(try choose(script, body(["SCRIPT=other fix x in y.swift"])).text == "other")
        #expect(try choose(script, body(["hello"])).text == "plain")
    }

    @Test
    func `rules come before steps, whatever the turn`() throws {
        let script = """
            default:
              rules: [{when: {last: "Summarise *"}, text: "summary of {{1}}"}]
              steps: [{text: one}]
            """
        #expect(try choose(script, body(["a"])).text == "one")
        #expect(try choose(script, body(["a", "b", "Summarise all"])).text == "summary of all")
    }

    @Test
    func `templates are filled inside JSON, and unknown braces stay`() throws {
        let script = """
            default:
              - tool: Write
                input: {path: "{{after:Folder:}}/x", content: "${{ github.ref }} {{KEY}} {{{KEY}}}"}
            """
        let step = try choose(
            script, body([#"KEY=a"b go"#], system: "You work.\nFolder: /tmp/w t \nBe kind."))
        #expect(
            step.calls[0].arguments
                == #"{"path":"/tmp/w t/x","content":"${{ github.ref }} a\"b {a\"b}"}"#)
    }

    @Test(arguments: [
        ("", 1), ("default: 1", 1), ("default:\n  - txt: a", 2), ("default:\n  - fail: boom", 2),
        ("a:\n  rules: [{text: x}]", 2), ("default:\n  - text: a\n    pieces: -1", 3),
        ("conversations: {a: [{text: x}]}\nmore: 1", 2), ("a: [", 1),
    ])
    func `a script that is wrong names its line`(_ text: String, _ line: Int) {
        do throws(ModelScript.Problem) {
            _ = try ModelScript(parsing: Array(text.utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.line == line, "\(error)")
        }
    }
}

struct ScriptedModelTests {
    private let script = "default: [{text: one two three, tool: Read, input: {a: 1}}, {text: two}]"

    private func model(_ text: String) throws -> ScriptedModel {
        ScriptedModel(try ModelScript(parsing: Array(text.utf8)))
    }

    @Test
    func `a scripted model answers in this process`() async throws {
        let model = try model(script)
        var request = ModelRequest(model: "m", messages: [.user("go")])
        let first = try await model.respond(to: request) { _ in }.turn
        #expect(first.message.text == "one two three" && first.stop == .toolUse)
        request.messages += [
            first.message, ModelMessage(.user, [.toolResult(first.message.toolCalls[0].id, "r")]),
        ]
        #expect(try await model.respond(to: request) { _ in }.turn.message.text == "two")
    }

    @Test
    func `a recording is served again and names where a request departs from it`() async throws {
        let call = ToolCall(id: "c", name: "Read", arguments: #"{"a":1}"#)
        let recording = [
            ModelMessage.user("go"), ModelMessage(.assistant, [ModelBlock(.toolCall(call))]),
            ModelMessage(.user, [.toolResult("c", "r")]), ModelMessage(.assistant, [.text("done")]),
        ]
        let replay = ReplayModel(recording)
        var request = ModelRequest(model: "m", messages: Array(recording[..<1]))
        #expect(try await replay.respond(to: request) { _ in }.turn.message == recording[1])
        request.messages = Array(recording[..<3])
        #expect(try await replay.respond(to: request) { _ in }.turn.message.text == "done")
        request.messages[2] = ModelMessage(.user, [.toolResult("c", "other")])
        #expect(replay.departure(of: request.messages)?.message == 2)
        #expect(replay.departure(of: recording)?.message == 4)
        await #expect(throws: ModelError.self) {
            try await replay.respond(to: request) { _ in }
        }
    }
}
