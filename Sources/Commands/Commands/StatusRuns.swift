import Agents
import Base
import Coordination
import Git
import Processes
import Store

/// The runs that a repository's ledger knows, for the commands that only read them.
struct RecordedRuns: Sendable {
    let ledger: Ledger
    let layout: RepositoryLayout

    /// Nil where no run was ever made.
    static func open(_ invocation: Invocation) async throws -> RecordedRuns? {
        await invocation.hideSecrets()
        let layout = try await invocation.layout()
        let folder = layout.commonDirectory.appending("treeguild")
        return try await Ledger.openExisting(at: folder).map {
            RecordedRuns(ledger: $0, layout: layout)
        }
    }

    /// Throws where no run was ever made.
    static func required(_ invocation: Invocation) async throws -> RecordedRuns {
        guard let runs = try await open(invocation) else { throw CommandError.noRuns }
        return runs
    }

    /// Newest first.
    func all() async throws -> [RecordedRun] {
        var found: [(RunRecord, StopReason?)] = []
        for record in try await ledger.runs() { found.append((record, try await reason(record))) }
        let records = found
        return await BlockingCalls.run { records.map { RecordedRun($0, reason: $1) } }
    }

    /// The run of that name, or the latest one.
    func run(named name: String?) async throws -> RecordedRun {
        guard let name else {
            guard let latest = try await all().first else { throw CommandError.noRuns }
            return latest
        }
        if let id = RunID(name), let record = try await ledger.run(id) {
            let reason = try await reason(record)
            return await BlockingCalls.run { RecordedRun(record, reason: reason) }
        }
        throw CommandError.unknownRun(name, known: try await ledger.runs().map(\.id.description))
    }

    /// Why the run was left; nil for one that was not, or of which its own process has not told.
    private func reason(_ record: RunRecord) async throws -> StopReason? {
        guard record.status == .interrupted else { return nil }
        let told = try await ledger.events(
            matching: EventFilter(run: record.id, kinds: ["run.interrupted"]))
        return StopReason(json: told.last?.data["reason"])
    }

    /// The run as it is by now.
    func reload(_ run: RecordedRun) async throws -> RecordedRun {
        try await self.run(named: run.id.description)
    }

    /// Resolves `RUN`, `RUN/TASK` or, where `allowsTaskAlone`, `TASK` of the latest run.
    func target(
        _ text: String, allowsTaskAlone: Bool = false
    ) async throws -> (run: RecordedRun, task: TaskRow?) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            let run = try await run(named: String(parts[0]))
            return (run, try await task(String(parts[1]), of: run))
        }
        guard allowsTaskAlone else { return (try await run(named: text), nil) }
        let run = try await run(named: nil)
        return (run, try await task(text, of: run))
    }

    /// The task of that name.
    func task(_ name: String, of run: RecordedRun) async throws -> TaskRow {
        let tasks = try await ledger.tasks(run: run.id)
        guard let task = tasks.first(where: { $0.task.description == name }) else {
            throw CommandError.unknownTask(
                name, run: run.id.description, known: tasks.map(\.task.description))
        }
        return task
    }

    /// Where the task's latest worker writes; nil when none was started.
    func log(of task: TaskRow) async throws -> AbsolutePath? {
        let recorded = try await ledger.effects(run: task.run).last {
            $0.task == task.task && $0.effect.kind == "worker.run"
        }
        let text = task.text("log") ?? recorded?.intent["log"]?.stringValue
        return text.flatMap { AbsolutePath($0) }
    }
}

/// One run as it stands: as recorded, except that nobody works on it when its owner has ended.
struct RecordedRun: Sendable {
    let record: RunRecord
    let status: RunStatus
    /// Why nobody works on it; nil unless it is interrupted.
    let reason: StopReason?

    /// Looks for the owner's process, so it blocks.
    init(_ record: RunRecord, reason: StopReason? = nil) {
        self.record = record
        // An owner that cannot be understood cannot be known to have ended.
        let isOwned = ProcessIdentity(record.owner)?.isAlive ?? true
        let isLeft = record.status == .running && !isOwned
        status = isLeft ? .interrupted : record.status
        self.reason = isLeft ? .died : reason
    }

    var id: RunID { record.id }

    /// Seconds from its start to its end, or until `now`; nil while nobody works on it.
    func seconds(at now: Timestamp) -> Double? {
        if let ended = record.ended { return ended.seconds(since: record.started) }
        return status == .running ? max(0, now.seconds(since: record.started)) : nil
    }

    /// The branch that it made, in short, with its commit.
    var result: (branch: String, head: String)? {
        guard let merge = record.result?["merge"], let branch = merge["branch"]?.stringValue,
            let head = merge["head"]?.stringValue
        else { return nil }
        return (Coordinator.short(branch), head)
    }

    /// How to go on with it; nil when there is nothing to go on with.
    var resumption: String? { status == .interrupted ? "treeguild resume \(id)" : nil }
}

extension Invocation {
    /// Leaves values of keys out of what is told of runs.
    func hideSecrets() async {
        // Settings that cannot be read are told of by those who need them; the built-in profiles have no problem.
        let programs = (try? RunPrograms.catalog(settings()))?.profiles ?? []
        await output.hide(RunAgents.secrets(environment, programs))
    }

    /// The folders of the repository; throws outside of one.
    func layout() async throws -> RepositoryLayout {
        let places = places
        guard let layout = try await BlockingCalls.run({ try places.layout() }) else {
            throw CommandError.notInRepository
        }
        return layout
    }
}
