import Base
import Coordination
import Git
import Review
import Store

/// The body of `treeguild undo`.
@Sendable func undoCommand(_ invocation: Invocation) async throws -> ExitCode {
    let place = try await RunPlace(invocation)
    let ledger = try await place.existingLedger(invocation)
    let parts = invocation.words.first?.split(separator: "/", maxSplits: 1).map(String.init) ?? []
    let record = try await place.record(parts.first, in: ledger)
    guard !record.isAlive else {
        throw CommandError(
            .refused, "running", "run \(record.id) is worked on",
            hint: "wait for its end, or treeguild stop \(record.id)")
    }
    let cleaner = RunCleaner(
        context: try await RunContext(record, place), ledger: ledger, repository: place.repository,
        git: place.git)
    let restored = try await cleaner.undo(parts.count > 1 ? parts[1] : nil)
    for item in restored {
        let what = [item.path.map { "tree \($0)" }, item.branch.map { "branch \($0)" }]
            .compactMap { $0 }.joined(separator: ", ")
        await invocation.output.line(
            item.problem.isEmpty
                ? "\(item.name, .bold): brought back \(what)"
                : "\(item.name, .bold): \("not brought back", .red): \(item.problem)")
    }
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.undo/1",
            [("run", .string(record.id.description)), ("restored", .array(restored.map(\.json)))])
    }
    if restored.isEmpty {
        await invocation.output.say("there is nothing to bring back of run \(record.id)")
    }
    return restored.isEmpty || restored.contains { !$0.problem.isEmpty } ? .notDone : .done
}
