import Base
import TestSupport
import Testing

@testable import Agents

struct PrefixGateTests {
    @Test
    func `one goes first; the others go when its answer begins, or one of them when it fails`()
        async throws
    {
        let gate = PrefixGate(
            time: Timekeeper(now: { Timestamp(milliseconds: 0) }, sleep: { _ in }))
        #expect(await gate.enter([1]))
        let started = Meeting(4)
        let others = (0..<3).map { _ in
            Task {
                await started.arrive()
                return await gate.enter([1])
            }
        }
        await started.arrive()
        // Another prefix waits for nobody.
        #expect(await gate.enter([2]))
        // The call failed before it was answered: one of the three is next.
        gate.ended([1])
        gate.began([2])
        var firsts = 0
        for other in others {
            if await other.value {
                firsts += 1
                gate.began([1])
            }
        }
        #expect(firsts == 1)
        #expect(await gate.enter([1]) == false)
    }

    @Test
    func `twenty workers of one kind: the second call goes out when the first is answered`()
        async throws
    {
        let bench = try LoopBench()
        let order = Collected<String>()
        let model = AnsweringModel { request throws(ModelError) in
            order.add("asked")
            await Task.yield()
            order.add("answered")
            return AnsweringModel.turn("done")
        }
        let prefixes = PrefixGate()
        let setup = try bench.setup(model)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                var mine = setup
                mine.prefixes = prefixes
                mine.system = SystemPrompt(parts: ["You work.", "In tree \(number)."], shared: 1)
                let path = bench.bench.scratch.path.appending("\(number).jsonl")
                group.addTask { [mine] in
                    // A transcript that cannot be opened leaves an answer missing below.
                    guard let transcript = try? Transcript(opening: path) else { return }
                    _ = await AgentLoop(mine, transcript: transcript).run()
                }
            }
        }
        #expect(order.all.prefix(2) == ["asked", "answered"])
        #expect(order.all.count == 40)
    }

    @Test
    func `the shared part of the instructions is where the cache is asked to keep`() {
        var request = ModelRequest(model: "claude-opus-5-5", messages: [.user("go")])
        request.system = ["shared", "", "also", "own"]
        request.sharedSystem = 3
        let blocks = AnthropicFormat.body(request)["system"]?.arrayValue ?? []
        #expect(blocks.map { $0["cache_control"] != nil } == [false, true, false])
        request.sharedSystem = nil
        let all = AnthropicFormat.body(request)["system"]?.arrayValue ?? []
        #expect(all.map { $0["cache_control"] != nil } == [false, false, true])
    }
}
