import Base
import Foundation
import TestSupport
import Testing

@testable import Agents

struct TranscriptTests {
    private static let start = TranscriptEntry.Content.start(
        .init(agent: "a", model: "m", system: ["s", "t"], shared: 1, tools: ["Read"]))
    private static let noon = Timestamp(milliseconds: 1_800_000_000_123)

    private static func answer(_ stop: ModelTurn.StopReason) -> TranscriptEntry.Answer {
        var usage = ModelUsage()
        (usage.input, usage.output, usage.cacheRead, usage.cacheWrite) = (1, 2, 3, 4)
        return .init(stop: stop, usage: usage, cost: 0.25, requestID: "req_1")
    }

    private static let exact = ModelBlock(
        .toolCall(ToolCall(id: "t", name: "Read", arguments: #"{"b":1.50,"a":"é"}"#)),
        exact: [
            "type": "tool_use", "id": "t", "name": "Read",
            "input": ["b": .number("1.50"), "a": "é"],
        ])

    private static let contents: [TranscriptEntry.Content] = [
        start, .message("do\n\"it\" \u{1b}[31m", from: .assignment),
        .answer(
            ModelMessage(.assistant, [exact], source: .init(wire: .anthropic, model: "m")),
            answer(.toolUse)),
        .result(ToolResult(callID: "t", content: [.text("42")], isError: true)),
        .discarded(ModelMessage(.assistant, []), answer(.refusal("cyber"))),
        .answer(ModelMessage(.assistant, [.text("x")]), answer(.stopSequence("END"))),
        .repair,
        .boundary(
            "# Assignment",
            .init(
                trigger: .refused, before: 10, after: 2, summary: "so far", usage: ModelUsage(),
                cost: nil)),
        .message("and", from: .mailbox), .end(.init(word: "budget", detail: "5")),
    ]

    private func written(_ path: AbsolutePath) async throws -> [TranscriptEntry] {
        let transcript = try Transcript(opening: path)
        var entries: [TranscriptEntry] = []
        for content in Self.contents {
            entries.append(
                try await transcript.append(
                    content, at: Self.noon, isDurable: content == Self.start))
        }
        await transcript.close()
        return entries
    }

    @Test
    func `what is written is read again, block by block as the service sent it`() async throws {
        let scratch = try Scratch()
        let path = scratch.path.appending("t.jsonl")
        let entries = try await written(path)
        #expect(try Transcript.read(path) == entries)
        #expect(entries.map(\.id) == Array(1...10))
        // A discarded answer is no parent, and an end neither.
        #expect(entries.map(\.parent) == [nil, 1, 2, 3, 4, 4, 6, 7, 8, 9])
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        #expect(text.contains(#""input":{"b":1.50,"a":"é"}"#))
        let mode = try FileManager.default.attributesOfItem(atPath: path.description)
        #expect(mode[.posixPermissions] as? Int == 0o600)
    }

    @Test
    func `a torn last line is left out and cut off; a broken line before others is refused`()
        async throws
    {
        let scratch = try Scratch()
        let path = scratch.path.appending("t.jsonl")
        let entries = try await written(path)
        let bytes = try Files.read(path)
        for cut in stride(from: 1, to: bytes.count, by: 7) {
            let whole = bytes[..<cut].count { $0 == 10 }
            // Without its line feed the line may be whole.
            let isWhole = bytes[cut] == 10
            let read = try Transcript.parse(Array(bytes[..<cut])).entries
            #expect(read == Array(entries.prefix(whole + (isWhole ? 1 : 0))))
        }
        let torn = Array(bytes[..<(bytes.count - 5)])
        try Files.replace(path, with: torn)
        let transcript = try Transcript(opening: path)
        _ = try await transcript.append(.repair, at: Self.noon, isDurable: false)
        await transcript.close()
        #expect(try Transcript.read(path).last?.content == .repair)
        #expect(try Transcript.read(path).count == 10)
        // Zeros, as a loss of power leaves them.
        #expect(
            try Transcript.parse(bytes + [UInt8](repeating: 0, count: 99)).entries == entries)

        var lines = bytes.split(separator: 10).map(Array.init)
        lines[3] = Array("{}".utf8)
        #expect(throws: Transcript.Problem.damaged(line: 4)) {
            try Transcript.parse(Array(lines.joined(separator: [10])))
        }
        lines.remove(at: 3)
        #expect(throws: Transcript.Problem.damaged(line: 4)) {
            try Transcript.parse(Array(lines.joined(separator: [10])))
        }
    }

    @Test
    func `one process at a time writes, links are not followed, a full disk loses nothing`()
        async throws
    {
        let scratch = try Scratch()
        let path = scratch.path.appending("t.jsonl")
        let first = try Transcript(opening: path)
        #expect(throws: Transcript.Problem.inUse) { try Transcript(opening: path) }
        await first.close()
        await #expect(throws: FileError.self) {
            try await first.append(.repair, at: Self.noon, isDurable: false)
        }
        let link = scratch.path.appending("link")
        try FileManager.default.createSymbolicLink(
            atPath: link.description, withDestinationPath: path.description)
        #expect(throws: Transcript.Problem.self) { try Transcript(opening: link) }
    }

    @Test
    func `reads well in a terminal and shows no control characters`() async throws {
        let scratch = try Scratch()
        let entries = try await written(scratch.path.appending("t.jsonl"))
        let text = TranscriptText(entries, width: 60).lines
        #expect(
            text == [
                "a on m · 2027-01-15T08:00:00.123Z · 1 tool", "", "assignment", "  do",
                "  \"it\" \\x1b[31m", "", "turn 1 · 8 tokens in, 2 out · $0.25", "  > Read ",
                "  ! Read ", "      42", "",
                "turn 2 · 8 tokens in, 2 out · $0.25 · refused (cyber) · not u…".replacing(
                    "turn 2 · 8 tokens in, 2 out · $0.25 · refused (cyber) · not u…",
                    with: Text.truncate(
                        "turn 2 · 8 tokens in, 2 out · $0.25 · refused (cyber) · not used", to: 60)),
                "", "turn 3 · 8 tokens in, 2 out · $0.25 · stopped", "  x", "",
                "thinking taken out: the service refused it", "",
                "summed up: it did not fit · 10 to 2 tokens", "  so far", "", "message", "  and",
                "", "end: budget · 5",
            ])
        let long = TranscriptText(
            [
                TranscriptEntry(
                    id: 1, parent: nil, time: Self.noon,
                    content: .message("one two three four five six seven", from: .mailbox))
            ], width: 30
        ).lines
        #expect(long == ["message", "  one two three four five six", "  seven"])
    }
}
