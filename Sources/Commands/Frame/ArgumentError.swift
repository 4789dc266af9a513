/// What is wrong with a command line, as facts.
enum ArgumentError: Error, Equatable, Sendable {
    case missingCommand
    case unknownCommand(String, nearest: String?)
    case unknownOption(String, command: String?, nearest: String?)
    case missingValue(option: String, name: String)
    /// `--flag=value`.
    case unexpectedValue(option: String)
    case repeatedOption(String)
    case badValue(of: String, value: String, expected: String, nearest: String?)
    case missingOption(String, command: String)
    case exclusiveOptions([String])
    case missingArgument(String, command: String)
    case surplusArgument(String, command: String)
    case noJSON(command: String)
}
