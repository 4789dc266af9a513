/// One command as data, with its body.
struct CommandDefinition: Sendable {
    let name: String
    /// One line, no full stop.
    let purpose: String
    /// Paragraphs below the synopsis.
    var details: [String] = []
    var positionals: [PositionalDefinition] = []
    var options: [OptionDefinition] = []
    /// Names of options of which only one may be given.
    var exclusive: [[String]] = []
    var examples: [Example] = []
    /// Exit codes that mean more here than everywhere.
    var exits: [(code: ExitCode, meaning: String)] = []
    /// Left out of help, manual and completions.
    var isHidden = false
    /// False when the command's data has no JSON form.
    var hasJSON = true
    let run: @Sendable (Invocation) async throws -> ExitCode

    /// A command line and what it is for.
    struct Example: Sendable {
        let line: String
        let meaning: String
    }

    /// What the command alone adds, hidden ones left out.
    var visibleOptions: [OptionDefinition] { options.filter { !$0.isHidden } }

    /// `treeguild show [options] RUN/TASK`.
    var synopsis: String {
        (["treeguild", name] + (visibleOptions.isEmpty ? [] : ["[options]"])
            + positionals.map(\.spelling)).joined(separator: " ")
    }

    /// Every exit code that it may end with, in order, with what it means here.
    var allExits: [(code: ExitCode, meaning: String)] {
        ExitCode.allCases.map { code in
            (code, exits.first { $0.code == code }?.meaning ?? code.meaning)
        }
    }

    /// The option of that name, the global ones included.
    func option(named name: String) -> OptionDefinition? {
        (options + GlobalOptions.all).first { $0.name == name }
    }
}

/// The options that stand before or after every command.
enum GlobalOptions {
    static let all: [OptionDefinition] = [
        .value("C", "PATH", .folder, "Start in this folder instead of the current one").asShort,
        .flag("json", "Print one JSON document on standard output"),
        .flag("quiet", short: "q", "Print data and errors only"),
        .value(
            "color", "WHEN", .choice(["auto", "always", "never"]), default: "auto",
            setting: "color", "When to colour the output"),
        .flag("help", short: "h", "Print help and end"),
        .flag("version", short: "V", "Print the version and end"),
    ]
}

extension OptionDefinition {
    /// The option with a short form only: `-C`.
    fileprivate var asShort: OptionDefinition {
        var copy = self
        copy.short = name.first
        return copy
    }

    /// False for the one option that has no long form.
    var hasLongForm: Bool { name.count > 1 }
}
