import Base

extension FileError: CommandErrorConvertible {
    var commandError: CommandError {
        CommandError(.notDone, "file", "cannot \(operation) \(path): \(reason)")
    }
}
