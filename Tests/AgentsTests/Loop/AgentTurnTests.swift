import Base
import Testing

@testable import Agents

private let call = ToolCall(id: "c", name: "Read", arguments: "{}")

private func answer(_ text: String = "", calls: [ToolCall] = []) -> ModelMessage {
    AnsweringModel.turn(text, calls).message
}

struct AgentTurnTests {
    @Test
    func `what decides is the content of an answer, and of the reasons only those that cut it`() {
        let table: [(ModelMessage, ModelTurn.StopReason, Bool, AgentTurn.Action)] = [
            (answer("x"), .endTurn, true, .end(.finished)),
            (answer("x"), .stopSequence("s"), true, .end(.finished)),
            (answer("x"), .other("new"), true, .end(.finished)),
            (answer("x", calls: [call]), .endTurn, true, .run([call])),
            (answer("", calls: [call]), .maxTokens, true, .run([call])),
            (answer("x"), .maxTokens, true, .say(LoopNotes.cut)),
            (answer(" "), .maxTokens, false, .say(LoopNotes.cutEmpty)),
            (answer(""), .endTurn, false, .say(LoopNotes.empty)),
            (answer("x"), .pause, true, .ask),
            (answer("x"), .refusal("bio"), false, .end(.refused("bio"))),
            (answer("x"), .contextWindow, false, .compact(.refused)),
        ]
        for (message, stop, keeps, action) in table {
            var turn = AgentTurn()
            let next = turn.next(after: message, stop: stop, isDue: false)
            #expect(next.keeps == keeps && next.action == action, "\(stop)")
        }
    }

    @Test
    func `three recoveries in a row, and none is counted after an answer that was whole`() {
        var turn = AgentTurn()
        for _ in 0..<3 { _ = turn.next(after: answer("x"), stop: .maxTokens, isDue: false) }
        #expect(turn.recoveries == 3)
        var whole = turn
        #expect(
            turn.next(after: answer("x"), stop: .maxTokens, isDue: false).action
                == .end(.outputLimit))
        _ = whole.next(after: answer("", calls: [call]), stop: .toolUse, isDue: false)
        #expect(
            whole.next(after: answer("x"), stop: .maxTokens, isDue: false).action
                == .say(LoopNotes.cut))
    }

    @Test
    func `a call may fail again after something was changed`() {
        let failed = ToolResult(callID: "c", content: [.text("no")], isError: true)
        let done = ToolResult(callID: "d", content: [.text("yes")])
        let edit = ToolCall(id: "d", name: "Edit", arguments: "{}")
        var watch = FailureWatch()
        for _ in 0..<10 {
            #expect(watch.verdict(on: [(call, failed)]) { $0 == "Edit" } == .none)
            #expect(watch.verdict(on: [(call, failed)]) { $0 == "Edit" } == .none)
            #expect(watch.verdict(on: [(edit, done)]) { $0 == "Edit" } == .none)
        }
        // Another answer is another failure.
        for number in 0..<10 {
            let other = ToolResult(callID: "c", content: [.text("\(number)")], isError: true)
            #expect(watch.verdict(on: [(call, other)]) { _ in true } == .none)
        }
    }

    @Test
    func `reading calls are grouped, the others stay alone and in their place`() {
        let calls = ["r", "r", "w", "r", "w", "w", "r", "r"].enumerated().map { index, name in
            ToolCall(id: "\(index)", name: name, arguments: "{}")
        }
        let groups = AgentTurn.groups(calls) { $0 == "r" }
        #expect(groups.map(\.count) == [2, 1, 1, 1, 1, 2])
        #expect(groups.flatMap { $0 } == calls)
    }

    @Test
    func `lines come whole, whatever the pieces`() {
        let text = "one\ntwo is long\r\n\n  \nthree"
        for size in 1...text.count {
            var feed = LineFeed()
            var lines: [String] = []
            var rest = text[...]
            while !rest.isEmpty {
                lines += feed.add(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(lines + feed.finish() == ["one", "two is long", "three"], "pieces of \(size)")
        }
    }
}
