import Agents
import Base
import ModelServer

extension CommandError {
    static func badScript(_ path: String, _ problem: ModelScript.Problem) -> CommandError {
        CommandError(
            .usage, "bad_script", "\(path):\(problem.line): \(problem.words)",
            hint: "treeguild model-server --help shows what a script may hold")
    }
}

extension ModelServer.Failure: CommandErrorConvertible {
    var commandError: CommandError {
        CommandError(
            .notDone, "cannot_listen",
            "cannot listen on 127.0.0.1: \(FileError("", "", code: code).reason)",
            hint: "another program may have the port: leave --port out to get a free one")
    }
}
