import Agents
import Base
import Git
import Merging
import Store
import Tasks

extension Coordinator {
    /// Decides every tree's fate and carries it out; each fate has a reason.
    func cleanUp(_ integration: Integration) async throws -> [TreeFate] {
        var fates: [TreeFate] = []
        for tree in kept.sorted(by: { $0.name < $1.name }) {
            if let fate = fateOfReuse(of: tree), fate.action != .kept {
                fates.append(fate)
                tell(.cleanup(fate))
                continue
            }
            let fate = try await once(
                "tree.retire", retirement(of: tree), task: tree.task, intent: tree.json
            ) { _ in
                if self.context.options.keepTrees {
                    let fate = TreeFate(
                        name: tree.name, action: .kept, reason: "trees were to be kept", ref: nil)
                    try await self.noteTree(tree, fate)
                    return fate
                }
                let fate = await self.trees.remove(
                    tree, deletingBranch: self.mayDeleteBranch(of: tree),
                    reason: self.reason(for: tree))
                try await self.noteTree(tree, fate)
                return fate
            }
            fates.append(fate)
            tell(.cleanup(fate))
        }
        kept = []
        return fates
    }

    /// Retires a tree that is no longer needed, for another to have its folder; nil when there is none.
    ///
    /// A tree that has to stay, for whatever reason, is left for the clean-up at the end.
    func freeTree() async throws -> RetiredTree? {
        guard context.options.reusesTrees, !context.options.keepTrees else { return nil }
        while !free.isEmpty {
            let tree = free.removeFirst()
            let fate = try await once(
                "tree.reuse", retirement(of: tree), task: tree.task, intent: tree.json
            ) { _ in
                let fate = await self.trees.remove(
                    tree, deletingBranch: self.mayDeleteBranch(of: tree),
                    reason: self.reason(for: tree))
                if fate.action != .kept { try await self.noteTree(tree, fate) }
                return fate
            }
            reuses[retirement(of: tree)] = fate
            if fate.action != .kept, let retired = await trees.retired(tree) { return retired }
        }
        return nil
    }

    /// What became of a tree when another was to have its folder, by this process or an earlier one.
    private func fateOfReuse(of tree: TreeRecord) -> TreeFate? {
        let key = retirement(of: tree)
        let effect = EffectKey(run: context.run, kind: "tree.reuse", key: key)
        return reuses[key] ?? recorded[effect].flatMap { TreeFate(json: $0) }
    }

    /// Why a tree goes: the same whether another needs it or the run has come to its end.
    private func reason(for tree: TreeRecord) -> String {
        tree.task.map { outcomes[$0] != nil } ?? false
            ? "its work is collected" : "the run has ended"
    }

    /// A completed task's branch stays while it differs from the base; so does any that has commits.
    private func mayDeleteBranch(of tree: TreeRecord) -> Bool {
        guard let task = tree.task, let outcome = outcomes[task] else { return false }
        return !outcome.isChanged
    }

    /// Brings what an earlier process of ours left into a state from which the run can go on.
    ///
    /// Its supervisors end what they watch and record how; then there are no processes in any tree.
    func takeUp() async throws {
        while await ProcessSweep.isSupervised(below: context.folders.records) {
            try await Task.sleep(for: .milliseconds(20))
        }
        try await endLeftoverProcesses()
        for name in ["refs/heads/treeguild", "refs/treeguild/preserved"] {
            repository.removeAbandonedLocks(below: "\(name)/\(context.run)")
        }
        try await removeStarts()
        let effects = try await ledger.effects(run: context.run)
        for effect in effects { recorded[effect.effect] = effect.result }
        for row in try await ledger.tasks(run: context.run) { recordedRows[row.task] = row }
        try await readAfterlives(effects)
        try await keepUnreadMessages(effects)
        try await restoreBudgets(effects)
        let checked = effects.filter { $0.effect.kind == "check" }
        for commit in Set(checked.compactMap { $0.intent.object("commit") }) {
            let tree = try await repository.commit(commit).tree
            await trees.discardCheckTree(at: commit, tree)
        }
    }

    /// Branches on which trees of this run were being started when an earlier process of ours died.
    private func removeStarts() async throws {
        let runs = try await ledger.runs().map(\.id.description)
        for name in try await repository.startedTrees() {
            // A run's name may begin with another's.
            let owner = runs.filter { name.hasPrefix("treeguild-\($0)-") }.max {
                $0.count < $1.count
            }
            if owner == context.run.description { try await repository.removeStart(of: name) }
        }
    }

    /// Of agents; a worker that was revived has one for all its lives.
    private static func transcripts(of effects: [EffectRecord]) -> Set<AbsolutePath> {
        Set(effects.compactMap { AbsolutePath($0.intent.text("transcript")) })
    }

    /// What models used before is gone from the budgets of their tasks and of the run.
    private func restoreBudgets(_ effects: [EffectRecord]) async throws {
        guard let crew else { return }
        await crew.restore(
            BudgetOwner.run(context.run), from: Self.transcripts(of: effects))
        for task in context.plan.tasks {
            await crew.restore(
                BudgetOwner.task(task.id),
                from: Self.transcripts(of: effects.filter { $0.task == task.id }))
        }
    }

    /// What was sent to workers and taken from the ledger, but is in no transcript: it was in the memory of a process
    /// that died.
    private func keepUnreadMessages(_ effects: [EffectRecord]) async throws {
        let sent = try await ledger.events(
            matching: .init(run: context.run, kinds: ["request.send"]))
        let handled = try await ledger.events(
            matching: .init(run: context.run, kinds: ["request.send.handled"]))
        let stops = try await ledger.events(
            matching: .init(run: context.run, kinds: ["request.stop"]))
        let revived = try await ledger.events(
            matching: .init(run: context.run, kinds: [Afterlife.request]))
        for task in Set((handled + revived).compactMap(\.task)) {
            var read: [String: Int] = [:]
            for path in Self.transcripts(of: effects.filter { $0.task == task }) {
                // A damaged one is told of by its worker.
                for entry in (try? Transcript.read(path)) ?? [] {
                    if case .message(let text, from: .mailbox) = entry.content {
                        read[text, default: 0] += 1
                    }
                }
            }
            let taken = handled.count { $0.task == task }
            // What was said before it was stopped is void.
            let stop = stops.last { $0.task == task }?.seq ?? 0
            let own =
                sent.filter { $0.task == task }.prefix(taken)
                + revived.filter { $0.task == task }
            for event in own.sorted(by: { $0.seq < $1.seq }) where event.seq > stop {
                let text = event.data.text("text")
                if read[text, default: 0] > 0 {
                    read[text, default: 0] -= 1
                } else {
                    messages[task, default: []].append(text)
                }
            }
        }
    }

    /// Ends processes that an earlier process of ours left, so that no tree is touched under them.
    private func endLeftoverProcesses() async throws {
        // A process that is just becoming another program shows no environment for a moment: look again.
        for _ in 0..<20 {
            let leftovers = await ProcessSweep.processes(of: context.folders)
            guard !leftovers.isEmpty else { return }
            tell(.note("ending \(Text.count(leftovers.count, "process")) left by an earlier start"))
            await ProcessSweep.end(leftovers)
        }
    }
}
