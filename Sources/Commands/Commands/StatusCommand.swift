import Base
import Coordination
import Review
import Store

/// The body of `treeguild status`.
@Sendable func statusCommand(_ invocation: Invocation) async throws -> ExitCode {
    guard let runs = try await RecordedRuns.open(invocation) else {
        if invocation.words.first != nil { throw CommandError.noRuns }
        return await tellAll([], invocation)
    }
    if let name = invocation.words.first {
        let run = try await runs.run(named: name)
        return try await tell(run, of: runs, invocation)
    }
    var found: [(run: RecordedRun, tasks: [TaskRow])] = []
    for run in try await runs.all() {
        found.append((run, try await runs.ledger.tasks(run: run.id)))
    }
    return await tellAll(found, invocation)
}

private func tellAll(
    _ runs: [(run: RecordedRun, tasks: [TaskRow])], _ invocation: Invocation
) async -> ExitCode {
    let output = invocation.output
    if invocation.has("names") {
        for (run, _) in runs { await output.raw("\(run.id)\n".utf8) }
        return .done
    }
    if invocation.isJSON {
        await output.document(
            "treeguild.status/1", [("runs", .array(runs.map { $0.run.item($0.tasks) }))])
        return .done
    }
    guard !runs.isEmpty else {
        await output.line("no runs yet")
        return .done
    }
    let now = Timestamp.now
    var table = StatusTable("RUN", "STATE", "TASKS", "STARTED", "ELAPSED", "RESULT")
    for (run, tasks) in runs {
        table.add(
            "\(run.id)", StatusWord.of(run.status), StatusWord.counts(tasks),
            "\(StatusWord.time(run.record.started))",
            "\(StatusWord.elapsed(run.seconds(at: now)))", "\(run.result?.branch ?? "-")")
    }
    for line in table.lines { await output.line(line) }
    for (run, _) in runs {
        if let resumption = run.resumption {
            await output.line("\("interrupted; to go on:", .dim) \(resumption)")
            if let reason = run.reason { await output.line("  \(reason.message)") }
        }
    }
    return .done
}

private func tell(
    _ run: RecordedRun, of runs: RecordedRuns, _ invocation: Invocation
) async throws -> ExitCode {
    let output = invocation.output
    let tasks = try await runs.ledger.tasks(run: run.id)
    if invocation.has("names") {
        await output.raw("\(run.id)\n".utf8)
        return .done
    }
    let absent = try await RunSummary.absentSubmodules(of: run.id, in: runs.ledger)
    if invocation.isJSON {
        let verifiers = try await VerifierUse.all(of: run.id, in: runs.ledger)
        let pairs =
            run.document(tasks, submodules: absent, verifiers: verifiers).objectValue?.pairs ?? []
        await output.document(
            "treeguild.run/1", pairs.filter { $0.key != "schema" }.map { ($0.key, $0.value) })
        return .done
    }
    await output.line(
        "\(run.id, .bold)  \(StatusWord.of(run.status))  \(StatusWord.counts(tasks))")
    await output.line("started  \(StatusWord.time(run.record.started))")
    await output.line("elapsed  \(StatusWord.elapsed(run.seconds(at: .now)))")
    await output.line("base     \(run.record.base)")
    if let result = run.result { await output.line("result   \(result.branch)") }
    if let reason = run.reason { await output.line("why      \(reason.message)") }
    if let resumption = run.resumption { await output.line("to go on: \(resumption)") }
    for line in RunReport.lines(absentSubmodules: absent) { await output.line(line) }
    let trees = try await runs.ledger.trees(run: run.id)
    for line in taskTable(tasks, trees).lines { await output.line(line) }
    return .done
}

private func taskTable(_ tasks: [TaskRow], _ trees: [TreeRow]) -> StatusTable {
    var table = StatusTable("TASK", "STATE", "LINES", "BRANCH", "TREE", "NOTE")
    let byName = Dictionary(trees.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    for task in tasks {
        let tree = byName[task.task.description]
        table.add(
            "\(task.task)", StatusWord.of(task.status), "\(task.lines ?? "-")",
            "\(task.text("branch") ?? tree?.shortBranch ?? "-")", "\(tree.place(of: task))",
            "\(task.note ?? "")")
    }
    // Trees of roles, such as the verifier's, belong to no task.
    let names = Set(tasks.map(\.task.description))
    for tree in trees where !names.contains(tree.name) {
        table.add(
            "\(tree.name, .dim)", "\("-", .dim)", "-", "\(tree.shortBranch ?? "-")",
            "\(tree.place)",
            "\(tree.reason ?? "")")
    }
    return table
}

extension TreeRow {
    /// Its branch as people name it.
    var shortBranch: String? { branch.map { Coordinator.short($0) } }

    /// Where the tree's files or its work are.
    var place: String {
        switch state {
        case .creating, .ready, .collected, .kept: path.description
        case .trashed, .removed: ref ?? trash?.description ?? state.rawValue
        }
    }
}

extension TreeRow? {
    /// The tree's place; before a tree is recorded what the task itself says.
    fileprivate func place(of task: TaskRow) -> String {
        self?.place ?? task.text("worktree") ?? "-"
    }
}
