import Agents
package import Base
package import Git
import Merging
import Processes
package import Store
import Tasks

/// A run at its end, or where it stands: what the report and `treeguild.run/1` are made of.
package struct RunSummary: Sendable {
    /// Where a run stands.
    package enum Status: String, Sendable { case running, completed, failed, interrupted }

    /// Whose summary it is.
    package let run: RunID
    /// The commit that everything started from.
    package let base: ObjectID
    /// `completed` only when every task is, every branch is in and no check failed.
    package let status: Status
    /// Why it was left before its end; nil for a run that ended or runs.
    package let reason: StopReason?
    /// First start, however often it was resumed.
    package let started: Timestamp
    /// nil for an interrupted run.
    package let ended: Timestamp?
    /// One per task of the plan, in its order; what the ledger holds of it.
    package let tasks: [TaskRow]
    /// nil while the merge has not been done.
    package let integration: Integration?
    /// One per tree, by name; empty before the clean-up.
    package let fates: [TreeFate]
    /// What kept the commands in their places, and what happened to the user's repository meanwhile.
    package let sandbox: SandboxRecord
    /// Submodules that are empty folders in trees: `{path, reason}` each.
    package let submodules: [JSON]
    /// What went wrong and held nothing up: `{task, about, message}` each.
    package let warnings: [JSON]
    /// Verifiers that are agents, in the order in which they worked.
    package let verifiers: [VerifierUse]
    /// What models may use in all, as in a plan; nil without a limit.
    package let budget: JSON?

    init(
        context: RunContext, status: Status, tasks: [TaskRow], integration: Integration?,
        fates: [TreeFate], reason: StopReason? = nil, started: Timestamp, ended: Timestamp?,
        crossings: [JSON] = [],
        submodules: [JSON] = [], warnings: [JSON] = [], verifiers: [VerifierUse] = []
    ) {
        self.submodules = submodules
        self.verifiers = verifiers
        budget = context.plan.budget.json
        self.reason = reason
        self.warnings = warnings
        sandbox = SandboxRecord(context.options.sandbox, .probed, changes: crossings)
        run = context.run
        base = context.base
        self.status = status
        self.started = started
        self.ended = ended
        let byID = Dictionary(tasks.map { ($0.task, $0) }, uniquingKeysWith: { first, _ in first })
        self.tasks = context.plan.tasks.map { task in
            byID[task.id]
                ?? TaskRow(
                    run: context.run, task: task.id, status: .pending, data: [:], updated: started)
        }
        self.integration = integration
        self.fates = fates
    }

    /// `treeguild.run/1`.
    package var json: JSON {
        var merge = integration?.json.objectValue
        let steps = integration?.steps ?? []
        let rows = verifiers.map { one in one.json(steps.first { $0.name == one.branch }) }
        if !rows.isEmpty {
            let known = integration?.json["verifiers"]?.arrayValue ?? []
            merge?["verifiers"] = .array(known + rows)
        }
        return RunSummary.document(
            run: run, base: base.description, status: status.rawValue, started: started,
            ended: ended, tasks: tasks, overlap: integration?.overlap?.json ?? .null,
            merge: merge.map { .object($0) } ?? .null, cleanup: .array(fates.map(\.json)),
            sandbox: sandbox.json, submodules: submodules, warnings: warnings, reason: reason,
            budget: budget ?? .null, verifiers: verifiers)
    }

    /// The same document for a run of which only the ledger's rows are known.
    package static func document(
        run: RunID, base: String, status: String, started: Timestamp, ended: Timestamp?,
        tasks: [TaskRow], overlap: JSON = .null, merge: JSON = .null, cleanup: JSON = [],
        sandbox: JSON = .null, submodules: [JSON] = [], warnings: [JSON] = [],
        reason: StopReason? = nil, budget: JSON = .null, verifiers: [VerifierUse] = []
    ) -> JSON {
        [
            "schema": "treeguild.run/1", "run": .string(run.description), "base": .string(base),
            "status": .string(status), "interruption": reason?.json ?? .null,
            "started": .string(started.description),
            "ended": .optional(ended?.description), "tasks": .array(tasks.map(document)),
            "usage": usage(tasks, verifiers), "budget": budget,
            "overlap": overlap, "merge": merge, "cleanup": cleanup,
            "sandbox": sandbox, "submodules": .array(submodules),
            "warnings": .array(warnings),
        ]
    }

    private static func document(_ row: TaskRow) -> JSON {
        var members = JSON.Members([
            ("id", .string(row.task.description)), ("kind", .string(Worker.commandKind)),
            ("status", .string(row.status.rawValue)), ("outcome", .null), ("branch", .null),
            ("head", .null), ("commits", 0), ("files", 0), ("insertions", 0), ("deletions", 0),
            ("attempts", 0), ("seconds", 0), ("checks", []), ("usage", usage), ("summary", ""),
            ("worktree", .null), ("error", .null), ("denials", 0), ("budget", .null),
        ])
        for pair in row.data.objectValue?.pairs ?? [] where members[pair.key] != nil {
            members[pair.key] = pair.value
        }
        return .object(members)
    }

    /// A command uses no model.
    private static let usage = AgentUsage().json
}

