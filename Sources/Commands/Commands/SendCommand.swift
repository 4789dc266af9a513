import Base
import Coordination
import Git
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
    let end = try await WorkerEnding(of: task, run, runs)
    let request: Request
    switch end {
    case .none, .stopped:
        request = try await runs.ledger.request(
            run: run.id, task: task.task, kind: "send", data: ["text": .string(text)])
    case .over:
        try await checkRevival(of: task, run, runs)
        guard
            let asked = try await runs.ledger.requestReopening(
                run: run.id, task: task.task, kind: "revive", data: ["text": .string(text)],
                owner: run.record.owner)
        else { throw CommandError.notRunning("task \(name)", task.status.rawValue) }
        request = asked
    }
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
        if let word = end.word {
            await invocation.output.say("it \(word), and goes on with this message")
        }
        if let resumption = try await runs.reload(run).resumption {
            await invocation.output.say("it is read after: \(resumption)")
        }
    }
    return .done
}

/// Whether a worker that gets a message has ended, and how it is told.
private enum WorkerEnding {
    case none
    /// In its tree, and its run knows.
    case stopped
    /// Its run has to be taken up for it; in a word what it had come to.
    case over(String)

    /// Throws for one that cannot be told anything now, or ever.
    init(of task: TaskRow, _ run: RecordedRun, _ runs: RecordedRuns) async throws {
        let isTreeThere = try await runs.ledger.trees(run: run.id)
            .contains { $0.name == task.task.description && [.ready, .kept].contains($0.state) }
        let isOver = [.completed, .failed].contains(run.status)
        switch (task.status, run.status) {
        case (.pending, .running), (.running, .running): self = .none
        case (.pending, .interrupted), (.running, .interrupted): self = .none
        case (.killed, .running): self = .stopped
        case (.killed, .interrupted) where isTreeThere && !isOver: self = .stopped
        case (.completed, .completed), (.completed, .failed), (.completed, .interrupted),
            (.failed, .failed), (.failed, .interrupted):
            self = .over("had \(task.status.rawValue)")
        case (.killed, .failed), (.killed, .interrupted): self = .over("was stopped")
        default:
            throw CommandError.notRunning(
                "task \(run.id)/\(task.task)", task.status.rawValue)
        }
    }

    var word: String? {
        switch self {
        case .none: nil
        case .stopped: "was stopped"
        case .over(let word): word
        }
    }
}

/// Throws when what a worker knew, or what it did, is gone.
private func checkRevival(
    of task: TaskRow, _ run: RecordedRun, _ runs: RecordedRuns
) async throws {
    let name = "\(run.id)/\(task.task)"
    let work = try await runs.ledger.effects(run: run.id).last {
        $0.task == task.task && $0.effect.kind == "worker.run"
    }
    let transcript = work?.intent["transcript"]?.stringValue.flatMap { AbsolutePath($0) }
    guard let transcript, Files.kind(of: transcript) == .file else {
        throw CommandError(
            .notDone, "nothing_to_revive",
            "task \(name) cannot go on: nothing is recorded of what its worker was told and said")
    }
    let layout = runs.layout
    let repository = try await BlockingCalls.run { try Repository(at: layout.commonDirectory) }
    let tree = try await runs.ledger.trees(run: run.id)
        .first { $0.name == task.task.description }
    let removed = try await runs.ledger.events(
        matching: EventFilter(run: run.id, kinds: ["branch.removed"])
    ).map { $0.data["branch"]?.stringValue }
    let hint = "treeguild undo \(name) brings back what was removed"
    if let branch = tree?.branch, try await repository.target(of: branch) == nil,
        removed.contains(branch) || task.text("outcome") == "changed"
    {
        throw CommandError(
            .notDone, "branch_gone",
            "task \(name) cannot go on: its branch \(Coordinator.short(branch)) is gone",
            hint: hint)
    }
    if tree?.state == .removed, let ref = tree?.ref, try await repository.target(of: ref) == nil {
        throw CommandError(
            .notDone, "work_gone", "task \(name) cannot go on: what its worktree held is gone",
            hint: "it was kept under \(ref), which somebody has deleted")
    }
}
