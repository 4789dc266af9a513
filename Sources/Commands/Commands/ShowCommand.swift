import Agents
import Base
import Git
import Processes
import Review
import Store

/// The body of `treeguild show`.
@Sendable func showCommand(_ invocation: Invocation) async throws -> ExitCode {
    let runs = try await RecordedRuns.required(invocation)
    let word = invocation.words.first ?? ""
    let (run, found) = try await runs.target(word, allowsTaskAlone: true)
    guard let task = found else { throw CommandError.unknownTask("", run: "\(run.id)", known: []) }
    var members: [(String, JSON)] = [
        ("run", .string(run.id.description)), ("task", task.document),
    ]
    if invocation.has("diff") {
        let patch = try await patch(of: task, runs, invocation)
        guard invocation.isJSON else {
            await invocation.output.foreign(patch)
            return .done
        }
        members.append(("diff", .string(String(decoding: patch, as: UTF8.self))))
    } else if invocation.has("log") {
        let tail = try await log(of: task, in: runs)
        if tail.skipped > 0 {
            await invocation.output.warn("\(tail.skipped) bytes before these are left out")
        }
        guard invocation.isJSON else {
            await invocation.output.foreign(tail.bytes)
            return .done
        }
        members.append(("log", .string(String(decoding: tail.bytes, as: UTF8.self))))
    } else if invocation.has("transcript") {
        let entries = try await transcript(of: task, in: runs)
        guard invocation.isJSON else {
            let columns = await invocation.output.columns
            for line in TranscriptText(entries, width: columns).lines {
                await invocation.output.line("\(line)")
            }
            return .done
        }
        members.append(("transcript", .array(entries.map(\.json))))
    }
    if invocation.isJSON {
        await invocation.output.document("treeguild.task/1", members)
    } else {
        let trees = try await runs.ledger.trees(run: run.id)
        let tree = trees.last { $0.name == task.task.description }
        let log = try await runs.log(of: task)
        await describe(task, of: run, tree, log, to: invocation.output)
    }
    return .done
}

/// What the task changed.
private func patch(
    of task: TaskRow, _ runs: RecordedRuns, _ invocation: Invocation
) async throws -> [UInt8] {
    let layout = runs.layout
    guard let base = task.text("base").flatMap({ ObjectID($0) }),
        let head = task.text("head").flatMap({ ObjectID($0) })
    else {
        let tree = try await runs.ledger.trees(run: task.run).last {
            $0.name == task.task.description
        }
        throw CommandError(
            .notDone, "no_changes", "task '\(task.task)' has recorded no changes (yet)",
            hint: tree.flatMap(placeOfWork))
    }
    let program = try await GitProgram.required(in: invocation.environment)
    let output = try await program.run(
        ["diff", "--no-ext-diff", "--no-color", "\(base)", "\(head)", "--"],
        in: layout.worktree ?? layout.commonDirectory)
    guard output.ending.isSuccess else {
        throw CommandError(
            .notDone, "diff_failed", "git could not compare \(base) and \(head)",
            hint: "its commits may have been removed: treeguild undo",
            details: [output.errorText])
    }
    return output.output
}

/// Where the work of a task is that was not collected.
private func placeOfWork(_ tree: TreeRow) -> String? {
    if let ref = tree.ref {
        return "what its worker left is under \(ref): "
            + "git diff \(Text.shellQuote(tree.base)) \(Text.shellQuote(ref))"
    }
    return [.ready, .collected, .kept].contains(tree.state)
        ? "what its worker left is in \(tree.path)" : nil
}

/// What the task's model worker said and did.
private func transcript(
    of task: TaskRow, in runs: RecordedRuns
) async throws -> [TranscriptEntry] {
    let recorded = try await runs.ledger.effects(run: task.run).last {
        $0.task == task.task && $0.effect.kind == "worker.run"
    }
    let missing = CommandError(
        .notDone, "no_transcript",
        "task '\(task.task)' has no transcript"
            + (recorded == nil ? " (yet)" : ": its worker is a command"),
        hint: "treeguild show \(task.run)/\(task.task) --log")
    guard let path = recorded?.intent["transcript"]?.stringValue.flatMap({ AbsolutePath($0) })
    else { throw missing }
    return try await BlockingCalls.run {
        guard Files.kind(of: path) == .file else { throw missing }
        try runs.checkRecord(path)
        do throws(Transcript.Problem) { return try Transcript.read(path) } catch {
            throw CommandError(
                .notDone, "bad_transcript", "\(path) cannot be read: \(error.words)",
                hint: "the lines before it are whole")
        }
    }
}

/// The end of what the task's program wrote.
private func log(of task: TaskRow, in runs: RecordedRuns) async throws -> LogFile.Tail {
    let missing = CommandError(
        .notDone, "no_log", "task '\(task.task)' has no log (yet)")
    guard let path = try await runs.log(of: task) else { throw missing }
    return try await BlockingCalls.run {
        guard Files.kind(of: path, followingLinks: true) == .file else { throw missing }
        try runs.checkRecord(path)
        return try LogFile.read(path, last: 8 << 20)
    }
}

extension RecordedRuns {
    /// Throws for a path that is no record of a run: it comes from the ledger, which workers may have written.
    fileprivate func checkRecord(_ path: AbsolutePath) throws {
        let folder = layout.commonDirectory.appending("treeguild/runs")
        guard try Files.resolve(path).isInside(try Files.resolve(folder)) else {
            throw CommandError(
                .refused, "log_outside", "\(path) is not a record of this repository's runs")
        }
    }
}

private func describe(
    _ task: TaskRow, of run: RecordedRun, _ tree: TreeRow?, _ log: AbsolutePath?,
    to output: Output
) async {
    await output.line("\("\(run.id)/\(task.task)", .bold)  \(StatusWord.of(task.status))")
    let facts: [(String, String?)] = [
        ("outcome", task.text("outcome")), ("note", task.note), ("lines", task.lines),
        ("files", task.number("files") > 0 ? "\(task.number("files"))" : nil),
        ("commits", task.number("commits") > 0 ? "\(task.number("commits"))" : nil),
        ("branch", task.text("branch") ?? tree?.shortBranch), ("base", task.text("base")),
        ("head", task.text("head")),
        ("attempts", task.number("attempts") > 0 ? "\(task.number("attempts"))" : nil),
        ("elapsed", task.data["seconds"]?.doubleValue.map { Text.elapsed(seconds: $0) }),
        ("models", UsageText.words([task.data["usage"]].compactMap { $0 })),
        ("budget", UsageText.words(budget: task.data["budget"])),
        ("tree", tree?.place ?? task.text("worktree")), ("preserved", tree?.ref),
        ("log", log?.description),
    ]
    for case (let name, let value?) in facts {
        let title: StyledText = "\(name, .dim)"
        await output.line("\(title.padded(to: 9))  \(value)")
    }
}

extension GitProgram {
    /// Throws where there is no git.
    static func required(in environment: [String: String]) async throws -> GitProgram {
        guard let program = await find(in: environment) else {
            throw CommandError(
                .notDone, "no_git", "the git program was not found on the PATH",
                hint: "treeguild doctor")
        }
        return program
    }
}
