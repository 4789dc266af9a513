import Review
import Base
import TestSupport
import Testing

@testable import Commands

struct HelpTests {
    private func text(_ lines: [StyledText]) -> String {
        lines.map { $0.plain + "\n" }.joined()
    }

    @Test func `the program's help is as recorded`() throws {
        try Golden.check(text(Help.program(columns: 80)), is: "help/treeguild.txt")
    }

    @Test(arguments: CommandTable.all)
    func `a command's help is as recorded`(command: CommandDefinition) throws {
        try Golden.check(
            text(Help.command(command, columns: 80)), is: "help/\(command.name).txt")
    }

    @Test func `a narrow terminal's help is as recorded`() throws {
        let run = try #require(CommandTable.command(named: "run"))
        try Golden.check(text(Help.command(run, columns: 50)), is: "help/run.50.txt")
    }

    @Test(arguments: [40, 50, 80, 100])
    func `no text is wider than the terminal but names and examples`(columns: Int) {
        for line in Help.program(columns: columns) { #expect(line.width <= columns) }
        for command in CommandTable.all {
            for line in Help.command(command, columns: columns)
            where !line.plain.hasPrefix("  $ ")
                && !line.plain.contains("treeguild \(command.name) ")
            {
                #expect(line.width <= columns)
            }
        }
    }

    @Test func `--help, help COMMAND and COMMAND --help say the same`() async throws {
        let scratch = try Scratch()
        let (a, b) = (["help", "land"], ["land", "--help"])
        let first = await Captured.run(a, in: scratch.path)
        let second = await Captured.run(b, in: scratch.path)
        #expect(first.code == .done)
        #expect(first.data == second.data)
        let program = await Captured.run(["--help"], in: scratch.path)
        #expect(program.data == (await Captured.run(["help"], in: scratch.path)).data)
        let unknown = await Captured.run(["help", "lnad"], in: scratch.path)
        #expect(unknown.code == .usage)
        #expect(unknown.talk.contains("did you mean 'treeguild land'?"))
    }

    @Test func `lines are broken at spaces`() {
        #expect(WrappedText.lines("aa bb cc", columns: 5) == ["aa bb", "cc"])
        #expect(WrappedText.lines("a toolongword b", columns: 5) == ["a", "toolongword", "b"])
        #expect(WrappedText.lines("", columns: 5) == [])
    }
}

struct ManualTests {
    @Test func `the manual is as recorded`() throws {
        try Golden.check(Manual.page(), is: "manual/treeguild.1")
    }

    @Test(.enabled(if: Programs.has("groff")))
    func `groff finds nothing to warn about`() throws {
        let scratch = try Scratch()
        let result = try Shell.run(
            ["groff", "-man", "-Tutf8", "-ww", "-z"], in: scratch.path,
            environment: Shell.environment(home: scratch.path), input: Array(Manual.page().utf8))
        #expect(result.status == 0)
        #expect(result.text == "")
    }
}

/// Programs that may be missing.
enum Programs {
    static func has(_ name: String) -> Bool {
        ["/usr/local/bin", "/usr/bin", "/bin"].contains { folder in
            AbsolutePath(folder).map { Files.kind(of: $0.appending(name)) != nil } == true
        }
    }
}
