import Base
import Git
import Merging
import Review
import Store

/// The body of `treeguild land`.
@Sendable func landCommand(_ invocation: Invocation) async throws -> ExitCode {
    let layout = try await invocation.layout()
    let repository = try Repository(at: layout.worktree ?? layout.commonDirectory)
    let runs = try await RecordedRuns.open(invocation)
    let source = try await LandingSource.find(invocation.words.first, runs, repository)
    if let run = source.run, run.status != .completed {
        await invocation.output.warn("run \(run.id) is \(run.status.rawValue)")
    }
    let strategy =
        invocation.value("strategy").flatMap { Landing.Strategy(rawValue: $0) } ?? .merge
    let request = Landing.Request(
        onto: invocation.value("onto") ?? "", result: source.commit, name: source.name,
        strategy: strategy, backup: source.run?.id.description)
    let landing = Landing(
        repository: repository, program: try await .required(in: invocation.environment))
    try await record("land.started", request, nil, source, runs)
    let outcome = try await landing.land(request)
    try await record("land.ended", request, outcome, source, runs)
    return await tell(outcome, request, to: invocation)
}

/// Says in the ledger what is done with a run's result.
private func record(
    _ kind: String, _ request: Landing.Request, _ outcome: Landing.Outcome?,
    _ source: LandingSource, _ runs: RecordedRuns?
) async throws {
    guard let run = source.run, let runs else { return }
    var data = JSON.Members([
        ("onto", .string(request.onto)), ("strategy", .string(request.strategy.rawValue)),
        ("result", .string(request.result.description)),
    ])
    for (key, value) in outcome?.members ?? [] { data[key] = value }
    try await runs.ledger.append(
        run: run.id, actor: "treeguild", kind: kind, data: .object(data))
}

private func tell(
    _ outcome: Landing.Outcome, _ request: Landing.Request, to invocation: Invocation
) async -> ExitCode {
    let output = invocation.output
    let refusal = outcome.refusal(of: request.name, onto: request.onto)
    if let refusal { await output.insist(refusal.lines) }
    if invocation.isJSON {
        await output.document(
            "treeguild.land/1",
            [
                ("onto", .string(request.onto)),
                ("strategy", .string(request.strategy.rawValue)),
                ("result", .string(request.result.description)),
            ] + outcome.members)
    }
    switch outcome {
    case .landed(let old, let new, let backup):
        await output.line("\(request.onto, .bold)  \(old.short) → \(new.short)  \(request.name)")
        await output.say("what it was before: \(backup)")
    case .alreadyThere: await output.line("\(request.onto, .bold) has it already")
    default: break
    }
    return refusal?.exit ?? .done
}

/// What is to land.
struct LandingSource: Sendable {
    let run: RecordedRun?
    /// What messages call it.
    let name: String
    let commit: ObjectID

    /// A run of that name, else a branch or revision; without a word the latest run.
    static func find(
        _ word: String?, _ runs: RecordedRuns?, _ repository: Repository
    ) async throws -> LandingSource {
        guard let word else {
            guard let runs else { throw CommandError.noRuns }
            return try await result(of: try await runs.run(named: nil), repository)
        }
        if let id = RunID(word), let runs, try await runs.ledger.run(id) != nil {
            return try await result(of: try await runs.run(named: word), repository)
        }
        let branch = word.hasPrefix("refs/heads/") ? word : "refs/heads/" + word
        if Repository.isValidReferenceName(branch),
            let commit = try await repository.target(of: branch)
        {
            return LandingSource(run: nil, name: word, commit: commit)
        }
        do throws(GitError) {
            return LandingSource(
                run: nil, name: word, commit: try await repository.commit(named: word))
        } catch {
            guard [.notFound, .invalid, .ambiguous].contains(error.code) else { throw error }
            throw CommandError(
                .usage, "unknown_source", "there is no run and no branch '\(word)'",
                hint: "treeguild status lists the runs, git branch the branches")
        }
    }

    private static func result(
        of run: RecordedRun, _ repository: Repository
    ) async throws -> LandingSource {
        let branch = "treeguild/\(run.id)/merged"
        guard let commit = try await repository.target(of: "refs/heads/" + branch) else {
            throw CommandError(
                .notDone, "no_result", "run \(run.id) has no result: there is no branch \(branch)",
                hint: "treeguild status \(run.id)")
        }
        return LandingSource(run: run, name: branch, commit: commit)
    }
}

extension Landing.Outcome {
    /// What `treeguild.land/1` says of the outcome.
    var members: [(String, JSON)] {
        func text(_ id: ObjectID?) -> JSON { .optional(id?.description) }
        var (old, new, backup, worktree, detail) = (
            JSON.null, JSON.null, JSON.null, JSON.null, JSON.null
        )
        var paths: [RepositoryPath] = []
        switch self {
        case .landed(let from, let to, let ref):
            (old, new, backup) = (text(from), text(to), .string(ref))
        case .alreadyThere(let tip): (old, new) = (text(tip), text(tip))
        case .conflict(let found, let commit):
            paths = found
            detail = text(commit)
        case .undecided(let reason): detail = .string(reason)
        case .diverged(let tip): old = text(tip)
        case .moved(let expected, let found):
            old = text(found)
            detail = text(expected)
        case .inTheWay(let folder, let found):
            worktree = .string(folder.description)
            paths = found
        case .busy(let folder, let operation):
            worktree = .string(folder.description)
            detail = .string(operation.rawValue)
        case .unknownBranch: break
        }
        return [
            ("status", .string(status)), ("old", old), ("new", new),
            ("paths", .array(paths.map { .string($0.description) })), ("worktree", worktree),
            ("backup", backup), ("detail", detail),
        ]
    }
}
