import Base
import Coordination
import Git
import Review
import Store

/// The body of `treeguild clean`.
@Sendable func cleanCommand(_ invocation: Invocation) async throws -> ExitCode {
    let discarded = Set(invocation.values("discard"))
    guard discarded.isEmpty || invocation.words.first != nil else {
        throw CommandError(
            .usage, "discard_without_run",
            "--discard names a tree, and the run that it is of is not named",
            hint: "treeguild clean RUN --discard TREE")
    }
    let place = try await RunPlace(invocation)
    let ledger = try await place.existingLedger(invocation)
    var code = ExitCode.done
    var documents: [JSON] = []
    var isEmpty = true
    let (told, warnings) = AsyncStream.makeStream(
        of: String.self, bufferingPolicy: .unbounded)  // At most one for each tree.
    let removal = Digest.random(8).hexadecimal
    for record in try await finished(invocation, ledger, place) {
        let cleaner = RunCleaner(
            context: try await RunContext(record, place), ledger: ledger,
            repository: place.repository, git: place.git
        ) { warnings.yield($0) }
        try await check(discarded, of: cleaner, record)
        let (trees, branches) = try await cleaner.clean(as: removal, discarding: discarded)
        isEmpty = isEmpty && trees.isEmpty && branches.isEmpty
        documents.append(
            [
                "run": .string(record.id.description), "trees": .array(trees.map(\.json)),
                "branches": .array(branches.map(\.json)),
            ])
        for tree in trees {
            if tree.action == .kept { code = .notDone }
            await invocation.output.line(
                "\(record.id) tree \(tree.name): \(tree.action.rawValue), \(tree.reason)\(tree.ref.map { ", saved as \($0)" } ?? "")"
            )
        }
        for branch in branches {
            if !branch.isRemoved { code = .notDone }
            await invocation.output.line(
                "\(record.id) branch \(branch.name): \(branch.isRemoved ? "removed" : "kept"), \(branch.reason)\(branch.ref.map { ", saved as \($0)" } ?? "")"
            )
        }
    }
    if isEmpty { await invocation.output.say("there is nothing to remove") }
    warnings.finish()
    var said: [JSON] = []
    for await warning in told {
        said.append(.string(warning))
        await invocation.output.warn("\(warning)")
    }
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.clean/1", [("runs", .array(documents)), ("warnings", .array(said))])
    }
    return code
}

/// Refuses names of which the run has no tree.
private func check(
    _ discarded: Set<String>, of cleaner: RunCleaner, _ record: RunRecord
) async throws {
    guard !discarded.isEmpty else { return }
    let names = try await cleaner.leftTrees().map(\.name)
    for name in discarded.subtracting(names).sorted() {
        throw CommandError(
            .usage, "unknown_tree", "run \(record.id) has no tree '\(Text.visible(name))'",
            hint: names.isEmpty
                ? "it has none left" : "it has: \(names.joined(separator: ", "))")
    }
}

/// Runs that have ended, as far as they were asked for.
private func finished(
    _ invocation: Invocation, _ ledger: Ledger, _ place: RunPlace
) async throws -> [RunRecord] {
    let age = invocation.seconds("older") ?? 0
    func isOld(_ record: RunRecord) -> Bool {
        record.ended.map { Timestamp.now.seconds(since: $0) >= age } ?? false
    }
    guard let word = invocation.words.first else {
        return try await ledger.runs().filter(isOld)
    }
    let record = try await place.record(word, in: ledger)
    guard record.ended != nil else {
        throw record.isAlive
            ? CommandError(
                .refused, "running", "run \(record.id) is worked on",
                hint: "treeguild stop \(record.id)")
            : CommandError(
                .refused, "interrupted", "run \(record.id) was interrupted and not finished",
                hint: "treeguild resume \(record.id)")
    }
    return isOld(record) ? [record] : []
}
