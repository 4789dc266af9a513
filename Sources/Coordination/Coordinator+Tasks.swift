import Base
import Git
import Merging
import Processes
import Store
import Tasks

/// How one attempt at a task ended.
enum AttemptEnd: Sendable {
    case completed(TaskOutcome)
    case failed(FailureReason)
    /// Somebody stopped this task.
    case killed
    /// The run is being stopped; the task is to be taken up again.
    case interrupted
}

/// Why the schedule is to be looked at again.
private enum Occasion: Sendable {
    case ended(TaskID, AttemptEnd)
    /// A task that had been stopped has got a message.
    case revival
}

extension Coordinator {
    /// Runs tasks as the schedule allows until nothing is left to start and nothing runs.
    func runTasks() async throws {
        try await withThrowingTaskGroup(of: Occasion.self) { group in
            var running = 0
            let revivals = revivals
            group.addTask {
                await revivals.wait(); return .revival
            }
            while true {
                try await killStopped()
                for id in afterlives.keys.sorted() { try await reviveAfterEnd(id) }
                let actions = schedule.decide(
                    states, jobs: context.options.jobs, draining: stopLevel > .none)
                for action in actions {
                    switch action {
                    case .start(let id, let attempt, let basis):
                        try await change(id, note: "attempt \(attempt)") {
                            state throws(InvalidTransition) in
                            try state.started()
                        }
                        running += 1
                        group.addTask { .ended(id, try await self.end(id, attempt, basis: basis)) }
                    case .skip(let id, let cause):
                        try await change(id, note: "\(cause) did not complete") {
                            state throws(InvalidTransition) in
                            try state.skipped(because: cause)
                        }
                    }
                }
                guard running > 0, let occasion = try await group.next() else { break }
                switch occasion {
                case .ended(let id, let end):
                    running -= 1
                    try await ended(id, end)
                case .revival:
                    group.addTask {
                        await revivals.wait(); return .revival
                    }
                }
            }
            // Nobody waits for revivals any more.
            group.cancelAll()
        }
    }

    /// Takes up a task that was stopped, because somebody has something to say to its worker.
    func revive(_ id: TaskID) async throws {
        guard case .killed = states[id] else { return }
        stoppedTasks.remove(id)
        try await change(id, note: "a message revived it") { state throws(InvalidTransition) in
            try state.revived()
        }
        revivals.tell()
    }

    /// Ends tasks that were stopped before they began.
    private func killStopped() async throws {
        for id in stoppedTasks.sorted() {
            guard case .pending = states[id] else { continue }
            try await change(id, note: "stopped before it began") {
                state throws(InvalidTransition) in
                try state.killed()
            }
        }
    }

    private func ended(_ id: TaskID, _ end: AttemptEnd) async throws {
        switch end {
        case .completed(let outcome):
            outcomes[id] = outcome
            if outcome.isChanged { await tripwire.seal(outcome.branch) }
            let note =
                outcome.isChanged
                ? "\(Text.count(outcome.files, "file")) +\(outcome.insertions) -\(outcome.deletions)"
                : "nothing changed"
            try await change(id, note: note) { state throws(InvalidTransition) in
                try state.completed(changed: outcome.isChanged)
            }
        case .failed(let reason):
            // A revived one that fails again is left to whoever revived it.
            let retries = (afterlives[id]?.number ?? 0) == 0 ? context.plan[id]?.retries ?? 0 : 0
            try await change(id, note: reason.message) { state throws(InvalidTransition) in
                try state.failed(reason, retries: retries)
            }
        case .killed:
            try await change(id, note: "stopped") { state throws(InvalidTransition) in
                try state.killed()
            }
        case .interrupted:
            try await change(id, note: "interrupted") { state throws(InvalidTransition) in
                try state.interrupted()
            }
        }
    }

    /// Changes a task's state here, in the ledger and for those who watch.
    func change(
        _ id: TaskID, note: String, by event: (inout TaskState) throws(InvalidTransition) -> Void
    ) async throws {
        var state = states[id] ?? .initial
        try event(&state)
        states[id] = state
        // What it was before its latest life was recorded then.
        if afterlives[id]?.isPast ?? false { return }
        let row = taskRow(id, state)
        let known = recordedRows[id]
        // Until it has caught up with what an earlier process of ours recorded, a state is no news.
        let wasOver = known.map { ![.pending, .running].contains($0.status) } ?? false
        if wasOver, !state.isTerminal { return }
        recordedRows[id] = nil
        if known?.status != row.status || known?.data != row.data {
            _ = try await ledger.setTask(id, run: context.run, status: row.status, data: row.data)
        }
        tell(.task(id, state, note: note))
    }

