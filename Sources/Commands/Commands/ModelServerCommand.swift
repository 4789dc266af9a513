import Agents
import Base
import ModelServer
import Review

/// The body of `treeguild model-server`: serves until it is interrupted.
@Sendable func modelServerCommand(_ invocation: Invocation) async throws -> ExitCode {
    let path = AbsolutePath(invocation.words[0], relativeTo: invocation.folder)
    let log = invocation.value("log").map { AbsolutePath($0, relativeTo: invocation.folder) }
    let port = invocation.number("port") ?? 0
    // Before anybody can connect: an interrupt that comes early must end it, too.
    let signals = Signals.stream([Signals.interrupt, Signals.terminate])
    let server = try await BlockingCalls.run {
        let bytes = try Files.read(path, limit: 64 << 20)
        let script: ModelScript
        do throws(ModelScript.Problem) { script = try ModelScript(parsing: bytes) } catch {
            throw CommandError.badScript("\(path)", error)
        }
        let requests = try log.map { try RequestLog($0) }
        return try ModelServer(script, port: port) { requests?.add($0) }
    }
    let url = "http://127.0.0.1:\(server.port)"
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.model-server/1", [("url", .string(url)), ("port", .int(server.port))])
    } else {
        await invocation.output.line("\(url)")
    }
    for await _ in signals { break }
    await BlockingCalls.run { server.stop() }
    return .done
}
