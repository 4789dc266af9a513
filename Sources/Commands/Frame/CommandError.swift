import Review
import Base

/// What a user is told when a command cannot do its work: the only place with sentences.
///
/// Modules throw facts; ``CommandErrorConvertible`` turns each module's error into one of these.
struct CommandError: Error, Equatable, Sendable {
    let exit: ExitCode
    /// For scripts: lower-case words with underscores, stable from version to version.
    let code: String
    /// What failed, and on what.
    let message: String
    /// What to do next; nil when there is nothing to advise.
    var hint: String?
    /// One line for each of several things, such as the problems of a file.
    var details: [String] = []

    init(
        _ exit: ExitCode, _ code: String, _ message: String, hint: String? = nil,
        details: [String] = []
    ) {
        self.exit = exit
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details
    }

    /// The words for any error that reached the program's entry.
    init(_ error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as any CommandErrorConvertible: self = error.commandError
        case is CancellationError:
            self.init(
                .interrupted, "interrupted", "interrupted",
                hint: "a run goes on with: treeguild resume")
        default:
            self.init(
                .fault, "unexpected", "unexpected error: \(error)",
                hint: "this is a fault of treeguild; please report it with the command line "
                    + "and the output of: treeguild version --json")
        }
    }

    static func notYet(_ command: String) -> CommandError {
        CommandError(.fault, "not_yet", "'treeguild \(command)' is not there yet")
    }

    /// The lines for standard error.
    var lines: [StyledText] {
        let messages = StyledText.lines(outside: message)
        let first: StyledText = "\("treeguild:", .red, .bold) \(messages.first ?? "")"
        let more = messages.dropFirst() + details.flatMap { StyledText.lines(outside: $0) }
        return [first] + more.map { "  \($0)" }
            + (hint.map { ["  \("hint:", .cyan) \($0)"] } ?? [])
    }

    /// The members of `treeguild.error/1` after its schema.
    var members: [(String, JSON)] {
        var error = JSON.Members([
            ("code", .string(code)), ("message", .string(message)), ("hint", .optional(hint)),
            ("exit", .int(Int(exit.rawValue))),
        ])
        if !details.isEmpty { error["details"] = .array(details.map { .string($0) }) }
        return [("error", .object(error))]
    }
}

/// An error of a module that has a sentence for users: conformances stand in `CommandError+<Module>.swift`.
protocol CommandErrorConvertible: Error {
    var commandError: CommandError { get }
}
