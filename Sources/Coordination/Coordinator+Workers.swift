import Agents
import Base
import Git
import Merging
import Processes
import Store
import Tasks

extension Coordinator {
    /// Makes the tree of an attempt, set-up included; a half-made one of an interrupted run is made anew.
    func makeTree(_ task: PlannedTask, key: String, basis: [TaskID]) async throws -> TreeMade {
        // One that was made needs no start, which by now may be another one.
        let isMade = recorded[EffectKey(run: context.run, kind: "tree.create", key: key)] != nil
        let start: ObjectID
        do {
            start = isMade ? context.base : try await self.start(of: basis)
        } catch let failure as BasisFailure {
            return .failed(FailureReason(.basis, failure.reason))
        }
        let name = task.id.description
        let made = try await once(
            "tree.create", key, task: task.id,
            intent: [
                "path": .string(trees.path(of: name).description),
                "base": .string(start.description),
            ]
        ) { pending in
            let spec = TreeKeeper.Spec(
                name: name, task: task.id, branch: self.context.branch(of: name), base: start)
            return try await self.make(spec, key: key, isRepeated: pending != nil)
        }
        if case .made(let tree) = made, !kept.contains(where: { $0.key == tree.key }) {
            kept.append(tree)
        }
        return made
    }

    /// Makes a tree and tells the ledger's table.
    func make(_ spec: TreeKeeper.Spec, key: String, isRepeated: Bool) async throws -> TreeMade {
        // What an interrupted start left is to be cleared away first, and then it may as well be made anew.
        let retired = isRepeated ? nil : try await freeTree()
        let made = try await trees.make(spec, key: key, isRepeated: isRepeated, reusing: retired) {
            await self.watch($0, key: $1, task: $2)
        }
        if case .made(let tree) = made {
            try await noteTree(tree, .ready)
            try await noteAbsentSubmodules(in: tree)
        }
        return made
    }

    /// The commit that a task starts from: the base, or the merge of what the tasks of its basis made.
    private func start(of basis: [TaskID]) async throws -> ObjectID {
        let made = basis.compactMap { id in
            outcomes[id].map {
                Participant(name: id.description, head: $0.head, intent: "", after: [])
            }
        }
        guard !made.isEmpty else { return context.base }
        if made.count == 1, let only = made.first { return only.head }
        // One after another: several tasks may start from the same merge, which is to be made once.
        await mergeTurn.take()
        let merged = await Result { try await mergeAll(made, onto: context.base) }
        mergeTurn.pass()
        let steps = try merged.get()
        if let left = steps.first(where: { $0.kind == .excluded }) {
            throw BasisFailure(
                reason: "what it comes after does not merge: \(left.name): \(left.reason)")
        }
        return steps.last?.tip ?? context.base
    }

    /// Runs a task's worker in its tree to its end.
    ///
    /// - Parameter key: names its records, the same in all its lives.
    func runWorker(
        _ task: PlannedTask, in tree: TreeRecord, key: String, life: WorkerLife
    ) async throws -> WorkerEnd {
        let environment = try trees.environment(
            of: tree, key: key, assignment: task.assignment(in: context.plan),
            adding: context.plan.environment(for: task))
        switch context.plan.worker(for: task) {
        case .command(let text):
            return try await runCommand(
                text, in: tree, kind: "worker.run", key: key, task: task.id,
                timeout: task.timeout, environment: environment)
        case .agent(let name):
            let work = AgentWork(
                name: task.id.description, agent: name, role: .worker,
                assignment: AssignmentText.make(
                    task: task.title ?? task.id.description, assignment: task.intent,
                    touches: task.touches.map(\.description), goal: context.plan.goal),
                instructions: task.assignment(in: context.plan),
                readsOnly: task.reads, timeout: task.timeout, life: life)
            return try await runAgent(
                work, in: tree, kind: "worker.run", key: key, task: task.id,
                environment: environment)
        }
    }

