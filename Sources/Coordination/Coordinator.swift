import Agents
package import Base
package import Git
import Merging
import Processes
package import Store
package import Tasks

/// All that is fixed when a run begins.
package struct RunContext: Sendable {
    /// Names its branches, refs, folders and ledger rows.
    package let run: RunID
    /// As it was when the run began: later edits of the file have no effect.
    package let plan: Plan
    /// The commit that everything starts from.
    package let base: ObjectID
    /// Of the user's repository, wherever in it the run was started.
    package let layout: RepositoryLayout
    /// Of this run alone; made when it begins.
    package let folders: RunFolders
    /// As they were when the run began.
    package let options: RunOptions
    /// Author of commits that the program makes.
    package let identity: Identity

    /// Gathers what a run begins with; a resumed one reads the same back from the ledger.
    package init(
        run: RunID, plan: Plan, base: ObjectID, layout: RepositoryLayout, folders: RunFolders,
        options: RunOptions, identity: Identity
    ) {
        self.run = run
        self.plan = plan
        self.base = base
        self.layout = layout
        self.folders = folders
        self.options = options
        self.identity = identity
    }

    /// Whole name of a task's branch.
    package func branch(of name: String) -> String { "refs/heads/treeguild/\(run)/\(name)" }

    /// Whole name of the branch that takes the merged work.
    package var resultBranch: String {
        options.resultBranch ?? branch(of: "merged")
    }

    /// Whole name of the ref that keeps what would be lost of a tree.
    package func preservedRef(of name: String) -> String {
        "refs/treeguild/preserved/\(run)/\(name)"
    }
}

