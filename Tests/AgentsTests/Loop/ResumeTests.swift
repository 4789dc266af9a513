import Base
import Foundation
import TestSupport
import Testing

@testable import Agents

/// Lists what the tree holds, so that a model can see what an interrupted call did.
private struct StateTool: Tool {
    var definition: ToolDefinition {
        var definition = ToolDefinition(
            name: "State", description: "Lists files.", inputSchema: InputSchema.object([]))
        definition.isReadOnly = true
        return definition
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] { [.tool] }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        let names = (try? Files.list(context.files.tree)) ?? []
        return ToolOutput("holds " + names.joined(separator: " ") + " .")
    }
}

/// Goes by what it sees, never by the turn: one, then two and three at once, then four.
private let script = """
    default:
      rules:
        - {when: {last: interrupted}, tool: State, input: {}}
        - {when: {last: four}, text: all four are there}
        - {when: {last: [two, three]}, tool: Put, input: {file_path: four, content: "4"}}
        - when: {last: one}
          text: Now two at once.
          tools:
            - {name: Put, input: {file_path: two, content: "2"}}
            - {name: Put, input: {file_path: three, content: "3"}}
        - {when: {last: ""}, tool: Put, input: {file_path: one, content: "1"}}
    """

struct ResumeTests {
    private struct Moment {
        var length: Int
        var tree: [String: [UInt8]]
    }

    private static func tree(_ path: AbsolutePath) throws -> [String: [UInt8]] {
        try Dictionary(
            uniqueKeysWithValues: Files.list(path).map { ($0, try Files.read(path.appending($0))) })
    }

    @Test
    func `a worker that dies at any byte of its transcript comes to the same tree`() async throws {
        let whole = try LoopBench()
        let moments = Collected<Moment>()
        let (tree, path) = (whole.bench.tree, whole.transcript)
        let first = try await whole.run(
            whole.setup(
                try whole.script(script), tools: [PutTool(), StateTool()], hasOthers: false)
        ) { progress in
            switch progress {
            case .toolStarted, .toolEnded, .turnStarted:
                // What cannot be read fails the comparison below.
                let length = (try? Files.read(path).count) ?? 0
                moments.add(Moment(length: length, tree: (try? Self.tree(tree)) ?? [:]))
            default: break
            }
        }
        #expect(first.text == "all four are there")
        let bytes = try Files.read(path)
        let final = try Self.tree(tree)
        #expect(final.keys.sorted() == ["four", "one", "three", "two"])
        var random = SeededRandom(seed: 7)
        var cuts = Set(bytes.indices.filter { bytes[$0] == 10 }.map { $0 + 1 })
        for _ in 0..<10 { cuts.insert(Int.random(in: 0..<bytes.count, using: &random)) }
        for cut in cuts.sorted() {
            // A call's effect comes before its result: both trees are possible.
            let before = moments.all.last { $0.length <= cut }?.tree ?? [:]
            let after = moments.all.first { $0.length > cut }?.tree ?? before
            for tree in before == after ? [before] : [before, after] {
                let bench = try LoopBench()
                try Files.replace(bench.transcript, with: bytes[..<cut])
                for (name, content) in tree { try bench.bench.write(name, content) }
                let outcome = try await bench.run(
                    bench.setup(
                        try bench.script(script), tools: [PutTool(), StateTool()],
                        hasOthers: false))
                #expect(outcome.ending == .finished, "cut at \(cut)")
                #expect(outcome.text == "all four are there", "cut at \(cut)")
                #expect(try Self.tree(bench.bench.tree) == final, "cut at \(cut)")
            }
        }
    }

    @Test
    func `results that were written down stay, the other calls are answered with an error`()
        async throws
    {
        let bench = try LoopBench()
        let calls = """
            default:
              - tools:
                  - {name: Put, id: c1, input: {file_path: a, content: x}}
                  - {name: Put, id: c2, input: {file_path: b, content: x}}
              - {text: seen}
            """
        _ = try await bench.run(calls, tools: [PutTool()])
        let lines = try Files.read(bench.transcript).split(separator: 10)
        // Up to the first result.
        try Files.replace(bench.transcript, with: lines[..<4].joined(separator: [10]) + [10])
        let requests = Collected<ModelRequest>()
        let model = AnsweringModel { request throws(ModelError) in
            requests.add(request)
            return AnsweringModel.turn("seen")
        }
        let outcome = try await bench.run(bench.setup(model, tools: [PutTool()]))
        #expect(outcome.usage.turns == 2)
        let messages = try #require(requests.all.first?.messages)
        #expect(messages.map(\.role) == [.user, .assistant, .user, .user])
        let results = messages[2].content.compactMap { block -> ToolResult? in
            if case .toolResult(let result) = block.content { result } else { nil }
        }
        #expect(results.map(\.callID) == ["c1", "c2"])
        #expect(results.map(\.isError) == [false, true])
        #expect(results[1].text == LoopNotes.notRun)
        #expect(try bench.messages(.resume).count == 1)
    }