    /// Runs a command in a tree as a supervised worker, recorded as an effect.
    func runCommand(
        _ text: String, in tree: TreeRecord, kind: String, key: String, task: TaskID?,
        timeout: Duration?, environment: [String: String]
    ) async throws -> WorkerEnd {
        let folder = context.folders.records(of: key)
        let status = folder.appending("status")
        let log = context.folders.log(of: key)
        return try await once(kind, key, task: task, intent: ["log": .string(log.description)]) {
            pending in
            if pending != nil { return try self.recoveredEnd(status) }
            try Files.makeFolder(folder, mode: 0o700)
            let command = Command.shell(
                text, in: tree.path, environment: environment, timeout: timeout)
            let process: SupervisedProcess
            await self.tripwire.begin(key)
            do throws(ProcessError) {
                process = try await SupervisedProcess.start(
                    command, log: log, logLimit: self.context.options.logLimit, status: status,
                    sandbox: self.trees.sandbox(of: tree, key: key))
            } catch {
                _ = await self.tripwire.end(key)
                return .notStarted(error.code)
            }
            if let task { self.tell(.worker(task, log: log)) }
            let end = await self.watch(process, key: key, task: task)
            let crossings = await self.tripwire.end(key)
            try await self.note(crossings, task: task)
            return end.blamed(
                for: crossings.filter { $0.by == .worker }.flatMap(\.paths),
                deniedBySandbox: await self.trees.wasDenied(end, log: log))
        }
    }

    /// Waits for a process's end; a stop of the run, or of its task, reaches it meanwhile.
    func watch(_ process: SupervisedProcess, key: String, task: TaskID?) async -> WorkerEnd {
        began(process, key: key, task: task)
        return ended(await process.report(), key: key, task: task)
    }

    private func began(_ process: SupervisedProcess, key: String, task: TaskID?) {
        running[key] = RunningWorker(task: task) { process.stop() }
        // A stop may have come while the process was being started.
        if stopLevel == .stop || task.map(stoppedTasks.contains) ?? false { process.stop() }
    }

    private func ended(_ report: WorkerReport, key: String, task: TaskID?) -> WorkerEnd {
        running[key] = nil
        let cause: WorkerEnd.Cause =
            report.ending != .stopped
            ? .itself : task.map(stoppedTasks.contains) ?? false ? .task : .run
        return WorkerEnd(report, cause: cause)
    }

    /// What the supervisor recorded of a worker that outlived, or died with, an earlier process of ours.
    private func recoveredEnd(_ status: AbsolutePath) throws -> WorkerEnd {
        guard let report = try SupervisedProcess.recordedReport(status: status) else {
            return .lost
        }
        return WorkerEnd(report, cause: report.ending == .stopped ? .run : .itself)
    }

    /// Takes a tree out of the way, preserving what it holds, so that its place can be used again.
    ///
    /// Returns why it has to stay, if it has to.
    func clear(_ tree: TreeRecord, why reason: String) async throws -> FailureReason? {
        let fate = try await once("tree.clear", tree.key, task: tree.task, intent: tree.json) { _ in
            let fate = await self.trees.remove(tree, deletingBranch: true, reason: reason)
            try await self.noteTree(tree, fate)
            return fate
        }
        guard fate.action != .kept else {
            return FailureReason(.setup, "its earlier tree is in the way: \(fate.reason)")
        }
        kept.removeAll { $0.key == tree.key }
        return nil
    }

    /// Records what became of a tree.
    func noteTree(_ tree: TreeRecord, _ fate: TreeFate) async throws {
        try await noteTree(
            tree, fate.action == .kept ? .kept : .removed, reason: fate.reason, ref: fate.ref)
    }

    /// Records a tree in the ledger's table, for `status` and `clean`.
    func noteTree(
        _ tree: TreeRecord, _ state: TreeRow.State, reason: String? = nil, ref: String? = nil
    ) async throws {
        _ = try await ledger.setTree(
            TreeRow(
                run: context.run, name: tree.name, path: tree.path, branch: tree.branch,
                base: tree.base.description, state: state, reason: reason, ref: ref),
            task: tree.task)
    }
}

/// The tasks that another one comes after could not be merged.
struct BasisFailure: Error {
    let reason: String
}
