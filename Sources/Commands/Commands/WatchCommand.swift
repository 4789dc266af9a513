import Base
import Coordination
import Review
import Store

/// The body of `treeguild watch`.
@Sendable func watchCommand(_ invocation: Invocation) async throws -> ExitCode {
    let runs = try await RecordedRuns.required(invocation)
    var run = try await runs.run(named: invocation.words.first)
    let tasks = try await runs.ledger.tasks(run: run.id).map(\.task)
    var board = RunBoard(watching: tasks, started: run.record.started)
    var filter = EventFilter(run: run.id)
    let output = invocation.output
    while true {
        // Asked before the events, so that none that came before the end is missed.
        run = try await runs.reload(run)
        let version = try await runs.ledger.dataVersion
        for event in try await runs.ledger.events(matching: filter) {
            filter.since = event.seq
            if invocation.isJSON { await output.jsonLine(event.document) }
            let line = board.take(event)
            if !line.plain.isEmpty, !output.showsBoard, !invocation.isJSON {
                await output.progress([], event: line)
            }
        }
        guard run.status == .running, await !output.isClosed else { break }
        if output.showsBoard { await output.progress(board.lines(at: .now, tails: [:]), event: "") }
        try await runs.wait(after: version)
    }
    await output.endProgress()
    if !invocation.isJSON {
        for line in board.lines(at: run.record.ended ?? .now, tails: [:]) {
            await output.line(line)
        }
    }
    if let resumption = run.resumption {
        let why = run.reason.map { ": \($0.message)" } ?? ""
        await output.say("the run is interrupted\(why); to go on: \(resumption)")
    }
    return .done
}
