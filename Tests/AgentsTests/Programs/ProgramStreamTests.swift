import Base
import TestSupport
import Testing

@testable import Agents

struct ProgramStreamTests {
    @Test(arguments: StreamCase.claude + StreamCase.codex + StreamCase.others)
    func `a recording comes to what its program did`(_ expected: StreamCase) throws {
        var earlier = ModelUsage()
        (earlier.input, earlier.output) = (expected.earlier[0], expected.earlier[1])
        let format = try StreamFixture.format(expected.name)
        let (events, stream) = StreamFixture.read(
            try StreamFixture.bytes(expected.name), by: format.makeStream(earlier: earlier))
        let outcome = stream.outcome(expected.exit, errors: expected.errors)
        #expect(outcome.fault?.kind == expected.kind)
        #expect(outcome.text == expected.text)
        #expect(
            [outcome.usage.tokens.totalInput, outcome.usage.tokens.output] == expected.tokens)
        #expect(outcome.usage.isCostKnown == (expected.cost != nil))
        #expect(abs(outcome.usage.cost - (expected.cost ?? outcome.usage.cost)) < 1e-9)
        #expect(outcome.denials == expected.denials)
        #expect(
            events.count { if case .denied = $0 { true } else { false } } == expected.denials)
        #expect(
            events.count { if case .retrying = $0 { true } else { false } } == expected.retries)
        let sessions = events.count { if case .session = $0 { true } else { false } }
        #expect(sessions == (outcome.session == nil ? 0 : 1))
    }

    @Test
    func `each recording says the same, event by event`() throws {
        for name in try StreamFixture.names() {
            let (events, _) = StreamFixture.read(
                try StreamFixture.bytes(name), by: try StreamFixture.format(name).makeStream())
            let text = events.map { $0.line + "\n" }.joined()
            try StreamFixture.compare(text, with: "\(name).events")
        }
    }

    @Test
    func `the wait that a limit asks for is told`() throws {
        let (_, stream) = StreamFixture.read(
            try StreamFixture.bytes("claude/limit-reached"), by: ClaudeStream())
        let fault = stream.outcome(.status(1), errors: "").fault
        // From the line's own time to the limit's end.
        #expect(fault?.retryAfter == .seconds(600))
    }

    @Test(arguments: [
        (
            ProgramFormat.claude, "error: unknown option '--no-such-flag'", 1,
            ProgramFault.Kind.usage
        ),
        (.codex, "error: unexpected argument '--no-such-flag' found\n\n  tip: to pass", 2, .usage),
        (.aider, "usage: aider [-h]\naider: error: unrecognized arguments: --no-such", 2, .usage),
        (
            .claude,
            "--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons",
            1, .root
        ),
        (.codex, "Error: stdin is not a terminal", 1, .terminal),
        (.gemini, "Please set an Auth method in your settings.json", 41, .service(.authentication)),
        (.gemini, "Please set an Auth method in your settings.json", 1, .service(.authentication)),
        (.gemini, "No input provided via stdin.", 42, .usage),
        (.opencode, "Not logged in", 1, .service(.authentication)),
        (.text, "HTTP 429 Too Many Requests", 1, .service(.rateLimited)),
        (.text, "Segmentation fault", 139, .exit(.status(139))),
        (.text, "", 3, .exit(.status(3))),
        (.claude, "", 0, .cut), (.codex, "", 0, .cut), (.gemini, "", 0, .cut),
        (.opencode, "", 0, .cut), (.aider, "", 0, .cut),
        (.codex, "", 143, .interrupted),
    ])
    func `a program that said nothing is judged by its last words and its exit`(
        _ format: ProgramFormat, _ errors: String, _ status: Int32, _ kind: ProgramFault.Kind
    ) {
        let fault = format.makeStream().outcome(.status(status), errors: errors).fault
        #expect(fault?.kind == kind)
        #expect((fault?.message.isEmpty ?? false) == errors.isEmpty)
    }

    @Test
    func `a program without a closing event may say nothing`() {
        #expect(TextStream().outcome(.status(0), errors: "a warning").fault == nil)
    }

    @Test
    func `an exit that is no success stands against a closing event`() throws {
        for name in ["claude/turn", "codex/turn", "gemini/turn", "opencode/turn"] {
            let (_, stream) = StreamFixture.read(
                try StreamFixture.bytes(name), by: try StreamFixture.format(name).makeStream())
            #expect(stream.outcome(.status(7), errors: "x").fault?.kind == .exit(.status(7)))
        }
        // One that waits for messages is ended by a signal once all is done.
        let (_, claude) = StreamFixture.read(
            try StreamFixture.bytes("claude/two-messages"), by: ClaudeStream())
        #expect(claude.outcome(.status(143), errors: "").fault == nil)
        #expect(claude.outcome(.signal(9), errors: "").fault == nil)
    }

    @Test
    func `tokens of an answer told in several lines count once`() throws {
        let bytes = try StreamFixture.bytes("claude/thinking")
        let lines = bytes.split(separator: 10)
        let head = Array(lines.dropLast().joined(separator: [10]))
        let (events, stream) = StreamFixture.read(head, by: ClaudeStream())
        let usage = stream.outcome(.signal(9), errors: "").usage
        #expect(usage.turns == 2)
        #expect(usage.tokens.input == 220)
        #expect(usage.tokens.cacheRead == 1940)
        #expect(usage.tokens.cacheWrite == 30)
        #expect(usage.tokens.cacheWriteLong == 10)
        // The last word about each answer.
        #expect(usage.tokens.output == 32)
        // The same lines again are no new answers.
        let (twice, again) = StreamFixture.read(head + [10] + head, by: ClaudeStream())
        #expect(again.outcome(.signal(9), errors: "").usage.tokens == usage.tokens)
        let turns = { (events: [ProgramEvent]) in
            events.count { if case .turn = $0 { true } else { false } }
        }
        #expect(turns(twice) == turns(events))
    }

    @Test
    func `an answer that comes in parts is said once`() throws {
        let whole = StreamFixture.read(try StreamFixture.bytes("claude/turn"), by: ClaudeStream())
        let parts = StreamFixture.read(
            try StreamFixture.bytes("claude/partial"), by: ClaudeStream())
        func said(_ events: [ProgramEvent]) -> String {
            events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
        }
        #expect(said(parts.events) == said(whole.events))
        #expect(parts.stream.outcome(.status(0), errors: "").fault == nil)
    }
}
