import Review
import Base
import TestSupport
import Testing

@testable import Commands

struct CommandErrorTests {
    @Test func `an error is a sentence and a hint on standard error`() async throws {
        let scratch = try Scratch()
        let captured = await Captured.run(["rnu"], in: scratch.path)
        #expect(captured.code == .usage)
        #expect(captured.data == "")
        #expect(
            captured.talk == """
                treeguild: unknown command 'rnu'
                  hint: did you mean 'treeguild run'?

                """)
    }

    @Test func `with --json an error is also a document`() async throws {
        let scratch = try Scratch()
        let captured = await Captured.run(["--json", "rnu"], in: scratch.path)
        #expect(
            try captured.json == [
                "schema": "treeguild.error/1",
                "error": [
                    "code": "unknown_command", "message": "unknown command 'rnu'",
                    "hint": "did you mean 'treeguild run'?", "exit": 2,
                ],
            ])
        #expect(captured.talk.hasPrefix("treeguild: unknown command"))
    }

    @Test func `a word after -- asks for no JSON`() async throws {
        let scratch = try Scratch()
        #expect(await Captured.run(["run", "a", "--", "--json"], in: scratch.path).data == "")
    }

    private struct Odd: Error {}

    @Test func `an unexpected error asks for a report, a cancelled one can be resumed`() {
        let odd = CommandError(Odd())
        #expect(odd.exit == .fault)
        #expect(odd.hint?.contains("report") == true)
        #expect(CommandError(CancellationError()).exit == .interrupted)
    }

    @Test func `what came from outside is made visible`() {
        let error = CommandError(.notDone, "x", "bad \u{1b}[2J name", details: ["a\nb\u{9b}"])
        #expect(
            error.lines.map(\.plain) == [
                "treeguild: bad \\x1b[2J name", "  a", "  b\\x9b",
            ])
    }

    @Test(arguments: ParsedArgumentsTests.refused.map(\.1))
    func `every argument error has a sentence of one line`(error: ArgumentError) {
        let words = error.commandError
        #expect(words.exit == .usage)
        #expect(!words.message.isEmpty && !words.message.contains("\n"))
        #expect(words.code.allSatisfy { $0.isLowercase || $0 == "_" })
    }

    @Test func `a folder that is not there is bad input`() async throws {
        let scratch = try Scratch()
        let captured = await Captured.run(["-C", "gone", "config"], in: scratch.path)
        #expect(captured.code == .usage)
        #expect(captured.talk.contains("there is no folder \(scratch.path)/gone"))
    }
}
