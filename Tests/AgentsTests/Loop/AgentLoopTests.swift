import Base
import TestSupport
import Testing

@testable import Agents

struct AgentLoopTests {
    @Test
    func `a worker reads, edits and reports; all of it is in its transcript`() async throws {
        let bench = try LoopBench()
        try bench.bench.write("a.txt", "one\n")
        let heard = Collected<AgentProgress>()
        let model = try bench.script(
            """
            default:
              - {thinking: "first, look\\nthen edit", text: I look., tool: Read, input: {file_path: a.txt}}
              - {tool: Edit, input: {file_path: a.txt, old_string: one, new_string: two}}
              - {text: "done: {{result}}", usage: {input: 100, output: 5}}
            """)
        let outcome = try await bench.run(bench.setup(model)) { heard.add($0) }
        #expect(outcome.ending == .finished)
        #expect(outcome.text.hasPrefix("done: Edited "))
        #expect(outcome.usage.turns == 3)
        #expect(outcome.usage.calls == 2)
        #expect(outcome.usage.isCostKnown && outcome.usage.cost > 0)
        #expect(try bench.bench.text("a.txt") == "two\n")
        let kinds = try bench.entries.map(\.json["type"]?.stringValue)
        #expect(
            kinds == [
                "start", "message", "answer", "result", "answer", "result", "answer", "end",
            ])
        #expect(heard.all.contains(.text("I look.")))
        #expect(heard.all.contains(.thinking("first, look")))
        #expect(heard.all.contains(.turnStarted(3)))
        let steps = heard.all.compactMap { progress -> String? in
            if case .toolEnded(let step, isError: false) = progress {
                "\(step.tool) \(step.target)"
            } else {
                nil
            }
        }
        #expect(steps == ["Read a.txt", "Edit a.txt"])
    }

    @Test
    func `calls that read run beside each other, and results keep the order of the calls`()
        async throws
    {
        let bench = try LoopBench()
        let meeting = Meeting(2)
        let look = PutTool(isReadOnly: true, name: "Look") { _ in await meeting.arrive() }
        let order = Collected<String>()
        let put = PutTool { order.add($0) }
        let model = try bench.script(
            """
            default:
              - tools:
                  - {name: Look, id: c1, input: {file_path: a, content: ""}}
                  - {name: Look, id: c2, input: {file_path: b, content: ""}}
                  - {name: Put, id: c3, input: {file_path: c, content: ""}}
                  - {name: Put, id: c4, input: {file_path: d, content: ""}}
              - {text: done}
            """)
        let requests = Collected<ModelRequest>()
        let spy = AnsweringModel { request throws(ModelError) in
            requests.add(request)
            return try await model.respond(to: request) { _ in }.turn
        }
        let outcome = try await bench.run(bench.setup(spy, tools: [look, put]))
        #expect(outcome.ending == .finished)
        #expect(order.all == ["c", "d"])
        let last = try #require(requests.all.last?.messages.last)
        let answered = last.content.compactMap { block -> String? in
            if case .toolResult(let result) = block.content { result.callID } else { nil }
        }
        #expect(answered == ["c1", "c2", "c3", "c4"])
    }

    @Test
    func `of very many calls in one answer the first are run, and each has a result`() async throws
    {
        let bench = try LoopBench()
        let call = "{name: Glob, input: {pattern: \"*\"}}"
        let calls = Array(repeating: call, count: AgentLoop.callLimit + 20).joined(separator: ", ")
        let outcome = try await bench.run("default: [{tools: [\(calls)]}, {text: done}]")
        #expect(outcome.ending == .finished)
        let results = try bench.results
        #expect(results.count == AgentLoop.callLimit + 20)
        #expect(results.count { $0.isError } == 20)
    }

    @Test
    func `input that does not fit goes back with what was expected, unknown tools with the names`()
        async throws
    {
        let bench = try LoopBench()
        let outcome = try await bench.run(
            """
            default:
              - tools:
                  - {name: Read, input: {file: 1}}
                  - {name: Nope, input: {}}
                  - {name: Read, arguments: "{broken"}
              - {text: done}
            """)
        #expect(outcome.ending == .finished)
        let results = try bench.results
        #expect(results.allSatisfy { $0.isError })
        let text = results.map(\.text).joined(separator: "\n")
        #expect(text.contains("`file_path`: is required (string)"))
        #expect(text.contains("There is no tool Nope. Tools: Bash"))
        #expect(text.contains("no JSON object"))
    }

    @Test
    func `limits end it with what was done: turns, budget, output, refusal, nothing said`()
        async throws
    {
        let endless = "default: [{tool: Glob, input: {pattern: \"*\"}, repeat: true}]"
        let one = try LoopBench()
        var setup = try one.setup(try one.script(endless))
        setup.limits.turns = 3
        let turns = try await one.run(setup)
        #expect(turns.ending == .turnLimit(3))
        #expect(turns.ending.isResumable)
        #expect(turns.usage.turns == 3)

        let two = try LoopBench()
        await two.budgets.set(BudgetLimits(turns: 2), for: "run")
        #expect(
            try await two.run(endless).ending == .budget(.turns(owner: "run", limit: 2)))

        let three = try LoopBench()
        let cut = try await three.run("default: [{text: long, stop: max_tokens}]")
        #expect(cut.ending == .outputLimit)
        #expect(cut.usage.turns == 4)
        #expect(try three.messages(.steering) == Array(repeating: LoopNotes.cut, count: 3))

        let four = try LoopBench()
        #expect(
            try await four.run("default: [{text: no, stop: refusal}]").ending == .refused(nil))

        let five = try LoopBench()
        #expect(try await five.run("default: [{text: \"\"}]").ending == .noAnswer)
        #expect(try five.messages(.steering).count == 2)
    }

    @Test
    func `a worker that repeats a failing call is told once, then ended`() async throws {
        let bench = try LoopBench()
        let heard = Collected<AgentProgress>()
        let model = try bench.script(
            "default: [{tool: Read, input: {file_path: gone.txt}, repeat: true}]")
        let outcome = try await bench.run(bench.setup(model)) { heard.add($0) }
        #expect(outcome.ending == .looping(tool: "Read", times: 6))
        #expect(try bench.messages(.steering).count == 1)
        #expect(heard.all.contains(.steered(tool: "Read", times: 3)))
        #expect(!outcome.ending.isResumable)
    }

    @Test
    func `messages are put in at the next turn, and none is lost at the end`() async throws {
        let bench = try LoopBench()
        let mailbox = AgentMailbox()
        let put = PutTool { _ in _ = mailbox.send("use tabs") }
        let model = try bench.script(
            """
            default:
              rules:
                - when: {last: also this}
                  text: both done
                - when: {last: use tabs}
                  text: tabs it is
                - when: {last: Do it.}
                  tool: Put
                  input: {file_path: a, content: x}
            """)
        let outcome = try await bench.run(
            bench.setup(model, tools: [put]), mailbox: mailbox
        ) { progress in
            if progress == .text("tabs it is") { _ = mailbox.send("also this") }
        }
        #expect(outcome.text == "both done")
        #expect(try bench.messages(.mailbox) == ["use tabs", "also this"])
        #expect(!mailbox.send("too late"))
    }

    @Test
    func `a structured result ends it; text alone is asked for again, then an ending of its own`()
        async throws
    {
        let schema: JSON = [
            "type": "object", "properties": ["ok": ["type": "boolean"]], "required": ["ok"],
        ]
        let bench = try LoopBench(output: StructuredOutput(schema: schema))
        let outcome = try await bench.run(
            """
            default:
              - {text: it is fine}
              - {tool: StructuredOutput, input: {ok: maybe}}
              - {tool: StructuredOutput, input: {ok: true}}
            """)
        #expect(outcome.ending == .finished)
        #expect(outcome.output == ["ok": true])
        #expect(outcome.usage.turns == 3)
        #expect(try bench.messages(.steering) == [LoopNotes.outputDue])

        // Sent something, it works on: what it gave before ends nothing.
        let mailbox = AgentMailbox()
        _ = mailbox.send("look again")
        let more = try bench.setup(
            try bench.script(
                """
                default:
                  rules:
                    - {when: {last: look again}, tool: Glob, input: {pattern: "*"}}
                    - {when: {last: ""}, text: looked again}
                """))
        let second = try await bench.run(more, mailbox: mailbox)
        #expect(second.text == "looked again" && second.output == ["ok": true])

        let silent = try LoopBench(output: StructuredOutput(schema: schema))
        #expect(try await silent.run("default: [{text: no form}]").ending == .noOutput)
    }

    @Test
    func `secrets and floods do not reach the model or the transcript`() async throws {
        let bench = try LoopBench()
        try bench.bench.write(
            "env", "KEY=sk-12345678\n" + String(repeating: "x line\n", count: 1900))
        var setup = try bench.setup(
            try bench.script(
                """
                default:
                  - {tool: Read, input: {file_path: env}}
                  - {text: read}
                """))
        setup.secrets = ["sk-12345678"]
        setup.assignment += " The key is sk-12345678."
        setup.limits.resultBytes = 4000
        #expect(try await bench.run(setup).ending == .finished)
        let text = try String(decoding: Files.read(bench.transcript), as: UTF8.self)
        #expect(!text.contains("sk-12345678"))
        #expect(text.contains("KEY=[secret]"))
        let result = try #require(try bench.results.first)
        #expect(result.text.utf8.count < 4100)
        #expect(result.text.contains("bytes left out"))
    }

    @Test
    func `history that the service refuses is mended once; a second refusal ends it`()
        async throws
    {
        let bench = try LoopBench()
        let requests = Collected<ModelRequest>()
        let thought: JSON = ["type": "thinking", "thinking": "hm", "signature": "s"]
        let model = AnsweringModel { request throws(ModelError) in
            let count = requests.count(adding: request)
            let hasThinking = request.messages.contains { $0.content.contains(where: \.isThinking) }
            if hasThinking { throw AnsweringModel.error(.wedgedHistory) }
            if count > 1 { return AnsweringModel.turn("done") }
            let call = ToolCall(id: "c", name: "Glob", arguments: #"{"pattern":"*"}"#)
            return ModelTurn(
                message: ModelMessage(
                    .assistant,
                    [ModelBlock(.thinking("hm"), exact: thought), ModelBlock(.toolCall(call))]),
                stop: .toolUse, usage: ModelUsage(), model: "m")
        }
        let outcome = try await bench.run(bench.setup(model))
        #expect(outcome.ending == .finished)
        #expect(requests.all.count == 3)
        // What was thought stays in the record.
        let kept = try String(decoding: Files.read(bench.transcript), as: UTF8.self)
        #expect(kept.contains(#""signature":"s""#))

        let other = try LoopBench()
        let always = AnsweringModel { _ throws(ModelError) in
            throw AnsweringModel.error(.wedgedHistory)
        }
        let end = try await other.run(other.setup(always)).ending
        guard case .model(let error) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(error.kind == .wedgedHistory)
    }

    @Test
    func `cancelling and the end of its time stop what runs and leave a transcript to go on from`()
        async throws
    {
        for isTime in [false, true] {
            let bench = try LoopBench()
            let time = ManualTime(isAutomatic: false)
            let started = Meeting(2)
            let put = PutTool { _ in
                await started.arrive()
                // Ends with the task's cancellation.
                try? await time.wait(.seconds(36_000))
            }
            var setup = try bench.setup(
                try bench.script(
                    """
                    default:
                      - {tool: Put, input: {file_path: a, content: x}}
                      - {text: done}
                    """), tools: [put])
            if isTime {
                setup.limits.time = .seconds(60)
                setup.time = Timekeeper(
                    now: { time.now },
                    sleep: { duration throws(CancellationError) in try await time.wait(duration) })
            }
            let transcript = try Transcript(opening: bench.transcript)
            let task = Task { [setup] in await AgentLoop(setup, transcript: transcript).run() }
            await started.arrive()
            if isTime {
                // The limit's own wait may begin after the tool's.
                while !time.waits.contains(.seconds(60)) { await Task.yield() }
                time.advance(by: .seconds(61))
            } else {
                task.cancel()
            }
            let outcome = await task.value
            #expect(outcome.ending == (isTime ? .timeLimit(.seconds(60)) : .cancelled))
            #expect(outcome.ending.isResumable)
            let again = try await bench.run(
                "default: [{text: before}, {text: \"after {{last}}\"}]", tools: [PutTool()])
            #expect(again.ending == .finished)
            #expect(again.text.hasPrefix("after"))
        }
    }
}

/// So many tasks wait for each other.
actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { missing = count }

    /// Resumed by the last one to arrive.
    func arrive() async {
        missing -= 1
        if missing == 0 {
            for one in waiting { one.resume() }
            waiting = []
        } else if missing > 0 {
            await withCheckedContinuation { waiting.append($0) }
        }
    }
}