    @Test
    func `a finished worker answers again without a call, and goes on with a message`()
        async throws
    {
        let bench = try LoopBench()
        let first = try await bench.run("default: [{text: first}]")
        let size = try Files.read(bench.transcript).count
        let silent = AnsweringModel { _ throws(ModelError) in
            throw AnsweringModel.error(.unscripted)
        }
        let again = try await bench.run(bench.setup(silent))
        #expect(again.ending == .finished && again.text == "first")
        #expect(again.usage == first.usage)
        #expect(try Files.read(bench.transcript).count == size)
        let mailbox = AgentMailbox()
        _ = mailbox.send("and now?")
        let model = try bench.script("default: [{text: first}, {text: \"asked {{last}}\"}]")
        let third = try await bench.run(bench.setup(model), mailbox: mailbox)
        #expect(third.text.hasSuffix("and now?"))
        #expect(third.usage.turns == 2)
    }

    @Test
    func `a last word that nothing followed from counts, however often it was taken up since`()
        async throws
    {
        let bench = try LoopBench()
        _ = try await bench.run("default: [{text: last word}]")
        let lines = try Files.read(bench.transcript).split(separator: 10)
        try Files.replace(bench.transcript, with: lines.dropLast().joined(separator: [10]) + [10])
        // A process that died as soon as it had begun.
        let died = try Transcript(opening: bench.transcript)
        let start = try #require(await died.takeEntries().first)
        _ = try await died.append(start.content, at: start.time, isDurable: false)
        await died.close()
        let silent = AnsweringModel { _ throws(ModelError) in
            throw AnsweringModel.error(.unscripted)
        }
        let outcome = try await bench.run(bench.setup(silent))
        #expect(outcome.ending == .finished && outcome.text == "last word")
        #expect(try bench.messages(.resume).isEmpty)
    }

    @Test
    func `todos, the structured result, the prompt and what was read outlive the process`()
        async throws
    {
        let bench = try LoopBench()
        try bench.bench.write("a.txt", "one\n")
        try bench.bench.write("b.txt", "one\n")
        // As old as files are that nobody has just written.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -60)],
            ofItemAtPath: bench.bench.tree.appending("a.txt").description)
        let steps = """
            default:
              - tools:
                  - {name: TodoWrite, input: {todos: [{content: read, status: completed}]}}
                  - {name: Read, input: {file_path: a.txt}}
                  - {name: Read, input: {file_path: b.txt}}
              - tools:
                  - {name: Edit, input: {file_path: a.txt, old_string: one, new_string: two}}
                  - {name: Edit, input: {file_path: b.txt, old_string: one, new_string: two}}
              - {text: done}
            """
        var setup = try bench.setup(try bench.script(steps))
        // The clock of files is the system's.
        setup.time = .system
        setup.limits.turns = 1
        #expect(try await bench.run(setup).ending == .turnLimit(1))
        // One of the files is changed by somebody else before it goes on.
        try bench.bench.write("b.txt", "one more\n")
        var next = try bench.setup(try bench.script(steps))
        next.system = SystemPrompt(parts: ["Another day."], shared: 1)
        next.time = .system
        #expect(try await bench.run(next).ending == .finished)
        #expect(try bench.bench.text("a.txt") == "two\n")
        #expect(try bench.bench.text("b.txt") == "one more\n")
        #expect(try bench.results.last?.text.contains("has not been read") == true)
        #expect(await next.context.todos.items.map(\.content) == ["read"])
        let prompts = try bench.entries.compactMap { entry -> [String]? in
            if case .start(let start) = entry.content { start.system } else { nil }
        }
        #expect(prompts == [setup.system.parts, setup.system.parts])
    }
}