    private func end(_ id: TaskID, _ number: Int, basis: [TaskID]) async throws -> AttemptEnd {
        do {
            if let afterlife = afterlives[id], afterlife.number > 0 {
                return try await goOn(id, afterlife)
            }
            return try await attempt(id, number, basis: basis)
        } catch is Interrupted {
            return .interrupted
        }
    }

    /// One attempt, from its tree to its collected work; repeated while interruptions leave it half done.
    private func attempt(
        _ id: TaskID, _ number: Int, basis: [TaskID]
    ) async throws -> AttemptEnd {
        guard let task = context.plan[id] else {
            return .failed(FailureReason(.policy, "the plan has no such task"))
        }
        // A revived one goes on in the tree of the attempt that was stopped.
        for tree in kept where tree.task == id && !tree.key.hasPrefix("\(id)/\(number).") {
            if let refusal = try await clear(tree, why: "a new attempt") { return .failed(refusal) }
        }
        var incarnation = 0
        while true {
            if stoppedTasks.contains(id) { return .killed }
            if stopLevel > .none { return .interrupted }
            let key = "\(id)/\(number).\(incarnation)"
            switch try await makeTree(task, key: key, basis: basis) {
            case .failed(let reason): return .failed(reason)
            case .made(let tree):
                let (ended, _) = try await live(task, in: tree, key: key, from: WorkerLife())
                if ended.isInterrupted {
                    if stopLevel > .none { return .interrupted }
                    if let refusal = try await clear(tree, why: "the worker was interrupted") {
                        return .failed(refusal)
                    }
                    incarnation += 1
                    continue
                }
                return try await conclude(task, tree, ended, key: key, WorkerLife())
            }
        }
    }

    /// Runs a worker in its tree, again each time that it was stopped and got a message; returns how its last life
    /// ended, and which that was.
    func live(
        _ task: PlannedTask, in tree: TreeRecord, key: String, from first: WorkerLife
    ) async throws -> (WorkerEnd, WorkerLife) {
        var life = first
        while true {
            let ended = try await runWorker(task, in: tree, key: key, life: life)
            addSeconds(ended.seconds, to: task.id)
            if let agent = ended.agent { add(agent, of: task, key: key, life) }
            guard ended.wasStopped, !ended.isInterrupted,
                isRevived(task.id, key: key, life: life.next)
            else { return (ended, life) }
            if stopLevel > .none { throw Interrupted() }
            life = life.next
        }
    }

    /// Whether a stopped worker has another life: one that was begun already, or a message for it.
    private func isRevived(_ id: TaskID, key: String, life: WorkerLife) -> Bool {
        !stoppedTasks.contains(id)
            && (!(messages[id] ?? []).isEmpty
                || recorded.keys.contains {
                    $0.kind == "worker.run" && $0.key == Self.effectKey(key, life: life)
                })
    }

    /// Names a worker's effect; its records are the same in all its lives.
    static func effectKey(_ key: String, life: WorkerLife) -> String { key + life.suffix }

    /// Turns a worker's end and what lies in its tree into the end of the attempt.
    func conclude(
        _ task: PlannedTask, _ tree: TreeRecord, _ ended: WorkerEnd, key: String,
        _ life: WorkerLife
    ) async throws -> AttemptEnd {
        if ended.wasStopped { return .killed }
        guard ended.isSuccess else {
            return .failed(ended.failure)
        }
        let collected = try await once(
            "collect", Self.effectKey(key, life: life), task: task.id
        ) { _ in
            let collected = await self.trees.collect(tree, task: task, key: key)
            await self.warnOfSecrets(in: collected.outcome, of: task.id)
            return collected
        }
        if task.reads, collected.outcome?.isChanged ?? false {
            return .failed(FailureReason(.policy, "a task that only reads has changed files"))
        }
        if let outcome = collected.outcome {
            if mayGiveAway(tree) { free.append(tree) }
            return .completed(outcome)
        }
        return .failed(FailureReason(.collect, "\(collected.code): \(collected.message)"))
    }
}
