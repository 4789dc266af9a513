import Agents
import Base
import Git
import Processes
import Store
import Tasks

extension Coordinator {
    /// A piece of work for an agent.
    struct AgentWork: Sendable {
        /// For people: a task's or a branch's name.
        let name: String
        let agent: String
        let role: AgentCrew.Role
        let assignment: String
        /// The assignment with the rules of the tree, which an agent of ours has from its system prompt.
        let instructions: String
        let readsOnly: Bool
        let timeout: Duration?
        /// Its lives before this one.
        var life = WorkerLife()
        /// Whose conflicts it resolves; nil for a task's worker.
        var branch: String?
    }

    /// Runs a model worker in a tree, recorded as an effect.
    ///
    /// An interrupted one leaves the effect open: it goes on in the same tree, from its transcript.
    func runAgent(
        _ work: AgentWork, in tree: TreeRecord, kind: String, key: String, task: TaskID?,
        environment: [String: String]
    ) async throws -> WorkerEnd {
        if let profile = crew?.means.programs?[work.agent] {
            return try await runProgram(
                profile, work, in: tree, kind: kind, key: key, task: task, environment: environment)
        }
        let log = context.folders.log(of: key)
        let transcript = context.folders.transcript(of: key)
        let intent: JSON = [
            "log": .string(log.description), "transcript": .string(transcript.description),
            "agent": .string(work.agent), "branch": .optional(work.branch),
        ]
        let effect = Coordinator.effectKey(key, life: work.life)
        return try await once(kind, effect, task: task, intent: intent) { _ in
            if let task { self.tell(.worker(task, log: log)) }
            let began = Timestamp.now
            let ending = await self.work(
                work, in: tree, key: key, task: task, environment: environment, log: log)
            let crossings = await self.tripwire.end(key)
            try await self.note(crossings, task: task)
            return WorkerEnd(
                try await self.judged(ending, task: task),
                seconds: Timestamp.now.seconds(since: began),
                wasStopped: ending.word == AgentEnding.cancelled.word
            ).blamed(
                for: crossings.filter { $0.by == .worker }.flatMap(\.paths), deniedBySandbox: false)
        }
    }

    /// Tells a worker's own end from one that the run has to be taken up after.
    private func judged(_ ending: AgentRun, task: TaskID?) async throws -> AgentEnd {
        guard case .ended(let outcome) = ending else { return ending.end }
        if outcome.ending == .cancelled, !(task.map(stoppedTasks.contains) ?? false) {
            throw Interrupted()
        }
        if outcome.ending.suspendsRun {
            tell(.note("\(outcome.ending.message); the run waits to be resumed"))
            stop(.stop, because: StopReason(.service, outcome.ending.message))
            throw Interrupted()
        }
        return ending.end
    }

    private func work(
        _ work: AgentWork, in tree: TreeRecord, key: String, task: TaskID?,
        environment: [String: String], log: AbsolutePath
    ) async -> AgentRun {
        guard let crew else { return .refused("no model workers are at hand") }
        let assignment = AgentAssignment(
            name: work.name, tree: tree, text: work.assignment, environment: environment,
            transcript: context.folders.transcript(of: key),
            outputs: context.folders.records(of: key).appending("shell"),
            results: trees.results(of: key),
            scratchpad: context.folders.scratchpad,
            mainWorktree: context.layout.mainWorktree ?? context.layout.commonDirectory,
            runner: TreeShellRunner(sandbox: trees.sandbox(of: tree, key: key)),
            isConfined: context.options.sandbox.isOn && SandboxSupport.probed.holdsWrites,
            readsOnly: work.readsOnly, timeout: work.timeout,
            owners: owners(of: task))
        let loop: AgentLoop
        let watch: AgentWatch
        let mailbox = AgentMailbox()
        do {
            let setup = try await crew.setup(crew.cast(work.agent, as: work.role), for: assignment)
            loop = AgentLoop(
                setup, transcript: try Transcript(opening: assignment.transcript), mailbox: mailbox)
            watch = AgentWatch(
                run: context.run, task: task, ledger: ledger, log: try GrowingFile(log), tell: tell)
        } catch {
            return .refused(TreeKeeper.words(for: error))
        }
        // Its memory is made by now, which is no doing of the worker's.
        await tripwire.begin(key)
        for message in task.flatMap({ messages.removeValue(forKey: $0) }) ?? [] {
            _ = mailbox.send(message)
        }
        let running = Task { await loop.run { await watch.take($0) } }
        self.running[key] = RunningWorker(task: task, send: { mailbox.send($0) }) {
            running.cancel()
        }
        // A stop may have come while the worker was made ready.
        if stopLevel == .stop || task.map(stoppedTasks.contains) ?? false { running.cancel() }
        let outcome = await running.value
        self.running[key] = nil
        // What it said when it was stopped is not its last word.
        if outcome.ending != .cancelled, !outcome.text.isEmpty {
            trees.summarise(outcome.text, key: key)
        }
        return .ended(outcome)
    }
}

extension Coordinator {
    /// Whose budgets pay for a task's worker, or for a verifier.
    func owners(of task: TaskID?) -> [String] {
        (task.map { [BudgetOwner.task($0)] } ?? []) + [BudgetOwner.run(context.run)]
    }
}

/// What came of a model worker.
enum AgentRun: Sendable {
    case ended(AgentOutcome)
    /// It could not begin.
    case refused(String)

    var end: AgentEnd {
        switch self {
        case .ended(let outcome): AgentEnd(outcome)
        case .refused(let reason): AgentEnd(notStarted: reason)
        }
    }

    var word: String { end.word }
}

/// A worker while it runs.
struct RunningWorker: Sendable {
    let task: TaskID?
    /// Takes a message, or says that none is read any more; nil for a command.
    var send: (@Sendable (String) -> Bool)?
    /// Begins its end; does not wait.
    let stop: @Sendable () -> Void
}

/// Hands on what a model worker does: to its log, to the ledger as it happens, and to those who watch.
actor AgentWatch {
    private let run: RunID
    private let task: TaskID?
    private let ledger: Ledger
    private let log: GrowingFile?
    private let tell: @Sendable (RunEvent) -> Void
    private var activity = AgentActivity()

    /// Without a log for whoever writes its own.
    init(
        run: RunID, task: TaskID?, ledger: Ledger, log: GrowingFile?,
        tell: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.run = run
        self.task = task
        self.ledger = ledger
        self.log = log
        self.tell = tell
    }

    /// What cannot be written down holds nothing up: the transcript is what counts.
    func take(_ progress: AgentProgress) async {
        if let line = progress.logLine { try? log?.add(line + "\n") }
        let isEvent = activity.take(progress)
        if let task { tell(.agent(task, activity)) }
        guard isEvent else { return }
        // See above.
        _ = try? await ledger.append(
            run: run, task: task, actor: "agent", kind: "agent.activity", data: activity.json)
    }
}
