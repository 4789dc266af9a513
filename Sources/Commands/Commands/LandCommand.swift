import Base
import Git
import Merging
import Review
import Store

/// The body of `treeguild land`.
@Sendable func landCommand(_ invocation: Invocation) async throws -> ExitCode {
    let layout = try await invocation.layout()
    let folder = layout.worktree ?? layout.commonDirectory
    let repository = try await BlockingCalls.run { try Repository(at: folder) }
    let runs = try await RecordedRuns.open(invocation)
    let source = try await LandingSource.find(invocation.words.first, runs, repository)
    if let run = source.run, run.status != .completed {
        let unfinished = CommandError.unfinished(run, result: source.name)
        guard invocation.has("partial") else { throw unfinished }
        for line in [unfinished.message] + unfinished.details {
            await invocation.output.warn("\(Text.visible(line))")
        }
    }
    let strategy =
        invocation.value("strategy").flatMap { Merging.Landing.Strategy(rawValue: $0) } ?? .merge
    let request = Merging.Landing.Request(
        onto: invocation.value("onto") ?? "", result: source.commit, name: source.name,
        strategy: strategy, backup: source.run?.id.description)
    let landing = Merging.Landing(
        repository: repository, program: try await .required(in: invocation.environment))
    let outcome = try await LandingRecord.around(request, of: source.run?.id, in: runs?.ledger) {
        try await landing.land(request)
    }
    if invocation.isJSON {
        await invocation.output.document("treeguild.land/1", request.members + outcome.members)
    }
    return await outcome.tell(of: request, to: invocation.output)
}

extension Merging.Landing.Outcome {
    /// Says what came of it, and gives the exit code.
    func tell(of request: Merging.Landing.Request, to output: Output) async -> ExitCode {
        switch self {
        case .landed(let old, let new, let backup):
            await output.line(
                "\(request.onto, .bold)  \(old.short) → \(new.short)  \(request.name)")
            await output.say("what it was before: \(backup)")
        case .alreadyThere: await output.line("\(request.onto, .bold) has it already")
        default: break
        }
        guard let refusal = refusal(of: request.name, onto: request.onto) else { return .done }
        await output.insist(refusal.lines)
        return refusal.exit
    }
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
        // `merge --into` gives it another name, which is recorded at the end.
        let branch = run.result?.branch ?? "treeguild/\(run.id)/merged"
        guard let commit = try await repository.target(of: "refs/heads/" + branch) else {
            throw CommandError(
                .notDone, "no_result", "run \(run.id) has no result: there is no branch \(branch)",
                hint: "treeguild status \(run.id)")
        }
        return LandingSource(run: run, name: branch, commit: commit)
    }
}
