import Base
import Processes
import Review
import Store

/// The body of `treeguild stop`.
@Sendable func stopCommand(_ invocation: Invocation) async throws -> ExitCode {
    let runs = try await RecordedRuns.required(invocation)
    let (run, task) = try await target(of: invocation, in: runs)
    if run.status == .interrupted { throw CommandError.interruptedAlready(run.id) }
    guard run.status == .running else {
        throw CommandError.notRunning("run \(run.id)", run.status.rawValue)
    }
    if let task, StopWait.hasEnded(task.status) {
        throw CommandError.notRunning("task \(run.id)/\(task.task)", task.status.rawValue)
    }
    try await runs.ledger.request(run: run.id, task: task?.task, kind: "stop")
    let name = task.map { "task \(run.id)/\($0.task)" } ?? "run \(run.id)"
    await invocation.output.say("asked \(name) to stop")
    let end = try await StopWait(runs: runs, run: run, task: task?.task).end()
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.stop/1",
            [
                ("run", .string(run.id.description)),
                ("task", .optional(task?.task.description)), ("status", .string(end.word)),
            ])
    }
    switch end {
    case .ended(let status):
        await invocation.output.line("\(name): \(status)")
        if case .interrupted = try await runs.reload(run).status {
            await invocation.output.say("to go on: treeguild resume \(run.id)")
        }
        return .done
    case .running:
        await invocation.output.insist(["\(name) has not ended yet; it has been asked to"])
        return .notDone
    }
}

private func target(
    of invocation: Invocation, in runs: RecordedRuns
) async throws -> (run: RecordedRun, task: TaskRow?) {
    if let word = invocation.words.first { return try await runs.target(word) }
    let running = try await runs.all().filter { $0.status == .running }
    guard let run = running.first else {
        throw CommandError(.notDone, "not_running", "no run is running", hint: "treeguild status")
    }
    guard running.count == 1 else {
        throw CommandError(
            .usage, "several_running", "several runs are running; which one?",
            details: running.map(\.id.description))
    }
    return (run, nil)
}

/// The wait for the end of a run or task that was asked to stop.
struct StopWait: Sendable {
    let runs: RecordedRuns
    let run: RecordedRun
    let task: TaskID?
    var limit = Duration.seconds(60)

    /// What it came to.
    enum End: Sendable, Equatable {
        /// As this word says.
        case ended(String)
        case running

        var word: String { if case .ended(let status) = self { status } else { "running" } }
    }

    static func hasEnded(_ status: TaskRow.Status) -> Bool {
        switch status {
        case .pending, .running: false
        case .completed, .failed, .killed, .skipped: true
        }
    }

    /// Looks when another process has written, and wakes the owner once a second.
    func end() async throws -> End {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var nextWake = clock.now
        while true {
            let version = try await runs.ledger.dataVersion
            if let end = try await look() { return end }
            if clock.now >= nextWake {
                await wake()
                nextWake = clock.now + .seconds(1)
            }
            for _ in 0..<20 {
                if clock.now >= deadline { return .running }
                try await Task.sleep(for: .milliseconds(50))
                if try await runs.ledger.dataVersion != version { break }
            }
        }
    }

    /// Not only once: an owner that has just begun may have missed the first time.
    private func wake() async {
        guard let owner = ProcessIdentity(run.record.owner) else { return }
        // An owner that may not be woken reads the request at its next look all the same.
        _ = try? await BlockingCalls.run { try owner.wake() }
    }

    private func look() async throws -> End? {
        let current = try await runs.reload(run)
        if let task {
            let rows = try await runs.ledger.tasks(run: run.id)
            if let row = rows.first(where: { $0.task == task }), Self.hasEnded(row.status) {
                return .ended(row.status.rawValue)
            }
        }
        return current.status == .running ? nil : .ended(current.status.rawValue)
    }
}
