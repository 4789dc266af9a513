import Base
import Merging

extension MergeError: CommandErrorConvertible {
    var commandError: CommandError {
        switch self {
        case .unexpectedOutput(let program):
            CommandError(
                .notDone, "unexpected_output", "\(program) said something that is not its format",
                hint: "look at its version with: treeguild doctor")
        case .programFailed(let arguments, let message):
            CommandError(
                .notDone, "git_failed",
                "\(arguments.prefix(2).joined(separator: " ")) failed",
                hint: "treeguild doctor looks at the repository",
                details: message.split(separator: "\n").prefix(10).map(String.init))
        }
    }
}
