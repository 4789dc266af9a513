import Base
import Review
import Store

/// The body of `treeguild log`.
@Sendable func logCommand(_ invocation: Invocation) async throws -> ExitCode {
    let runs = try await RecordedRuns.required(invocation)
    var run = try await runs.run(named: invocation.words.first)
    var filter = EventFilter(
        run: run.id, kinds: invocation.value("kind").map { [$0] },
        since: invocation.number("since"))
    if let name = invocation.value("task") {
        filter.task = try await task(name, of: run, in: runs)
    }
    while true {
        // Asked before the events, so that none that came before the end is missed.
        run = try await runs.reload(run)
        let version = try await runs.ledger.dataVersion
        for event in try await runs.ledger.events(matching: filter) {
            await print(event, to: invocation)
            filter.since = event.seq
        }
        guard invocation.has("follow"), run.status == .running,
            await !invocation.output.isClosed
        else { break }
        try await runs.wait(after: version)
    }
    if invocation.has("follow"), let resumption = run.resumption {
        await invocation.output.say("the run is interrupted; to go on: \(resumption)")
    }
    return .done
}

/// A task of the run, or a name that at least one event has.
private func task(
    _ name: String, of run: RecordedRun, in runs: RecordedRuns
) async throws -> TaskID {
    if let id = TaskID(name) {
        let filter = EventFilter(run: run.id, task: id, limit: 1)
        if try await !runs.ledger.events(matching: filter).isEmpty { return id }
    }
    return try await runs.task(name, of: run).task
}

extension RecordedRuns {
    /// Returns when another process has written, and once a second all the same: a run whose owner died
    /// writes nothing.
    func wait(after version: Int) async throws {
        for _ in 0..<10 {
            try await Task.sleep(for: .milliseconds(100))
            if try await ledger.dataVersion != version { return }
        }
    }
}

private func print(_ event: Event, to invocation: Invocation) async {
    if invocation.isJSON { return await invocation.output.jsonLine(event.document) }
    let task = event.task.map { "\($0) " } ?? ""
    let data = event.data.isNull || event.data == [:] ? "" : event.data.compact
    await invocation.output.line(
        """
        \(event.seq, .dim)  \(StatusWord.time(event.time), .dim)  \(task, .cyan)\
        \(event.kind, .bold)  \(Text.truncate(data, to: 160))
        """)
}

extension Event {
    /// `treeguild.event/1`, in which `data` is always an object.
    var document: JSON {
        var members = JSON.Members([("schema", "treeguild.event/1")])
        for pair in json.objectValue?.pairs ?? [] { members[pair.key] = pair.value }
        if data.objectValue == nil { members["data"] = data.isNull ? [:] : ["value": data] }
        return .object(members)
    }
}
