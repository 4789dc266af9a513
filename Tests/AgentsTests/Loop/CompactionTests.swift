import Base
import TestSupport
import Testing

@testable import Agents

/// Answers with a summary where one is asked for; else goes through its steps.
private let script = """
    default:
      rules:
        - {when: {last: about to be cut off}, text: "SUMMARY: halfway"}
        - {when: {last: interrupted}, text: went on}
        - {when: {last: SUMMARY}, text: "went on"}
        - when: {last: ""}
          tools:
            - {name: Read, input: {file_path: big.txt}}
            - {name: Read, input: {file_path: big.txt, offset: 2}}
          usage: {input: 168000, output: 100}
    """

struct CompactionTests {
    private static let big = String(repeating: "a line of text that fills it\n", count: 700)

    private static func requests(
        of script: some ModelProvider, in collected: Collected<ModelRequest>
    ) -> AnsweringModel {
        AnsweringModel { request throws(ModelError) in
            collected.add(request)
            return try await script.respond(to: request) { _ in }.turn
        }
    }

    @Test
    func `a full window is summed up; task, todos, files and last steps stay`() async throws {
        let bench = try LoopBench()
        try bench.bench.write("big.txt", Self.big)
        let requests = Collected<ModelRequest>()
        let heard = Collected<AgentProgress>()
        let model = Self.requests(of: try bench.script(script), in: requests)
        let setup = try bench.setup(model)
        await setup.context.todos.replace(with: [
            .init(content: "look", status: .inProgress, activeForm: nil)
        ])
        let mailbox = AgentMailbox()
        _ = mailbox.send("mind the tabs")
        let outcome = try await bench.run(setup, mailbox: mailbox) { heard.add($0) }
        #expect(outcome.ending == .finished && outcome.text == "went on")
        #expect(requests.all.count == 3)
        // The summary is asked for with tools named and forbidden, behind the history as it is.
        #expect(requests.all[1].toolChoice == ModelRequest.ToolChoice.none)
        #expect(requests.all[1].messages.count == 5)
        let said = try #require(requests.all[2].messages.first?.text)
        #expect(requests.all[2].messages.count == 1)
        for part in [
            "# Assignment: t", "mind the tabs", "SUMMARY: halfway", "[>] look", "big.txt",
            "You called Read",
        ] {
            #expect(said.contains(part), "\(part)")
        }
        #expect(ModelUsage.estimate(bytes: said.utf8.count) < setup.limits.fullAt)
        let boundaries = heard.all.compactMap { progress -> Bool? in
            if case .compacted(.window, let before, let after) = progress {
                before > after
            } else {
                nil
            }
        }
        #expect(boundaries == [true])
        // What comes later is made from the boundary alone.
        var history = AgentHistory()
        for entry in try bench.entries { history.apply(entry) }
        #expect(history.messages.count == 2)
        #expect(history.usage == outcome.usage)
    }

    @Test
    func `twice in a row with one turn between`() async throws {
        let bench = try LoopBench()
        try bench.bench.write("big.txt", Self.big)
        let model = try bench.script(
            """
            default:
              rules:
                - {when: {last: about to be cut off, prompt: SUMMARY}, text: LAST}
                - {when: {last: about to be cut off}, text: "SUMMARY"}
                - {when: {last: LAST}, text: done}
                - when: {last: ""}
                  tools:
                    - {name: Read, input: {file_path: big.txt}}
                    - {name: Read, input: {file_path: big.txt, offset: 2}}
                  usage: {input: 168000, output: 100}
            """)
        let setup = try bench.setup(model)
        let outcome = try await bench.run(setup)
        #expect(outcome.text == "done")
        let kinds = try bench.entries.map { $0.json["type"]?.stringValue ?? "" }
        #expect(kinds.count { $0 == "boundary" } == 2)
        // The assignment is still there word for word.
        let last = try #require(
            try bench.entries.compactMap { entry -> String? in
                if case .boundary(let text, _) = entry.content { text } else { nil }
            }.last)
        #expect(last.hasPrefix("# Assignment: t\n\nDo it."))
    }

    @Test
    func `a transcript longer than the window, cut in the middle of parallel calls, goes on`()
        async throws
    {
        let bench = try LoopBench()
        try bench.bench.write("big.txt", Self.big)
        var setup = try bench.setup(
            try bench.script(
                """
                default:
                  - tools:
                      - {name: Read, input: {file_path: big.txt}}
                      - {name: Read, input: {file_path: big.txt, offset: 2}}
                      - {name: Read, input: {file_path: big.txt, offset: 3}}
                """))
        _ = try await bench.run(setup)
        // Up to the second of three results.
        let lines = try Files.read(bench.transcript).split(separator: 10)
        try Files.replace(bench.transcript, with: lines[..<5].joined(separator: [10]) + [10])
        let requests = Collected<ModelRequest>()
        setup = try bench.setup(Self.requests(of: try bench.script(script), in: requests))
        setup.limits.window = 6000
        let outcome = try await bench.run(setup)
        #expect(outcome.ending == .finished && outcome.text == "went on")
        // It does not fit beside an answer: it is told as a shortened text, without tools.
        let asked = try #require(requests.all.first)
        #expect(asked.tools.isEmpty)
        #expect(ModelUsage.estimate(bytes: asked.messages[0].text.utf8.count) < 6000)
    }

    @Test
    func `what the service finds too long is summed up once, then it is the end`() async throws {
        let bench = try LoopBench()
        let requests = Collected<ModelRequest>()
        let model = AnsweringModel { request throws(ModelError) in
            requests.add(request)
            let isQuestion = request.messages.last?.text.contains("about to be cut off") ?? false
            if isQuestion { return AnsweringModel.turn("SUMMARY") }
            let isShort = request.messages.first?.text.contains("SUMMARY") ?? false
            guard isShort else { throw AnsweringModel.error(.contextTooLong) }
            return AnsweringModel.turn("done")
        }
        #expect(try await bench.run(bench.setup(model)).ending == .finished)
        #expect(requests.all.count == 3)

        let other = try LoopBench()
        let never = AnsweringModel { request throws(ModelError) in
            let isQuestion = request.messages.last?.text.contains("about to be cut off") ?? false
            guard isQuestion else { throw AnsweringModel.error(.contextTooLong) }
            return AnsweringModel.turn("SUMMARY")
        }
        #expect(try await other.run(other.setup(never)).ending == .contextFull)

        let third = try LoopBench()
        let nothing = AnsweringModel { _ throws(ModelError) in
            throw AnsweringModel.error(.contextTooLong)
        }
        #expect(try await third.run(third.setup(nothing)).ending == .contextFull)

        let fourth = try LoopBench()
        let stopped = try await fourth.run(
            """
            default:
              rules: [{when: {last: about to be cut off}, text: SUMMARY}]
              steps: [{text: half, stop: model_context_window_exceeded}, {text: done}]
            """)
        #expect(stopped.ending == .contextFull || stopped.text == "done")
        #expect(try fourth.entries.contains { $0.json["type"] == "boundary" })
    }
}
