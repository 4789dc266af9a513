import Base
import TestSupport
import Testing

@testable import Agents

/// Programs are updated often, and what they run may write to the same output.
struct ProgramHostileTests {
    private static func run(_ bytes: [UInt8], _ format: ProgramFormat) -> ProgramOutcome {
        let (events, stream) = StreamFixture.read(bytes, by: format.makeStream())
        var transcript = ProgramTranscript(agent: "a", model: "m")
        var progress = ProgramProgress()
        var entries = transcript.begin("do it")
        for event in events {
            entries += transcript.take(event)
            _ = progress.take(event)
        }
        let outcome = stream.outcome(.status(0), errors: "")
        entries += transcript.end(outcome)
        #expect(entries.first.map { if case .start = $0 { true } else { false } } == true)
        #expect(outcome.usage.tokens.totalInput >= 0)
        #expect(outcome.usage.cost.isFinite)
        return outcome
    }

    @Test(arguments: ProgramFormat.allCases)
    func `a recording cut at any byte is never a success, where the format has an end`(
        _ format: ProgramFormat
    ) throws {
        let bytes = try StreamFixture.bytes("\(format.rawValue)/turn")
        let end = bytes.dropLast().lastIndex(of: 10) ?? bytes.count
        // Codex's at every byte, the others here and there.
        for cut in stride(from: 0, to: bytes.count, by: format == .codex ? 1 : 13) {
            let outcome = Self.run(Array(bytes[..<cut]), format)
            // Text has no end, and aider's is the report of tokens.
            guard format != .text, format != .aider, cut <= end else { continue }
            #expect(outcome.fault?.kind == .cut, "cut at \(cut)")
        }
    }

