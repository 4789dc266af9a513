import Base
import TestSupport
import Testing

@testable import Agents

struct ProgramTranscriptTests {
    private func contents(
        _ name: String, exit: ProgramExit = .status(0)
    ) throws -> [TranscriptEntry.Content] {
        let (events, stream) = StreamFixture.read(
            try StreamFixture.bytes(name), by: try StreamFixture.format(name).makeStream())
        var transcript = ProgramTranscript(agent: "my-program", model: "as-asked")
        var contents = transcript.begin("Write a greeting.")
        #expect(contents.isEmpty)
        for event in events { contents += transcript.take(event) }
        return contents + transcript.end(stream.outcome(exit, errors: ""))
    }

    /// As `show --transcript` prints it, from the file.
    private func text(_ contents: [TranscriptEntry.Content]) async throws -> String {
        let scratch = try Scratch()
        let path = scratch.path.appending("transcript.jsonl")
        let transcript = try Transcript(opening: path)
        let noon = Timestamp(milliseconds: 1_795_262_400_000)
        for content in contents {
            _ = try await transcript.append(content, at: noon, isDurable: false)
        }
        await transcript.close()
        let entries = try Transcript.read(path)
        #expect(entries.map(\.content) == contents)
        return TranscriptText(entries).lines.map { $0 + "\n" }.joined()
    }

    @Test(arguments: [
        ("claude/turn", ProgramExit.status(0)), ("codex/turn", .status(0)),
        ("claude/two-messages", .status(0)), ("claude/interrupted-kill", .signal(9)),
        ("gemini/turn", .status(0)), ("opencode/turn", .status(0)), ("aider/turn", .status(0)),
        ("text/turn", .status(3)), ("codex/limited", .status(1)),
    ])
    func `what a program did reads like what any worker did`(
        _ name: String, _ exit: ProgramExit
    ) async throws {
        let text = try await text(contents(name, exit: exit))
        try StreamFixture.compare(text, with: "\(name).transcript")
    }

    @Test
    func `tokens and dollars of the answers add up to those of the process`() throws {
        for name in ["claude/turn", "claude/two-messages", "opencode/turn", "codex/turn"] {
            var tokens = ModelUsage()
            for case .answer(_, let answer) in try contents(name) {
                tokens = tokens.adding(answer.usage)
            }
            let (_, stream) = StreamFixture.read(
                try StreamFixture.bytes(name), by: try StreamFixture.format(name).makeStream())
            let all = stream.outcome(.status(0), errors: "").usage.tokens
            #expect(tokens.totalInput == all.totalInput, "\(name)")
            #expect(tokens.output == all.output, "\(name)")
        }
    }

    @Test
    func `what was said before a retry is not used, unless a call began`() {
        var transcript = ProgramTranscript(agent: "a", model: "m")
        _ = transcript.begin("x")
        let retry = ModelEvent.Retry(
            of: "claude", model: nil, attempt: 1, tries: 2, wait: .zero, kind: .overloaded,
            message: "")
        _ = transcript.take(.text("half a "))
        let void = transcript.take(.retrying(retry))
        #expect(void.contains { if case .discarded = $0 { true } else { false } })
        _ = transcript.take(.call(ToolCall(id: "1", name: "Bash", arguments: "{}")))
        let kept = transcript.take(.retrying(retry))
        #expect(kept.contains { if case .answer = $0 { true } else { false } })
    }

