import Review
import Base
import Testing

@testable import Commands

struct OutputTests {
    private func output(
        _ data: Memory, _ talk: Memory, _ mode: Output.Mode = Output.Mode(),
        terminal: TerminalSize? = nil
    ) -> Output {
        Output(
            streams: Output.Streams(
                data: data.stream(),
                talk: talk.stream(isTerminal: terminal != nil, size: terminal), answer: nil),
            mode: mode)
    }

    @Test func `data goes to standard output, talk to standard error`() async {
        let (data, talk) = (Memory(), Memory())
        let output = output(data, talk)
        await output.line("data")
        await output.say("talk")
        await output.warn("\("odd\u{7}")")
        #expect(data.text == "data\n")
        #expect(talk.text == "talk\nwarning: odd\\x07\n")
    }

    @Test func `quiet silences talk and progress, not warnings`() async {
        let (data, talk) = (Memory(), Memory())
        let output = output(data, talk, Output.Mode(isQuiet: true))
        await output.say("talk")
        await output.progress([], event: "started")
        await output.warn("careful")
        #expect(talk.text == "warning: careful\n")
    }

    @Test func `with JSON lines for people are dropped and the schema comes first`() async throws {
        let (data, talk) = (Memory(), Memory())
        let output = output(data, talk, Output.Mode(isJSON: true))
        await output.line("data")
        await output.document("treeguild.test/1", [("a", 1)])
        let document = try JSON(parsing: data.text)
        #expect(document.objectValue?.pairs.map(\.key) == ["schema", "a"])
        #expect(data.text.hasSuffix("}\n"))
    }

    @Test func `in a pipe progress is plain lines`() async {
        let (data, talk) = (Memory(), Memory())
        let output = output(data, talk)
        await output.progress(["board"], event: "a started")
        await output.progress(["board"], event: "a ended")
        await output.endProgress()
        #expect(talk.text == "a started\na ended\n")
    }

    @Test func `on a terminal talk stands above the board, which goes at the end`() async {
        let (data, talk) = (Memory(), Memory())
        let output = output(data, talk, terminal: TerminalSize(columns: 40, rows: 10))
        await output.progress(["board"], event: "a started")
        await output.say("talk")
        await output.endProgress()
        let visible = talk.text.split(separator: "\u{1b}", omittingEmptySubsequences: false)
            .joined(separator: "^")
        #expect(
            visible == "board^[K\n" + "\r^[1A^[J" + "talk\n" + "board^[K\n" + "\r^[1A^[J")
    }

    @Test func `a failed write is kept and ends further data`() async {
        let refusal = FileError("write", "standard output", code: 28)
        let broken = ByteStream(isTerminal: false, size: { nil }, write: { _ in refusal })
        let talk = Memory()
        let output = Output(
            streams: Output.Streams(data: broken, talk: talk.stream(), answer: nil),
            mode: Output.Mode())
        await output.line("data")
        #expect(await output.isClosed)
        #expect(await output.failure == refusal)
    }

    @Test(
        arguments: [(28, ExitCode.notDone, true), (32, .done, false)] as [(Int32, ExitCode, Bool)])
    func `a full disk is told, a reader that has gone is not`(
        code: Int32, exit: ExitCode, isTold: Bool
    ) async throws {
        let broken = ByteStream(
            isTerminal: false, size: { nil },
            write: { _ in FileError("write", "standard output", code: code) })
        let talk = Memory()
        let surroundings = Surroundings(
            environment: [:], folder: try #require(AbsolutePath("/")),
            streams: Output.Streams(data: broken, talk: talk.stream(), answer: nil))
        #expect(await Program.run(["help"], in: surroundings) == exit)
        #expect(talk.text.contains("cannot write standard output") == isTold)
    }

    static let colours: [([String: String], String, Bool, Bool)] = [
        ([:], "auto", true, true), ([:], "auto", false, false), ([:], "always", false, true),
        ([:], "never", true, false), (["NO_COLOR": "1"], "auto", true, false),
        (["NO_COLOR": ""], "auto", true, true), (["NO_COLOR": "1"], "always", true, true),
        (["TERM": "dumb"], "auto", true, false),
    ]

    @Test(arguments: colours)
    func `colour follows the option, NO_COLOR and the terminal`(
        environment: [String: String], word: String, isTerminal: Bool, colors: Bool
    ) throws {
        let stream = Memory().stream(isTerminal: isTerminal)
        let surroundings = Surroundings(
            environment: environment, folder: try #require(AbsolutePath("/")),
            streams: Output.Streams(data: stream, talk: stream, answer: nil))
        let mode = Output.Mode(surroundings: surroundings, color: word)
        #expect(mode.colorsData == colors)
        #expect(mode.colorsTalk == colors)
    }
}