/// Directs one run: starts workers as the schedule allows, merges what they made, cleans up.
///
/// Every effect goes through the ledger (``once(_:_:task:intent:_:)``), so a run that was interrupted anywhere is
/// continued by making a coordinator with the same context and calling ``run()`` again. Runs on a lane of its own,
/// because it writes small files.
package actor Coordinator {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    nonisolated private let lane: Lane
    nonisolated let context: RunContext
    nonisolated let ledger: Ledger
    nonisolated let repository: Repository
    nonisolated let trees: TreeKeeper
    nonisolated let engine: GitMergeEngine?
    nonisolated let tripwire: Tripwire
    /// nil where no model works.
    nonisolated let crew: AgentCrew?
    nonisolated let tell: @Sendable (RunEvent) -> Void

    let schedule: Schedule
    var states: [TaskID: TaskState] = [:]
    /// What the ledger's rows hold of each task.
    var rows: [TaskID: JSON.Members] = [:]
    var outcomes: [TaskID: TaskOutcome] = [:]
    /// Results of effects that an earlier process of ours had finished. Going through them again writes nothing, so
    /// that a run comes to its end however often it is interrupted.
    var recorded: [EffectKey: JSON] = [:]
    /// The ledger's rows of tasks, as far as they are known.
    var recordedRows: [TaskID: TaskRow] = [:]
    /// Trees that exist, by name, in the order of their making.
    var kept: [TreeRecord] = []
    /// Trees whose work is collected, for the next tasks, the first to be free first.
    var free: [TreeRecord] = []
    /// What became of trees when others were to have their folders, by key.
    var reuses: [String: TreeFate] = [:]
    /// Workers that run now, by the key of their effect.
    var running: [String: RunningWorker] = [:]
    /// Paths of submodules that were told to be empty folders.
    var absentSubmodules: Set<String> = []
    /// Held while branches are merged.
    let mergeTurn = Turn()
    /// The tips onto which a verifier was to bring each branch: its trees for them have names of their own.
    var verifications: [String: [ObjectID]] = [:]
    /// For workers that do not run yet.
    var messages: [TaskID: [String]] = [:]
    /// Of stopped tasks by messages.
    let revivals = Revivals()
    /// Of tasks by messages that came after they, or the whole run, had ended.
    var afterlives: [TaskID: Afterlife] = [:]
    /// Effects of workers that an earlier process of ours had begun.
    var begunWork: Set<String> = []
    /// What each conversation of a task's workers has used.
    var usages: [TaskID: [String: AgentUsage]] = [:]
    /// How often somebody has revived a task after its end: merging begins anew with each.
    var round: Int { afterlives.values.reduce(0) { $0 + $1.total } }
    var stopLevel = StopLevel.none
    /// The first reason to stop; nil while nobody asked.
    private var stopReason: StopReason?
    var stoppedTasks: Set<TaskID> = []

    /// Makes nothing yet; throws when the plan has a cycle. `tell` is called for each event, in order, on the lane.
    package init(
        context: RunContext, ledger: Ledger, repository: Repository, git: GitProgram?,
        crew: AgentCrew? = nil, tell: @escaping @Sendable (RunEvent) -> Void
    ) throws {
        schedule = try Schedule(context.plan)
        self.context = context
        self.ledger = ledger
        self.repository = repository
        self.tell = tell
        self.crew = crew
        tripwire = Tripwire(
            layout: context.layout,
            // What an agent keeps there, it keeps through its own tools.
            except: [context.folders.trees]
                + (context.layout.mainWorktree.map(AgentMemory.localFolders) ?? []),
            isHeld: context.options.sandbox.isOn && SandboxSupport.probed.holdsWrites)
        var keeper = TreeKeeper(context: context, git: git, ledger: ledger) { tell(.note($0)) }
        keeper.tripwire = tripwire
        trees = keeper
        engine = GitMergeEngine(
            program: git,
            repository: context.layout.mainWorktree ?? context.layout.commonDirectory,
            objects: context.layout.commonDirectory.appending("objects"))
        lane = Lane(label: "coordinator")
    }

    /// Carries the run to its end, or to where a stop leaves it.
    ///
    /// - Throws: only what makes going on impossible, such as a ledger that takes no writes; the run can be resumed.
    package func run(resumed: Bool) async throws -> RunSummary {
        try context.folders.make()
        for task in context.plan.tasks { states[task.id] = .initial }
        tell(
            .began(
                tasks: context.plan.tasks.map(\.id), base: context.base.description,
                resumed: resumed))
        await crew?.limit(context.run, by: context.plan)
        if resumed {
            try await takeUp()
            try await takeRequests()
        }
        for task in context.plan.tasks where recordedRows[task.id] == nil {
            let row = taskRow(task.id, .initial)
            _ = try await ledger.setTask(
                task.id, run: context.run, status: row.status, data: row.data)
        }
        try await runTasks()
        guard schedule.isFinished(states), stopLevel == .none else {
            return try await interrupted()
        }
        let integration: Integration
        do {
            integration = try await integrate(participants())
            try proceed()
        } catch is Interrupted {
            return try await interrupted()
        }
        try await keepMovedBranches()
        let fates = try await cleanUp(integration)
        let summary = RunSummary(
            context: context, status: status(integration),
            tasks: try await ledger.tasks(run: context.run),
            integration: integration, fates: fates,
            started: try await ledger.run(context.run)?.started ?? .now, ended: .now,
            crossings: try await crossings(),
            submodules: try await RunSummary.absentSubmodules(of: context.run, in: ledger),
            warnings: try await RunSummary.warnings(of: context.run, in: ledger),
            verifiers: try await VerifierUse.all(of: context.run, in: ledger))
        try await ledger.finishRun(
            context.run, summary.status == .completed ? .completed : .failed, result: summary.json)
        return summary
    }

    /// Asks for the end; a higher level than before wins, and the first reason stays. Safe from any thread of
    /// control.
    package func stop(_ level: StopLevel, because reason: StopReason) {
        guard level > stopLevel else { return }
        stopReason = stopReason ?? reason
        stopLevel = level
        tell(.stopping(level))
        if level == .stop { for worker in running.values { worker.stop() } }
    }

    /// Carries out what other processes asked for through the ledger.
    package func takeRequests() async throws {
        for request in try await ledger.takeRequests(run: context.run) {
            if request.kind == "send", let task = request.task {
                deliver(request.data.text("text"), to: task)
                try await revive(task)
            }
            guard request.kind == "stop" else { continue }
            guard let task = request.task else {
                stop(.stop, because: .request)
                continue
            }
            if afterlives[task]?.keepStop() ?? false { continue }
            stoppedTasks.insert(task)
            for worker in running.values where worker.task == task { worker.stop() }
        }
    }

    /// Gives a message to the task's worker, or keeps it for the one that will be started.
    private func deliver(_ text: String, to task: TaskID) {
        let worker = running.values.first { $0.task == task }
        if worker?.send?(text) != true { messages[task, default: []].append(text) }
    }

    private func interrupted() async throws -> RunSummary {
        _ = try await ledger.interruptRun(context.run, reason: stopReason?.json ?? .null)
        return RunSummary(
            context: context, status: .interrupted, tasks: try await ledger.tasks(run: context.run),
            integration: nil, fates: [], reason: stopReason,
            started: try await ledger.run(context.run)?.started ?? .now, ended: nil,
            crossings: try await crossings(),
            submodules: try await RunSummary.absentSubmodules(of: context.run, in: ledger),
            warnings: try await RunSummary.warnings(of: context.run, in: ledger),
            verifiers: try await VerifierUse.all(of: context.run, in: ledger))
    }

    /// Changes of the user's repository that any process of this run has recorded.
    private func crossings() async throws -> [JSON] {
        try await ledger.events(matching: .init(run: context.run, kinds: ["repository.changed"]))
            .map { event in
                [
                    "task": .optional(event.task?.description), "by": event.data["by"] ?? .null,
                    "paths": event.data["paths"] ?? [], "count": event.data["count"] ?? 0,
                ]
            }
    }

    private func status(_ integration: Integration) -> RunSummary.Status {
        let tasksDone = states.values.allSatisfy {
            if case .completed = $0 { true } else { false }
        }
        let merged = integration.steps.allSatisfy { $0.kind != .excluded }
        let verdict = [.passed, .none].contains(integration.verdict)
        return tasksDone && merged && verdict ? .completed : .failed
    }

    /// Branches that go into the merge: those that were named, or those of completed tasks that changed something.
    private func participants() -> [Participant] {
        if !context.options.merging.isEmpty {
            return context.options.merging.compactMap { branch in
                ObjectID(branch.head).map {
                    Participant(name: branch.name, head: $0, intent: "", after: [])
                }
            }
        }
        let changed = context.plan.tasks.filter { outcomes[$0.id]?.isChanged ?? false }
        return changed.compactMap { task in
            outcomes[task.id].map { outcome in
                Participant(
                    name: task.id.description, head: outcome.head, intent: task.intent,
                    after: Set(task.after.map(\.description)))
            }
        }
    }
}