    @Test
    func `a message that is put in stands between the answers`() {
        var transcript = ProgramTranscript(agent: "a", model: "m")
        var contents = transcript.begin("first")
        contents += transcript.take(.session(id: "s", model: "real", version: nil))
        contents += transcript.take(.text("I do.\n"))
        contents += transcript.message("second")
        contents += transcript.take(.text("I did.\n"))
        contents += transcript.take(.rest)
        let words = contents.map { content in
            switch content {
            case .start(let start): "start \(start.model)"
            case .message(let text, let origin): "\(origin) \(text)"
            case .answer(let message, _): "answer \(message.text)"
            default: "?"
            }
        }
        #expect(
            words == [
                "start real", "assignment first", "answer I do.", "mailbox second",
                "answer I did.",
            ])
    }

    @Test
    func `texts of megabytes are cut in the transcript`() {
        var transcript = ProgramTranscript(agent: "a", model: "m")
        _ = transcript.begin("x")
        let long = String(repeating: "é", count: 1 << 20)
        _ = transcript.take(.text(long))
        _ = transcript.take(.text(long))
        _ = transcript.take(.call(ToolCall(id: "1", name: "Write", arguments: long)))
        let result = ToolResult(callID: "1", content: [.text(long)])
        let contents = transcript.take(.result(result))
        for content in contents {
            switch content {
            case .answer(let message, _): #expect(message.text.utf8.count < (1 << 20) + 10)
            case .result(let result): #expect(result.text.utf8.count < (1 << 20) + 10)
            default: break
            }
        }
        #expect(contents.count == 2)
    }
}

struct ProgramProgressTests {
    @Test
    func `those who watch see whole lines, and calls with what they work on`() throws {
        let (events, _) = StreamFixture.read(
            try StreamFixture.bytes("codex/turn"), by: CodexStream())
        var progress = ProgramProgress(turnsBefore: 4)
        let seen = (events.flatMap { progress.take($0) } + progress.finish()).compactMap {
            switch $0 {
            case .turnStarted(let number): "turn \(number)"
            case .text(let line): "text \(line)"
            case .toolStarted(let step): "start \(step.tool) \(step.target)"
            case .toolEnded(let step, let isError): "end \(step.tool) \(isError)"
            default: nil as String?
            }
        }
        #expect(
            seen == [
                "turn 5", "text I look at the notes first.", "start shell cat notes.txt",
                "end shell false", "turn 6", "start apply_patch /repository/tree/greeting.txt",
                "end apply_patch false", "turn 7", "start shell wc -c greeting.txt; ls nothing",
                "end shell true", "turn 8",
                "text Done: greeting.txt holds a greeting of 19 bytes.",
            ])
    }

    @Test
    func `pieces of a line are one line, a line of megabytes is cut`() {
        var progress = ProgramProgress()
        #expect(progress.take(.text("Good ")).isEmpty)
        #expect(progress.take(.text("morning\nAda")) == [.text("Good morning")])
        #expect(progress.take(.thinking("why")) == [.text("Ada")])
        #expect(progress.take(.rest) == [.thinking("why")])
        let long = progress.take(.text(String(repeating: "x", count: 5_000_000) + "\n"))
        #expect(long == [.text(String(repeating: "x", count: 2 * LineFeed.limit))])
    }
}

struct ProgramPriceTests {
    private func outcome(_ name: String, exit: ProgramExit = .status(0)) throws -> ProgramOutcome {
        StreamFixture.read(
            try StreamFixture.bytes(name), by: try StreamFixture.format(name).makeStream()
        ).stream.outcome(exit, errors: "")
    }

    @Test
    func `what has no cost is priced by list and marked so`() throws {
        let prices = try Prices(
            parsing: Array(
                """
                date: "2026-01-01"
                models:
                  some-model: {input: 2, output: 10, cache_read: 0.5, cache_write: 3, above: [{tokens: 10000, input: 20, output: 100}]}
                """.utf8))
        let codex = try outcome("codex/items")
        #expect(codex.priced(by: prices) == codex)
        #expect(codex.priced(by: prices, model: "another") == codex)
        let priced = codex.priced(by: prices, model: "example/some-model")
        #expect(priced.usage.isCostEstimated)
        #expect(priced.usage.isCostKnown)
        // 3000 anew, 20,000 cached, 1000 written to the cache, 300 out; 24,000 in six answers.
        #expect(abs(priced.usage.cost - (0.006 + 0.01 + 0.003 + 0.003)) < 1e-12)
        let claude = try outcome("claude/turn")
        #expect(claude.priced(by: prices, model: "some-model") == claude)
        let killed = try outcome("claude/interrupted-kill", exit: .signal(9))
        #expect(killed.priced(by: try Prices.builtIn()).usage.isCostEstimated)
        // Nothing used costs nothing that could be estimated.
        let refused = try outcome("codex/limited", exit: .status(1))
        #expect(refused.priced(by: prices, model: "some-model") == refused)
    }
}
