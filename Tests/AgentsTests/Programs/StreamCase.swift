import HTTP
import Testing

@testable import Agents

/// A recording, how its process ended, and what must come of it.
struct StreamCase: CustomTestStringConvertible, Sendable {
    let name: String
    var exit = ProgramExit.status(0)
    var errors = ""
    var kind: ProgramFault.Kind?
    var text = ""
    /// Tokens in, tokens out.
    var tokens = [0, 0]
    var cost: Double?
    var denials = 0
    var retries = 0
    var earlier = [0, 0]
    var testDescription: String { "\(name) \(exit)" }
}

extension StreamCase {
    static let done = "Done: greeting.txt holds a greeting of 19 bytes."

    static let claude: [StreamCase] = [
        StreamCase(name: "claude/turn", text: done, tokens: [52_420, 176], cost: 0.2132),
        // The program adds the first process up as well; the increment is this process.
        StreamCase(name: "claude/resumed", text: done, tokens: [13_330, 19], cost: 0.0537),
        StreamCase(
            name: "claude/resumed-after-kill", text: "Waited.", tokens: [13_139, 9],
            cost: 0.052736),
        StreamCase(
            name: "claude/failing", text: "The check failed with 3.", tokens: [25_988, 64],
            cost: 0.105232),
        StreamCase(
            name: "claude/two-messages", text: "Two files written.", tokens: [68_018, 113],
            cost: 0.205749),
        StreamCase(name: "claude/queued", text: "Waited.", tokens: [26_055, 62], cost: 0.10546),
        StreamCase(
            name: "claude/sub-agent", text: "The helper counted.", tokens: [55_679, 138],
            cost: 0.225476),
        StreamCase(
            name: "claude/denied", text: "I was not allowed to run it.", tokens: [25_916, 66],
            cost: 0.104984, denials: 1),
        StreamCase(
            name: "claude/retried", text: "Done after faults.", tokens: [26_013, 60],
            cost: 0.105252, retries: 5),
        StreamCase(
            name: "claude/thinking", text: "A picture.", tokens: [2250, 40], cost: 0.0123),
        StreamCase(name: "claude/thought", text: "Done.", tokens: [38_504, 65], cost: 0.155316),
        // Success says the line, failure says is_error.
        StreamCase(
            name: "claude/unauthorized", exit: .status(1), kind: .service(.authentication),
            cost: 0, retries: 1),
        StreamCase(
            name: "claude/unauthorized", exit: .status(0), kind: .service(.authentication),
            cost: 0, retries: 1),
        StreamCase(
            name: "claude/no-key", exit: .status(1), kind: .service(.authentication), cost: 0),
        StreamCase(
            name: "claude/limited", exit: .status(1), kind: .service(.rateLimited), cost: 0,
            retries: 1),
        StreamCase(
            name: "claude/limit-reached", exit: .status(1), kind: .service(.rateLimited), cost: 0),
        StreamCase(
            name: "claude/overloaded", exit: .status(1), kind: .service(.overloaded), cost: 0,
            retries: 1),
        StreamCase(
            name: "claude/broken", exit: .status(1), kind: .service(.serverFault), cost: 0,
            retries: 1),
        StreamCase(
            name: "claude/refused", exit: .status(1), kind: .service(.invalidRequest), cost: 0),
        StreamCase(
            name: "claude/reset", exit: .status(1),
            kind: .service(.transport(.cut(received: 0))), cost: 0, retries: 1),
        StreamCase(
            name: "claude/resume-unknown", exit: .status(1), kind: .exit(.status(1)), cost: 0),
        StreamCase(
            name: "claude/turn-limit", exit: .status(1), kind: .turnLimit,
            text: "I look at the notes first.", tokens: [12_949, 56], cost: 0.052916),
        StreamCase(
            name: "claude/cost-limit", exit: .status(1), kind: .costLimit,
            text: "I look at the notes first.", tokens: [22_519, 56], cost: 0.068397),
        StreamCase(
            name: "claude/interrupted-int", kind: .interrupted, text: "I wait.",
            tokens: [12_954, 58], cost: 0.052976),
        StreamCase(
            name: "claude/interrupted-term", exit: .status(143), kind: .interrupted,
            text: "I wait.", tokens: [12_955, 1]),
        StreamCase(
            name: "claude/interrupted-kill", exit: .signal(9), kind: .interrupted,
            text: "I wait.", tokens: [12_955, 1]),
        // The interruption was of one message; the next one was done.
        StreamCase(
            name: "claude/control-interrupt", text: "Waited.", tokens: [26_157, 67],
            cost: 0.105968),
    ]

