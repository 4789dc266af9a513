package import Base
package import Store
import Tasks

/// What went wrong in a run, or will surprise, and held nothing up: kept in the ledger for its report.
enum RunWarning {
    /// What a warning is about: the member `about` of `warnings` in `treeguild.run/1`.
    enum Subject: String, Sendable {
        /// Files that the plan names and the user's worktree has not.
        case setup
        case teardown
        /// What a worker's own commits hold.
        case commits
        /// A collected branch that somebody moved.
        case branch
    }

    fileprivate static let event = "run.warning"
}

extension TreeKeeper {
    /// Records a warning and tells of it; what was recorded of the run before is told no second time.
    ///
    /// - Parameter task: nil for what is the same for all tasks.
    func warn(_ about: RunWarning.Subject, _ message: String, task: TaskID?) async {
        do {
            let data: JSON = ["about": .string(about.rawValue), "message": .string(message)]
            let known = try await ledger.events(
                matching: EventFilter(run: context.run, kinds: [RunWarning.event]))
            guard !known.contains(where: { $0.task == task && $0.data == data }) else { return }
            _ = try await ledger.append(
                run: context.run, task: task, actor: "treeguild", kind: RunWarning.event,
                data: data)
        } catch {
            warn("the ledger did not take a warning: \(Self.words(for: error))")
        }
        warn(message)
    }
}

extension RunSummary {
    /// Warnings of a run, whether it has ended or not: `{task, about, message}` each, in their order.
    ///
    /// Each once: trees that are made at the same time may find the same.
    package static func warnings(of run: RunID, in ledger: Ledger) async throws -> [JSON] {
        try await ledger.events(matching: EventFilter(run: run, kinds: [RunWarning.event]))
            .reduce(into: []) { found, event in
                let warning: JSON = [
                    "task": .optional(event.task?.description),
                    "about": event.data["about"] ?? .null,
                    "message": event.data["message"] ?? .null,
                ]
                if !found.contains(warning) { found.append(warning) }
            }
    }
}
