import Agents
package import Base
import Git
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
        /// The value of a key is in a worker's work.
        case secret
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

extension Coordinator {
    /// Warns of values of keys in what a worker has changed: that is taken as it is.
    func warnOfSecrets(in outcome: TaskOutcome?, of task: TaskID) async {
        guard let outcome, outcome.isChanged, let secrets = crew?.means.secrets, !secrets.isEmpty
        else { return }
        let mask = SecretMask(secrets)
        var places: [String] = []
        do {
            let work = try await repository.work(from: outcome.base, to: outcome.head)
            for change in work.changes {
                guard let file = change.new, file.mode != .submodule else { continue }
                let content = try await repository.blob(file.id)
                if mask.holdsKnown(content) || mask.holdsKnown(change.path.bytes) {
                    places.append(change.path.description)
                }
            }
            for id in work.commits {
                let message = try await repository.commit(id).message
                if mask.holdsKnown(Array(message.utf8)) {
                    places.append("the message of commit \(id.short)")
                }
            }
        } catch {
            let problem = TreeKeeper.words(for: error)
            await trees.warn(
                .secret, "nobody could look for keys in the work of \(task): \(problem)", task: task
            )
            return
        }
        guard !places.isEmpty else { return }
        await trees.warn(
            .secret,
            "the work of \(task) holds the value of a key: \(Crossing.words(places)); it is in its "
                + "branch and in what is merged, so change the key or the work before others get it",
            task: task)
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
