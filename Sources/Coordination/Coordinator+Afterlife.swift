import Base
import Git
import Store
import Tasks

extension Coordinator {
    /// Reads from the ledger which tasks were stopped, and which were revived after their end.
    func readAfterlives(_ effects: [EffectRecord]) async throws {
        let requests = try await ledger.events(
            matching: .init(
                run: context.run,
                kinds: ["request.stop", "request.send", Afterlife.request, "run.resumed"]))
        let handled = try await ledger.events(
            matching: .init(run: context.run, kinds: ["request.stop.handled"]))
        let counts = Dictionary(grouping: handled.compactMap(\.task)) { $0 }.mapValues(\.count)
        (afterlives, stoppedTasks) = Afterlife.all(of: requests, handled: counts)
        for task in afterlives.keys {
            let work = effects.last { $0.task == task && $0.effect.kind == "worker.run" }
            afterlives[task]?.key = work.map { WorkerLife.records(of: $0.effect.key) } ?? ""
        }
        begunWork = Set(effects.filter { $0.effect.kind == "worker.run" }.map(\.effect.key))
        guard round > 0 else { return }
        // What was left out for the sake of a task that is revived may have its turn now.
        recordedRows = recordedRows.filter { $0.value.status != .skipped }
    }

    /// Gives a task that has ended its next life, if somebody has asked for one.
    func reviveAfterEnd(_ id: TaskID) async throws {
        while let afterlife = afterlives[id], afterlife.isPast, states[id]?.isTerminal ?? false {
            var next = afterlife
            next.begin()
            let key = Self.effectKey(next.key, life: WorkerLife(revival: next.number))
            // Of two that nobody has begun the first gets all messages.
            let isDue = begunWork.contains(key) || !(messages[id] ?? []).isEmpty
            afterlives[id] = next
            guard isDue else { continue }
            outcomes[id] = nil
            recordedRows[id] = nil
            stoppedTasks.remove(id)
            try await change(id, note: "a message revived it") { state throws(InvalidTransition) in
                try state.revived()
            }
            guard next.isStopped else { return }
            stoppedTasks.insert(id)
            try await change(id, note: "stopped") { state throws(InvalidTransition) in
                try state.killed()
            }
        }
    }

    /// A revived task goes on in its tree, or in one with the work that it had, with its whole context.
    func goOn(_ id: TaskID, _ afterlife: Afterlife) async throws -> AttemptEnd {
        guard let task = context.plan[id], !afterlife.key.isEmpty else {
            return .failed(FailureReason(.policy, "its worker had never begun"))
        }
        if stoppedTasks.contains(id) { return .killed }
        if stopLevel > .none { return .interrupted }
        let life = WorkerLife(revival: afterlife.number)
        let key = afterlife.key
        let tree: TreeRecord
        switch try await bringBack(task, key: Self.effectKey(key, life: life)) {
        case .failed(let reason): return .failed(reason)
        case .made(let made): tree = made
        }
        kept.removeAll { $0.task == id }
        kept.append(tree)
        if let branch = tree.branch { await tripwire.unseal(branch) }
        if !begunWork.contains(Self.effectKey(key, life: life)) { trees.forgetResult(key: key) }
        let (ended, last) = try await live(task, in: tree, key: key, from: life)
        if ended.isInterrupted {
            if stopLevel > .none { return .interrupted }
            return .failed(
                FailureReason(.agent, "it was cut off, and its program cannot go on from there"))
        }
        return try await conclude(task, tree, ended, key: key, last)
    }

    /// The tree of a task that had ended: as it is, if it is still there, else made with the work that was in it.
    private func bringBack(_ task: PlannedTask, key: String) async throws -> TreeMade {
        let name = task.id.description
        let row = try await ledger.trees(run: context.run).first { $0.name == name }
        let earlier = try await ledger.effects(run: context.run).last {
            $0.task == task.id && $0.effect.kind == "tree.create" && $0.effect.key != key
        }?.result.flatMap { TreeMade(json: $0) }
        var known: TreeRecord?
        if case .made(let tree) = earlier { known = tree }
        let isThere =
            row.map { [.ready, .kept].contains($0.state) } ?? false
            && known.map { Files.kind(of: $0.path) } == .folder
        let path = trees.path(of: name)
        return try await once(
            "tree.create", key, task: task.id,
            intent: ["path": .string(path.description), "taken": .bool(isThere)]
        ) { pending in
            // A tree that was there holds work, and is never made anew.
            if pending?["taken"]?.boolValue ?? isThere, let known { return .made(known) }
            var spec = TreeKeeper.Spec(
                name: name, task: task.id, branch: self.context.branch(of: name),
                base: known?.base ?? self.context.base)
            if let ref = row?.ref {
                spec.origin = .preserved(ref)
            } else if let branch = spec.branch,
                let head = try await self.repository.target(of: branch)
            {
                spec.origin = .branch(head)
            }
            let made = try await self.trees.make(spec, key: key, isRepeated: pending != nil) {
                await self.watch($0, key: $1, task: $2)
            }
            if case .made(let tree) = made {
                try await self.noteTree(tree, .ready)
                try await self.noteAbsentSubmodules(in: tree)
            }
            return made
        }
    }

    /// Whether another task may have a tree's folder: not where a later life of its task is to go on in it, nor after
    /// the run had come to its end.
    func mayGiveAway(_ tree: TreeRecord) -> Bool {
        if let task = tree.task, afterlives[task]?.isPast ?? false { return false }
        let end = EffectKey(
            run: context.run, kind: "tree.retire", key: retirement(of: tree))
        return recorded[end] == nil
    }

    /// Names the end of a tree: one that is used again has another.
    func retirement(of tree: TreeRecord) -> String {
        let revival = tree.task.flatMap { afterlives[$0]?.number } ?? 0
        return tree.key + WorkerLife(revival: revival).suffix
    }

    /// Whether the result branch is where this run had put it.
    func isEarlierResult(_ head: ObjectID) async throws -> Bool {
        try await ledger.effects(run: context.run).contains {
            $0.effect.kind == "result.branch" && $0.intent.object("head") == head
        }
    }
}
