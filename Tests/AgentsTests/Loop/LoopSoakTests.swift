import Base
import Foundation
import TestSupport
import Testing

@testable import Agents

/// In a process of its own, where nobody else opens files or takes memory.
struct LoopSoakTests {
    private static var descriptors: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
    }

    /// Bytes that are resident.
    private static var memory: Int {
        get throws {
            let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            return try #require(Int(text.split(separator: " ")[1])) * 4096
        }
    }

    @Test
    func `half an hour of turns takes no more memory and descriptors than its first minutes`()
        async throws
    {
        await #expect(processExitsWith: .success) {
            let bench = try LoopBench()
            try bench.bench.write("a.txt", String(repeating: "a line to read\n", count: 400))
            // Half a minute and more a turn by the clock that the test moves.
            let model = try bench.script(
                """
                default:
                  rules:
                    - {when: {last: about to be cut off}, text: SUMMARY}
                    - when: {last: ""}
                      text: I look again.
                      tools:
                        - {name: Read, input: {file_path: a.txt, limit: 300}}
                        - {name: Put, input: {file_path: b.txt, content: x}}
                      pieces: 1000
                      delay_ms: 3000
                """)
            var setup = try bench.setup(model, tools: [PutTool(), ReadTool()], hasOthers: false)
            setup.limits.window = 6000
            setup.limits.turns = 60
            let marks = Collected<(memory: Int, descriptors: Int)>()
            let start = bench.time.now
            let outcome = try await bench.run(setup) { progress in
                guard case .turnStarted(let turn) = progress, turn == 20 || turn == 59 else {
                    return
                }
                // Missing marks fail below.
                if let memory = try? Self.memory, let open = try? Self.descriptors {
                    marks.add((memory, open))
                }
            }
            #expect(outcome.ending == .turnLimit(60))
            let minutes = bench.time.now.seconds(since: start) / 60
            #expect(minutes >= 30)
            let all = marks.all
            try #require(all.count == 2)
            #expect(all[1].descriptors <= all[0].descriptors)
            #expect(all[1].memory - all[0].memory < 8 << 20)
            #expect(try bench.entries.contains { $0.json["type"] == "boundary" })
        }
    }

    @Test
    func `a hundred workers at once wait for nobody and take less than 2 MB each`() async throws {
        await #expect(processExitsWith: .success) {
            let bench = try LoopBench()
            try bench.bench.write("a.txt", String(repeating: "a line to read\n", count: 400))
            let count = 100
            let all = Meeting(count + 1)
            let measured = Meeting(count + 1)
            let model = AnsweringModel { request throws(ModelError) in
                if request.messages.count == 1 {
                    let input = #"{"file_path":"a.txt"}"#
                    return AnsweringModel.turn(
                        "look", [ToolCall(id: "c", name: "Read", arguments: input)])
                }
                // Nobody is answered before all have asked.
                await all.arrive()
                await measured.arrive()
                return AnsweringModel.turn("done")
            }
            let before = try Self.memory
            let setups = try (0..<count).map { _ in
                try bench.setup(model, tools: [ReadTool()], hasOthers: false)
            }
            let folder = bench.bench.scratch.path
            let outcomes = try await withThrowingTaskGroup(of: AgentOutcome.self) { group in
                for (number, setup) in setups.enumerated() {
                    let transcript = try Transcript(opening: folder.appending("\(number).jsonl"))
                    group.addTask { await AgentLoop(setup, transcript: transcript).run() }
                }
                await all.arrive()
                let each = (try Self.memory - before) / count
                #expect(each < 2 << 20, "\(each) bytes for each worker")
                await measured.arrive()
                var outcomes: [AgentOutcome] = []
                for try await outcome in group { outcomes.append(outcome) }
                return outcomes
            }
            #expect(outcomes.count == count)
            #expect(outcomes.allSatisfy { $0.ending == .finished && $0.text == "done" })
        }
    }
}
