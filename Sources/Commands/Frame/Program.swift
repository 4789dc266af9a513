import Base
import Processes

/// The program's entry: parses, loads the settings, runs the command, tells its end.
package enum Program {
    /// Runs the process's own command line and ends the process with the command's exit code.
    package static func main() async -> Never {
        Terminal.openMissingStreams()
        Terminal.ignoreBrokenPipes()
        Terminal.ignoreWakes()
        let words = Array(CommandLine.arguments.dropFirst())
        let code: ExitCode
        do {
            let surroundings = try await BlockingCalls.run { try Surroundings.ofThisProcess() }
            code = await run(words, in: surroundings)
        } catch {
            let output = Output(streams: .standard, mode: Output.Mode())
            code = await tell(CommandError(error), to: output)
        }
        Terminal.exit(code)
    }

    /// Runs one command line.
    static func run(_ words: [String], in surroundings: Surroundings) async -> ExitCode {
        let arguments: ParsedArguments
        do {
            arguments = try ParsedArguments(words)
        } catch {
            var mode = Output.Mode(surroundings: surroundings, color: "auto")
            mode.isJSON = words.prefix { $0 != "--" }.contains("--json")
            let output = Output(streams: surroundings.streams, mode: mode)
            return await tell(CommandError(error), to: output)
        }
        let (invocation, output) = await prepare(arguments, in: surroundings)
        let code: ExitCode
        do {
            code = try await body(of: arguments)(invocation)
        } catch {
            code = await tell(CommandError(error), to: output)
        }
        await output.endProgress()
        return await checked(code, output)
    }

    private static func prepare(
        _ arguments: ParsedArguments, in surroundings: Surroundings
    ) async -> (Invocation, Output) {
        let invocation = await BlockingCalls.run {
            Invocation.Prepared(arguments: arguments, surroundings: surroundings)
        }
        var mode = Output.Mode(surroundings: surroundings, color: invocation.color)
        mode.isJSON = arguments.has("json")
        mode.isQuiet = arguments.has("quiet")
        let output = Output(streams: surroundings.streams, mode: mode)
        return (Invocation(prepared: invocation, output: output), output)
    }

    private static func body(
        of arguments: ParsedArguments
    ) -> @Sendable (Invocation) async throws -> ExitCode {
        if arguments.has("help") { return helpCommand }
        if arguments.has("version") { return versionCommand }
        return arguments.command?.run ?? helpCommand
    }

    private static func tell(_ error: CommandError, to output: Output) async -> ExitCode {
        await output.endProgress()
        await output.insist(error.lines)
        if output.mode.isJSON { await output.document("treeguild.error/1", error.members) }
        return await checked(error.exit, output)
    }

    /// Data that could not be written is a failure, except to a reader that had enough.
    private static func checked(_ code: ExitCode, _ output: Output) async -> ExitCode {
        guard let failure = await output.failure, !failure.isBrokenPipe else { return code }
        await output.insist(CommandError(failure).lines)
        return code == .done ? .notDone : code
    }
}

/// What a command line runs in: everything that is not in its words.
struct Surroundings: Sendable {
    let environment: [String: String]
    let folder: AbsolutePath
    let streams: Output.Streams

    static func ofThisProcess() throws -> Surroundings {
        Surroundings(
            environment: Environment.own, folder: try Files.currentFolder(),
            streams: .standard)
    }
}

extension Output.Mode {
    /// Colour by word (`auto`, `always`, `never`), terminal, NO_COLOR and TERM.
    init(surroundings: Surroundings, color: String) {
        let environment = surroundings.environment
        // https://no-color.org: any value that is not empty switches colour off.
        let isPlain = environment["NO_COLOR", default: ""] != "" || environment["TERM"] == "dumb"
        func colors(_ stream: ByteStream) -> Bool {
            color == "always" || (color == "auto" && stream.isTerminal && !isPlain)
        }
        self.init(
            colorsData: colors(surroundings.streams.data),
            colorsTalk: colors(surroundings.streams.talk))
    }
}
