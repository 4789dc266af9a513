import Base
import Git
import Merging
import Processes
import Review

/// The body of `treeguild overlap`.
@Sendable func overlapCommand(_ invocation: Invocation) async throws -> ExitCode {
    let place = try await RunPlace(invocation)
    var inputs = OverlapInputs(place: place, patches: invocation.values("patch"))
    try await inputs.addBranches(invocation.words)
    if invocation.has("worktrees") { try await inputs.addWorktrees() }
    if inputs.isEmpty { try await inputs.addLatestRun() }
    let base = try await inputs.base(named: invocation.value("base"))
    let snapshots = try await inputs.snapshots()
    do {
        let sources = try await inputs.sources(base, snapshots, in: invocation.folder)
        let report = try await OverlapReport.make(
            in: place.repository, base: base, sources: sources.found,
            engine: place.mergeEngine(reading: snapshots)
        ).adding(sources.missing)
        await snapshots?.discard()
        try await tell(report, sources.missing, invocation)
        return report.isClean && sources.missing.isEmpty ? .done : .notDone
    } catch {
        await snapshots?.discard()
        throw error
    }
}

private func tell(
    _ report: OverlapReport, _ missing: [OverlapReport.MissingInput], _ invocation: Invocation
) async throws {
    for input in missing {
        await invocation.output.warn("\(input.name) is missing: \(input.reason)")
    }
    if invocation.isJSON {
        await invocation.output.raw((report.json.pretty + "\n").utf8)
        return
    }
    let columns = await invocation.output.columns
    for line in OverlapScreen(report, columns: columns).lines {
        await invocation.output.line(line)
    }
}

extension WorkSnapshots {
    fileprivate func discard() async { await BlockingCalls.run { remove() } }
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
