import Base
import Git
import Merging
import Processes
import Review

/// The body of `treeguild overlap`.
@Sendable func overlapCommand(_ invocation: Invocation) async throws -> ExitCode {
    let sarif = invocation.value("sarif")
    if sarif == "-", invocation.isJSON {
        throw CommandError(
            .usage, "two_documents", "--sarif - and --json both want standard output",
            hint: "name a file: --sarif overlap.sarif")
    }
    if invocation.has("watch") {
        guard sarif == nil else {
            throw CommandError(
                .usage, "sarif_watch", "--sarif is one document, and --watch has no end",
                hint: "leave out one of the two")
        }
        return try await OverlapWatch(invocation).run()
    }
    let place = try await RunPlace(invocation)
    let comparison = try await Interruption.interrupting {
        let inputs = try await OverlapInputs(invocation, place)
        let snapshots = try await inputs.snapshots()
        do {
            let comparison = try await OverlapComparison.make(inputs, snapshots, invocation)
            await snapshots?.discard()
            return comparison
        } catch {
            await snapshots?.discard()
            throw error
        }
    }
    guard let comparison else {
        throw CommandError(
            .interrupted, "interrupted", "interrupted before the comparison was made",
            hint: "nothing was written")
    }
    try await tell(comparison, sarif, invocation)
    return comparison.isClean ? .done : .notDone
}

/// What came of one comparison.
struct OverlapComparison: Sendable {
    let report: OverlapReport
    let missing: [OverlapReport.MissingInput]

    var isClean: Bool { report.isClean && missing.isEmpty }

    /// Makes the trees and compares them.
    static func make(
        _ inputs: OverlapInputs, _ snapshots: WorkSnapshots?, _ invocation: Invocation
    ) async throws -> OverlapComparison {
        let base = try await inputs.base(snapshots)
        let sources = try await inputs.sources(base, snapshots)
        var cache = OverlapCache()
        return try await make(base, sources, inputs.place, snapshots, invocation, &cache)
    }

    /// Compares trees that were made before.
    ///
    /// - Parameter cache: what earlier comparisons found, so that one tree that moved costs one diff.
    static func make(
        _ base: OverlapInputs.Base, _ sources: OverlapInputs.Sources, _ place: RunPlace,
        _ snapshots: WorkSnapshots?, _ invocation: Invocation, _ cache: inout OverlapCache
    ) async throws -> OverlapComparison {
        let engine = place.mergeEngine(reading: snapshots)
        var report = try await OverlapReport.make(
            in: place.repository, base: base.commit, sources: sources.found, engine: engine,
            cache: &cache)
        if !invocation.has("no-risks") {
            report = try await report.addingRisks(
                from: place.repository, trees: sources.found.map(\.tree),
                tags: TagProgram(environment: invocation.environment))
        }
        if base.isEmpty { report = report.comparedWithNothing }
        return OverlapComparison(report: report.adding(sources.missing), missing: sources.missing)
    }
}

private func tell(
    _ comparison: OverlapComparison, _ sarif: String?, _ invocation: Invocation
) async throws {
    for input in comparison.missing {
        await invocation.output.warn("\(input.name) is missing: \(input.reason)")
    }
    if let sarif {
        let log = Sarif(comparison.report, version: Version.program).json.pretty + "\n"
        if sarif == "-" {
            await invocation.output.raw(log.utf8)
            return
        }
        let path = AbsolutePath(sarif, relativeTo: invocation.folder)
        try await BlockingCalls.run { try Files.replace(path, with: Array(log.utf8)) }
    }
    if invocation.isJSON {
        await invocation.output.raw((comparison.report.json.pretty + "\n").utf8)
        return
    }
    let columns = await invocation.output.columns
    for line in OverlapScreen(comparison.report, columns: columns).lines {
        await invocation.output.line(line)
    }
}

extension WorkSnapshots {
    func discard() async { await BlockingCalls.run { remove() } }
}

extension RunPlace {
    /// git, for pairs that only it can decide; it sees the objects of snapshots as well.
    func mergeEngine(reading snapshots: WorkSnapshots?) -> GitMergeEngine? {
        GitMergeEngine(
            program: git, repository: layout.worktree ?? layout.gitDirectory,
            objects: layout.commonDirectory.appending("objects"),
            alternates: snapshots.map { [$0.objects] } ?? [])
    }
}
