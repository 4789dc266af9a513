import Base
import Processes

extension ProcessError: CommandErrorConvertible {
    var commandError: CommandError {
        switch self {
        case .refused(let operation, let path, let code):
            let reason = FileError("", "", code: code).reason
            let place = path.isEmpty ? "" : " \(path)"
            return CommandError(
                .notDone, "process", "cannot \(operation)\(place): \(reason)",
                hint: "treeguild doctor")
        case .outputTooLarge(let program, let limit):
            return CommandError(
                .notDone, "output_too_large",
                "\(program) printed more than \(limit >> 20) MiB and was ended")
        case .malformedStatus(let path):
            return CommandError(
                .notDone, "status_file", "\(path) is not what a worker's supervisor writes",
                hint: "the worker's tree is kept; start the task again")
        case .supervisorLost:
            return CommandError(
                .notDone, "supervisor_lost", "a worker's supervisor ended before the worker ran",
                hint: "is memory short, or does something end processes? treeguild doctor")
        }
    }
}
