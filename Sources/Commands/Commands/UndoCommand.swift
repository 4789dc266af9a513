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
    var restored: [RunCleaner.Restored] = []
    var runs: [String] = []
    if let word = parts.first {
        let record = try await place.record(word, in: ledger)
        let cleaner = try await cleaner(of: record, place, ledger)
        restored = try await cleaner.undo(parts.count > 1 ? parts[1] : nil)
        runs = [record.id.description]
    } else {
        // What the latest removal took, of however many runs, and nothing else.
        for part in try await Removal.latest(in: ledger)?.parts ?? [] {
            let record = try await place.record(part.run.description, in: ledger)
            restored += try await cleaner(of: record, place, ledger)
                .undo(nil, removedAfter: part.since)
            runs.append(record.id.description)
        }
    }
    for item in restored { await invocation.output.line(item.line) }
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.undo/1",
            [
                ("run", .optional(runs.first)), ("runs", .array(runs.map { .string($0) })),
                ("restored", .array(restored.map(\.json))),
            ])
    }
    if restored.isEmpty {
        await invocation.output.say(
            parts.isEmpty
                ? "the latest removal was brought back already, or there was none; "
                    + "treeguild undo RUN brings back what was removed of a run"
                : "there is nothing to bring back of run \(parts[0])")
    }
    return restored.isEmpty || restored.contains { !$0.problem.isEmpty } ? .notDone : .done
}

/// Refuses a run that somebody works on.
private func cleaner(
    of record: RunRecord, _ place: RunPlace, _ ledger: Ledger
) async throws -> RunCleaner {
    guard !record.isAlive else {
        throw CommandError(
            .refused, "running", "run \(record.id) is worked on",
            hint: "wait for its end, or treeguild stop \(record.id)")
    }
    return RunCleaner(
        context: try await RunContext(record, place), ledger: ledger, repository: place.repository,
        git: place.git)
}

extension RunCleaner.Restored {
    /// One line: what came back, or why it did not.
    fileprivate var line: StyledText {
        let what = [path.map { "tree \($0)" }, branch.map { "branch \($0)" }]
            .compactMap { $0 }.joined(separator: ", ")
        let title: StyledText = "\("\(run)/\(name)", .bold): "
        if problem.isEmpty { return title + "brought back \(what)" }
        return path == nil
            ? title + "\("not brought back", .red): \(problem)"
            : title + "brought back \(what), \("not all of it", .red): \(problem)"
    }
}