extension Coordinator {
    /// A task's state as the ledger's row keeps it.
    func taskRow(_ id: TaskID, _ state: TaskState) -> (status: TaskRow.Status, data: JSON) {
        var data = JSON.Members(rows[id]?.pairs.map { ($0.key, $0.value) } ?? [])
        var status = TaskRow.Status.pending
        data["error"] = .null
        if let task = context.plan[id] {
            data["kind"] = .string(context.plan.worker(for: task).kind)
            if let budget = task.budget.json { data["budget"] = budget }
        }
        switch state {
        case .pending: status = .pending
        case .running(let attempt):
            status = .running
            data["attempts"] = .int(attempt)
        case .completed(let changed):
            status = .completed
            data["outcome"] = changed ? "changed" : "unchanged"
            if let outcome = outcomes[id] {
                for pair in outcome.json.objectValue?.pairs ?? [] { data[pair.key] = pair.value }
                data["base"] = .string(outcome.base.description)
                data["branch"] = changed ? .string(Coordinator.short(outcome.branch)) : .null
            }
        case .failed(let reason, _):
            status = .failed
            data["error"] = [
                "code": .string(reason.code.rawValue), "message": .string(reason.message),
            ]
        case .killed:
            status = .killed
            data["error"] = ["code": "stopped", "message": "stopped on request"]
        case .skipped(let cause):
            status = .skipped
            data["error"] = ["code": "skipped", "message": .string("\(cause) did not complete")]
        }
        rows[id] = data
        return (status, .object(data))
    }

    /// Adds to the time that a task's workers have taken, in milliseconds at the finest.
    func addSeconds(_ seconds: Double, to id: TaskID) {
        var data = rows[id] ?? JSON.Members()
        let sum = (data["seconds"]?.doubleValue ?? 0) + seconds
        data["seconds"] = .double((sum * 1000).rounded() / 1000)
        rows[id] = data
    }

    /// Adds to what a task's model workers have used, and how many of their calls were not allowed.
    func add(_ end: AgentEnd, of task: PlannedTask, key: String, _ life: WorkerLife) {
        let id = task.id
        var data = rows[id] ?? JSON.Members()
        // A model worker tells what its whole conversation has used, a program what one life of it has.
        var name = key
        if case .agent(let agent) = context.plan.worker(for: task),
            crew?.means.programs?[agent] != nil
        {
            name = Coordinator.effectKey(key, life: life)
        }
        usages[id, default: [:]][name] = end.usage
        let sum = usages[id, default: [:]].values.reduce(AgentUsage()) { $0 + $1 }
        data["usage"] = sum.json
        data["denials"] = .int((data["denials"]?.intValue ?? 0) + end.denials)
        rows[id] = data
    }

    /// A branch as people name it.
    package static func short(_ reference: String) -> String {
        reference.hasPrefix("refs/heads/") ? String(reference.dropFirst(11)) : reference
    }
}
