import Base

/// Notices a worker that makes the same failing call again and again. Pure.
struct FailureWatch: Sendable {
    /// Failures in the same way after which the worker is told, and after which it is ended.
    static let toldAt = 3
    static let endedAt = 6

    /// What is to be done about the last calls.
    enum Verdict: Equatable {
        case none
        case tell(tool: String, times: Int)
        case end(tool: String, times: Int)
    }

    private struct Key: Hashable {
        let tool: String
        let input: String
        let answer: String
    }

    private var counts: [Key: Int] = [:]

    /// Takes the calls of one answer with their results. `changes` says whether a tool that
    /// succeeded may have changed what the others find: then the same call may well be made again.
    mutating func verdict(
        on calls: [(call: ToolCall, result: ToolResult)], changes: (String) -> Bool
    ) -> Verdict {
        var verdict = Verdict.none
        for (call, result) in calls {
            guard result.isError else {
                if changes(call.name) { counts = [:] }
                continue
            }
            let key = Key(tool: call.name, input: call.arguments, answer: result.text)
            let times = counts[key, default: 0] + 1
            counts[key] = times
            if times >= FailureWatch.endedAt {
                return .end(tool: call.name, times: times)
            }
            if times == FailureWatch.toldAt { verdict = .tell(tool: call.name, times: times) }
        }
        return verdict
    }
}
