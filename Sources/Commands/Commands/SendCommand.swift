import Base
import Processes
import Review
import Store

/// The body of `treeguild send`.
@Sendable func sendCommand(_ invocation: Invocation) async throws -> ExitCode {
    let runs = try await RecordedRuns.required(invocation)
    let (run, found) = try await runs.target(invocation.words[0])
    guard let task = found else {
        throw CommandError(
            .usage, "usage", "'\(invocation.words[0])' names no task",
            hint: "treeguild send \(run.id)/TASK TEXT")
    }
    let name = "\(run.id)/\(task.task)"
    let text = invocation.words.dropFirst().joined(separator: " ")
    guard text.contains(where: { !$0.isWhitespace }) else {
        throw CommandError(.usage, "usage", "there is nothing to send to \(name)")
    }
    guard task.text("kind") == "local_agent" else {
        throw CommandError(
            .refused, "no_messages", "task \(name) takes no messages: its worker is a command",
            hint: "treeguild stop \(name) ends it")
    }
    // A stopped one is revived by a message.
    let isReachable = task.status == .killed || !StopWait.hasEnded(task.status)
    guard [.running, .interrupted].contains(run.status), isReachable else {
        throw CommandError.notRunning("task \(name)", task.status.rawValue)
    }
    let request = try await runs.ledger.request(
        run: run.id, task: task.task, kind: "send", data: ["text": .string(text)])
    if let owner = ProcessIdentity(run.record.owner), run.status == .running {
        // An owner that may not be woken reads the message at its next look all the same.
        _ = try? await BlockingCalls.run { try owner.wake() }
    }
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.send/1",
            [
                ("run", .string(run.id.description)), ("task", .string(task.task.description)),
                ("number", .int(request.number)),
            ])
    } else {
        await invocation.output.line("sent to \(name, .bold)")
        if task.status == .killed {
            await invocation.output.say("it was stopped, and goes on with this message")
        }
        if let resumption = run.resumption {
            await invocation.output.say("it is read after: \(resumption)")
        }
    }
    return .done
}
