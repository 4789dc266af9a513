import Base
import Coordination
import Git
import Review
import Tasks

/// What a run would do, without doing it.
struct DryRun: Sendable {
    private let context: RunContext

    init(_ context: RunContext) { self.context = context }

    /// Prints the plan in the order of its starts.
    func show(on output: Output) async throws -> ExitCode {
        let schedule = try Schedule(context.plan)
        var members: [(String, JSON)] = [
            ("run", .string(context.run.description)), ("base", .string(context.base.description)),
            ("jobs", .int(context.options.jobs)),
            ("trees", .string(context.folders.trees.description)),
        ]
        members.append(("sandbox", context.options.sandbox.json))
        members.append(
            (
                "tasks",
                .array(
                    schedule.order.compactMap { context.plan[$0] }.map { task in
                        [
                            "id": .string(task.id.description),
                            "branch": .string(
                                Coordinator.short(context.branch(of: task.id.description))),
                            "command": .optional(context.plan.worker(for: task).command),
                            "agent": .optional(context.plan.worker(for: task).agent),
                            "after": .array(task.after.map { .string($0.description) }),
                            "waits_for": .array(
                                schedule.blockers(of: task.id, in: [:]).map {
                                    .string($0.description)
                                }),
                        ]
                    })
            ))
        if output.mode.isJSON {
            await output.document("treeguild.dry-run/1", members)
            return .done
        }
        await output.line(
            "Base \(context.base.short), \(context.options.jobs) workers at a time, trees below \(context.folders.trees)"
        )
        for id in schedule.order {
            let waits = schedule.blockers(of: id, in: [:]).map(\.description).joined(
                separator: ", ")
            let work = context.plan[id].map { context.plan.worker(for: $0).words } ?? ""
            await output.line("  \(id, .bold)\(waits.isEmpty ? "" : " after \(waits)"): \(work)")
        }
        return .done
    }
}

extension Worker {
    var command: String? { if case .command(let text) = self { text } else { nil } }
    var agent: String? { if case .agent(let name) = self { name } else { nil } }

    /// A command as it is, an agent by its name.
    var words: String {
        switch self {
        case .command(let text): text
        case .agent(let name): "agent \(name)"
        }
    }
}
