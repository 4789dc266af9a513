import Base
import Coordination
import Git
import Processes
import Review
import Store
import Tasks

/// The body of `treeguild resume`.
@Sendable func resumeCommand(_ invocation: Invocation) async throws -> ExitCode {
    let place = try await RunPlace(invocation)
    let ledger = try await place.existingLedger(invocation)
    let record = try await resumable(invocation.words.first, in: ledger, place)
    let context = try await RunContext(record, place)
    let crew = try await RunAgents.crew(
        for: context.plan, context.options.agents, try invocation.approvedSettings(), place,
        invocation)
    let me = ProcessIdentity.current.description
    guard try await ledger.takeOver(run: record.id, owner: me, from: record.owner) else {
        throw CommandError(
            .refused, "taken", "another process has just taken up run \(record.id)",
            hint: "treeguild status \(record.id)")
    }
    await invocation.output.say("resuming run \(record.id, .bold)")
    return try await RunStart(invocation: invocation, place: place, context: context, crew: crew)
        .carryOut(ledger, resumed: true)
}

/// The run to go on with: the one that is named, or the latest that can be.
private func resumable(
    _ word: String?, in ledger: Ledger, _ place: RunPlace
) async throws -> RunRecord {
    guard word == nil else {
        let record = try await place.record(word, in: ledger)
        if record.canBeResumed { return record }
        throw record.isAlive
            ? CommandError(
                .refused, "running", "run \(record.id) is still worked on",
                hint: "treeguild log \(record.id) --follow, or treeguild stop \(record.id)")
            : CommandError(
                .notDone, "ended", "run \(record.id) has ended: \(record.status.rawValue)",
                hint: "treeguild status \(record.id)")
    }
    guard let record = try await ledger.runs().first(where: \.canBeResumed) else {
        throw CommandError(
            .notDone, "nothing_to_resume", "no run was interrupted", hint: "treeguild status")
    }
    return record
}

extension RunContext {
    /// The context of a recorded run, as it was when it began.
    init(_ record: RunRecord, _ place: RunPlace) async throws {
        guard let options = RunOptions(json: record.options), let base = ObjectID(record.base),
            let trees = AbsolutePath(options.trees)
        else {
            throw CommandError(
                .notDone, "unreadable_run", "the record of run \(record.id) cannot be read",
                hint: "was it made by a newer treeguild? treeguild version")
        }
        self.init(
            run: record.id, plan: try Plan(json: record.plan), base: base, layout: place.layout,
            folders: RunFolders(state: place.state, trees: trees, run: record.id),
            options: options, identity: try await place.identity())
    }
}