    @Test(arguments: 0..<60)
    func `bytes changed at random crash nothing`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let names = try StreamFixture.names()
        let name = try #require(names.randomElement(using: &random))
        var bytes = try StreamFixture.bytes(name)
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: at)
            case 2: bytes.insert(contentsOf: Array("\"{[99999999999999999999".utf8), at: at)
            default:
                let end = min(at + Int.random(in: 0..<50, using: &random), bytes.count)
                bytes.insert(contentsOf: bytes[at..<end], at: at)
            }
            if bytes.isEmpty { break }
        }
        for format in ProgramFormat.allCases { _ = Self.run(bytes, format) }
    }

    /// Any value in the place of any other, with the words that the readers look for as keys.
    private static func value(_ depth: Int, _ random: inout SeededRandom) -> JSON {
        let words = [
            "type", "subtype", "system", "init", "assistant", "user", "result", "message", "id",
            "content", "usage", "text", "tool_use", "tool_result", "session_id", "is_error",
            "item.completed", "item.started", "item", "turn.completed", "turn.failed", "error",
            "thread.started", "thread_id", "command_execution", "file_change", "changes",
            "mcp_tool_call", "arguments", "status", "input_tokens", "output_tokens", "cost",
            "step_finish", "part", "tokens", "cache", "state", "stats", "modelUsage", "costUSD",
            "model_usage_since_last_result", "total_cost_usd", "api_retry", "attempt",
            "max_retries", "retry_delay_ms", "permission_denials", "tool_name", "stream_event",
            "event", "delta", "content_block_delta", "message_start", "rate_limit_event",
            "rate_limit_info", "resetsAt", "rejected", "timestamp", "2026-11-21T09:00:00.000Z",
            "Reconnecting... 99999999999999999999/-1 (x", "success", "agent_message", "reasoning",
        ]
        func word(_ random: inout SeededRandom) -> String {
            words.randomElement(using: &random) ?? ""
        }
        switch Int.random(in: 0..<(depth > 4 ? 6 : 9), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2:
            let numbers = [
                "-1", "0", "1e400", "-1e400", "9223372036854775807", "99999999999999999999", "1.5",
                "1e18", "1e-400", "-9223372036854775808", "1099511627776",
            ]
            return .number(numbers.randomElement(using: &random) ?? "0")
        case 3, 4, 5: return .string(word(&random))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth + 1, &random) })
        default:
            var members = JSON.Members()
            for _ in 0..<Int.random(in: 0..<9, using: &random) {
                members[word(&random)] = value(depth + 1, &random)
            }
            members["type"] = .string(word(&random))
            return .object(members)
        }
    }

    @Test(arguments: 0..<40)
    func `JSON of any shape crashes nothing`(_ seed: UInt64) {
        var random = SeededRandom(seed: 1000 + seed)
        let lines = (0..<60).map { _ in Self.value(0, &random).compact }
        let bytes = Array(lines.joined(separator: "\n").utf8)
        for format in ProgramFormat.allCases { _ = Self.run(bytes, format) }
    }

    @Test
    func `numbers that are too large stay countable`() {
        let line =
            #"{"type":"result","subtype":"success","is_error":false,"result":"x","modelUsage":{"#
            + #""a":{"inputTokens":1e300,"outputTokens":-5,"costUSD":1e300},"#
            + #""b":{"inputTokens":9223372036854775807,"outputTokens":3}},"total_cost_usd":-1}"#
        let bytes = Array(String(repeating: line + "\n", count: 50).utf8)
        let usage = Self.run(bytes, .claude).usage
        #expect(usage.tokens.input == 1 << 40)
        #expect(usage.cost >= 0)
        let codex =
            #"{"type":"turn.completed","usage":{"input_tokens":5,"cached_input_tokens":1e99}}"#
        #expect(Self.run(Array(codex.utf8), .codex).usage.tokens.cacheRead == 5)
        #expect(Self.run(Array(codex.utf8), .codex).usage.tokens.input == 0)
    }

    @Test
    func `a line of 10 MB is read, one beyond the limit is passed over`() {
        let long = String(repeating: "0123456789", count: 1 << 20)
        let line = #"{"type":"text","part":{"text":""# + long + #""}}"#
        let (events, stream) = StreamFixture.read(Array(line.utf8), by: OpencodeStream())
        #expect(events == [.text(long + "\n")])
        #expect(stream.outcome(.signal(9), errors: "").text == long)
        var lines = ProgramLines()
        #expect(lines.add(Array(line.utf8) + Array(long.utf8) + [10]).isEmpty)
        #expect(lines.passedOver == 1)
    }

    @Test
    func `a text in very many pieces is one text`() {
        var transcript = ProgramTranscript(agent: "a", model: "m")
        var progress = ProgramProgress()
        _ = transcript.begin("x")
        var shown = 0
        for _ in 0..<5000 {
            _ = transcript.take(.text("0123456789"))
            for case .text(let line) in progress.take(.text("0123456789")) { shown += line.count }
        }
        for case .text(let line) in progress.finish() { shown += line.count }
        #expect(shown == 50_000)
        guard case .answer(let message, _)? = transcript.take(.rest).last else {
            Issue.record("no answer")
            return
        }
        #expect(message.text.count == 50_000)
    }

    @Test
    func `deep nesting is noise`() {
        let deep = #"{"type":"assistant","message":"# + String(repeating: "[", count: 100_000)
        let (events, _) = StreamFixture.read(Array(deep.utf8), by: ClaudeStream())
        #expect(events.count == 1)
        #expect(
            events.first.map { if case .noise(let text) = $0 { text.count <= 1000 } else { false } }
                == true)
    }

    @Test
    func `control characters of a program reach a transcript only as JSON, never a terminal`()
        async throws
    {
        let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\r\u{8}"
        let item = JSON.object(
            JSON.Members([
                ("type", "item.completed"),
                (
                    "item",
                    [
                        "id": "i", "type": "command_execution", "command": .string("ls " + evil),
                        "aggregated_output": .string(evil), "exit_code": .int(0),
                        "status": "completed",
                    ]
                ),
            ]))
        let said: JSON = [
            "type": "item.completed",
            "item": ["id": "j", "type": "agent_message", "text": .string("so " + evil)],
        ]
        let bytes = Array((item.compact + "\n" + said.compact).utf8)
        let (events, stream) = StreamFixture.read(bytes, by: CodexStream())
        var transcript = ProgramTranscript(agent: evil, model: evil)
        var contents = transcript.begin("do " + evil)
        for event in events { contents += transcript.take(event) }
        contents += transcript.end(stream.outcome(.status(1), errors: evil))
        let entries = contents.enumerated().map {
            TranscriptEntry(
                id: $0.offset + 1, parent: nil, time: Timestamp(milliseconds: 0),
                content: $0.element)
        }
        for line in TranscriptText(entries).lines {
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `50 MB of output are read in bounded memory`() async {
        await #expect(processExitsWith: .success) {
            let result = String(repeating: "0123456789abcde\\n", count: 6000)
            let line =
                #"{"type":"user","message":{"role":"user","content":[{"type":"tool_result","#
                + #""tool_use_id":"t","content":""# + result + #""}]},"parent_tool_use_id":null}"#
            var piece = Array(line.utf8) + [10]
            piece += Array(String(repeating: "not JSON at all ", count: 60_000).utf8) + [10]
            var stream: any ProgramStream = ClaudeStream()
            var lines = ProgramLines(limit: 1 << 19)
            var transcript = ProgramTranscript(agent: "a", model: "m")
            var progress = ProgramProgress()
            _ = transcript.begin("x")
            var bytes = 0
            var pieces = 0
            var results = 0
            let before = try peakMemory()
            while bytes < 50 << 20 {
                bytes += piece.count
                pieces += 1
                for line in lines.add(piece) {
                    for event in stream.take(line) {
                        if case .result = event { results += 1 }
                        _ = transcript.take(event)
                        _ = progress.take(event)
                    }
                }
            }
            guard pieces > 40, results == pieces, lines.passedOver == pieces else { throw Failed() }
            guard try peakMemory() - before < 40 << 10 else { throw Failed() }
            _ = stream.outcome(.signal(9), errors: "")
        }
    }
}

private struct Failed: Error {}

/// The most that this process has held, in kilobytes.
private func peakMemory() throws -> Int {
    guard let path = AbsolutePath("/proc/self/status") else { throw Failed() }
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let number = line?.split(separator: " ").dropLast().last.flatMap({ Int($0) }) else {
        throw Failed()
    }
    return number
}