    static let codex: [StreamCase] = [
        StreamCase(name: "codex/turn", text: done, tokens: [41_441, 40]),
        StreamCase(name: "codex/garbage", text: done, tokens: [41_441, 40]),
        StreamCase(
            name: "codex/resumed", text: done, tokens: [10_691, 10], earlier: [41_441, 40]),
        // Counted anew: not what the earlier process used.
        StreamCase(
            name: "codex/resumed", text: done, tokens: [52_132, 50], earlier: [60_000, 90]),
        StreamCase(name: "codex/items", text: "The sum is 42.", tokens: [24_000, 300], denials: 1),
        StreamCase(name: "codex/sandboxed", text: "I could not commit.", tokens: [20_862, 20]),
        StreamCase(
            name: "codex/retried", text: "Done after faults.", tokens: [10_115, 10], retries: 1),
        StreamCase(
            name: "codex/unauthorized", exit: .status(1), kind: .service(.authentication),
            retries: 2),
        StreamCase(
            name: "codex/unauthorized", exit: .status(0), kind: .service(.authentication),
            retries: 2),
        StreamCase(
            name: "codex/limited", exit: .status(1), kind: .service(.rateLimited), retries: 2),
        StreamCase(
            name: "codex/overloaded", exit: .status(1), kind: .service(.overloaded), retries: 2),
        StreamCase(name: "codex/broken", exit: .status(1), kind: .service(.overloaded), retries: 2),
        StreamCase(name: "codex/refused", exit: .status(1), kind: .service(.invalidRequest)),
        StreamCase(
            name: "codex/reset", exit: .status(1),
            kind: .service(.transport(.cut(received: 0))), retries: 2),
        StreamCase(name: "codex/no-key", exit: .status(1), kind: .service(.authentication)),
        StreamCase(
            name: "codex/error-last", kind: .service(.transport(.cut(received: 0))),
            text: "I begin."),
        StreamCase(name: "codex/interrupted-int", exit: .status(1), kind: .cut, text: "I wait."),
        StreamCase(
            name: "codex/interrupted-term", exit: .signal(15), kind: .interrupted, text: "I wait."),
        StreamCase(
            name: "codex/interrupted-kill", exit: .signal(9), kind: .interrupted, text: "I wait."),
    ]

    static let others: [StreamCase] = [
        StreamCase(
            name: "gemini/turn", text: "Done: greeting.txt holds a greeting.",
            tokens: [30_700, 240]),
        StreamCase(
            name: "gemini/denied", text: "I was not allowed to.", tokens: [8000, 100], denials: 1),
        StreamCase(name: "gemini/limited", exit: .status(1), kind: .service(.rateLimited)),
        StreamCase(name: "gemini/limited", exit: .status(0), kind: .service(.rateLimited)),
        StreamCase(
            name: "gemini/turn-limit", exit: .status(53), kind: .turnLimit, text: "I look around."),
        StreamCase(
            name: "gemini/error-then-success", kind: .exit(.status(0)), text: "I begin.",
            tokens: [8000, 10]),
        StreamCase(name: "gemini/cut", kind: .cut, text: "I look at the notes first."),
        StreamCase(
            name: "opencode/turn", text: "Done: there is nothing to count.",
            tokens: [28_330, 150], cost: 0.02),
        StreamCase(name: "opencode/denied", tokens: [500, 10], cost: 0.001, denials: 1),
        StreamCase(name: "opencode/limited", kind: .service(.rateLimited), cost: 0),
        StreamCase(name: "opencode/no-key", kind: .service(.authentication), cost: 0),
        StreamCase(
            name: "opencode/cut", kind: .cut, text: "I look at the notes first.",
            tokens: [9130, 80], cost: 0.0125),
        StreamCase(
            name: "aider/turn",
            text:
                "I add the greeting.\n\ngreeting.txt\n```\n<<<<<<< SEARCH\n=======\nGood morning, Ada.\n>>>>>>> REPLACE\n```",
            tokens: [2100, 10]),
        StreamCase(
            name: "aider/nomatch", kind: .turnLimit,
            text:
                "I change it.\n\nnotes.txt\n```\n<<<<<<< SEARCH\nnot there\n=======\nx\n>>>>>>> REPLACE\n```",
            tokens: [9100, 40]),
        StreamCase(
            name: "aider/retried", text: "I change nothing.", tokens: [2100, 10], retries: 1),
        // Its exit is 0 after all tries.
        StreamCase(name: "aider/limited", kind: .service(.rateLimited), retries: 8),
        StreamCase(
            name: "aider/interrupted-int", exit: .signal(2), kind: .interrupted, retries: 5),
        StreamCase(
            name: "aider/interrupted-term", exit: .signal(15), kind: .interrupted, retries: 5),
        StreamCase(name: "aider/unauthorized", kind: .service(.authentication)),
        StreamCase(name: "aider/no-key", kind: .service(.authentication)),
        StreamCase(name: "aider/refused", kind: .service(.invalidRequest)),
        StreamCase(
            name: "text/turn",
            text:
                "Reading notes.txt\nWriting greeting.txt\n\u{FFFD}\u{FFFD} not UTF-8\nDone: greeting.txt holds a greeting."
        ),
        StreamCase(
            name: "text/turn", exit: .signal(9), kind: .interrupted,
            text:
                "Reading notes.txt\nWriting greeting.txt\n\u{FFFD}\u{FFFD} not UTF-8\nDone: greeting.txt holds a greeting."
        ),
    ]
}
