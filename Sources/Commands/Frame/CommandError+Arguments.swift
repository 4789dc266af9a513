extension ArgumentError: CommandErrorConvertible {
    var commandError: CommandError {
        let (code, message) = words
        return CommandError(.usage, code, message, hint: hint)
    }

    private var words: (code: String, message: String) {
        switch self {
        case .missingCommand: ("missing_command", "no command given")
        case .unknownCommand(let name, _): ("unknown_command", "unknown command '\(name)'")
        case .unknownOption(let name, let command, _):
            (
                "unknown_option",
                "unknown option '\(name)'" + (command.map { " of 'treeguild \($0)'" } ?? "")
            )
        case .missingValue(let option, let name):
            ("missing_value", "option '\(option)' needs a value: \(name)")
        case .unexpectedValue(let option):
            ("unexpected_value", "option '\(option)' takes no value")
        case .repeatedOption(let option):
            ("repeated_option", "option '\(option)' is given more than once")
        case .badValue(let name, let value, let expected, _):
            ("bad_value", "'\(value)' is no value for \(name): expected \(expected)")
        case .missingOption(let spelling, let command):
            ("missing_option", "'treeguild \(command)' needs \(spelling)")
        case .exclusiveOptions(let names):
            ("exclusive_options", "only one can be given of \(Phrase.allOf(names))")
        case .missingArgument(let name, let command):
            ("missing_argument", "'treeguild \(command)' needs \(name)")
        case .surplusArgument(let word, let command):
            ("surplus_argument", "'\(word)' is one argument too many for 'treeguild \(command)'")
        case .noJSON(let command):
            ("no_json", "'treeguild \(command)' has no JSON form")
        }
    }

    private var hint: String? {
        switch self {
        case .missingCommand: return "treeguild --help"
        case .unknownCommand(_, let nearest):
            return nearest.map { "did you mean 'treeguild \($0)'?" } ?? "treeguild --help"
        case .unknownOption(_, let command, let nearest):
            let help = command.map { "treeguild \($0) --help" } ?? "treeguild --help"
            return nearest.map { "did you mean '\($0)'?" } ?? help
        case .badValue(_, _, _, let nearest): return nearest.map { "did you mean '\($0)'?" }
        case .missingValue(let option, let name):
            return option.hasPrefix("--")
                ? "a value that begins with a dash is written \(option)=\(name)" : nil
        case .missingOption(_, let command), .missingArgument(_, let command),
            .surplusArgument(_, let command):
            return "treeguild \(command) --help"
        case .unexpectedValue, .repeatedOption, .exclusiveOptions, .noJSON: return nil
        }
    }
}
