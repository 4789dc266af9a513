import Base
import Coordination
import Store

extension RecordedRun {
    /// `treeguild.run/1`: what the run itself reported at its end, else what its rows say.
    ///
    /// - Parameter submodules: those that are empty folders in its trees.
    func document(
        _ tasks: [TaskRow], submodules: [JSON] = [], verifiers: [VerifierUse] = []
    ) -> JSON {
        if let result = record.result, result["schema"] == "treeguild.run/1" { return result }
        return RunSummary.document(
            run: id, base: record.base, status: status.rawValue, started: record.started,
            ended: record.ended, tasks: tasks, submodules: submodules, reason: reason,
            budget: record.plan["budget"] ?? .null, verifiers: verifiers)
    }

    /// An item of `treeguild.status/1`.
    func item(_ tasks: [TaskRow]) -> JSON {
        let result = result.map { found -> JSON in
            ["branch": .string(found.branch), "head": .string(found.head)]
        }
        return [
            "run": .string(id.description), "base": .string(record.base),
            "status": .string(status.rawValue), "interruption": reason?.json ?? .null,
            "started": .string(record.started.description),
            "ended": .optional(record.ended?.description), "tasks": .array(tasks.map(\.item)),
            "result": result ?? .null,
        ]
    }
}

extension TaskRow {
    /// A task of `treeguild.run/1`.
    var document: JSON {
        let run = RunSummary.document(
            run: run, base: "", status: "", started: updated, ended: nil, tasks: [self])
        return run["tasks"]?.arrayValue?.first ?? .null
    }

    /// A task of `treeguild.status/1`.
    fileprivate var item: JSON {
        var members = JSON.Members([
            ("id", .string(task.description)), ("status", .string(status.rawValue)),
            ("outcome", .null), ("branch", .null), ("head", .null), ("worktree", .null),
            ("attempts", 0), ("seconds", 0),
        ])
        for key in ["outcome", "branch", "head", "worktree", "attempts", "seconds"] {
            members[key] = data[key] ?? members[key]
        }
        return .object(members)
    }
}

/// What the row's data says, for people.
extension TaskRow {
    /// Text under a key; nil where there is none.
    func text(_ key: String) -> String? {
        data[key]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    func number(_ key: String) -> Int { data[key]?.intValue ?? 0 }

    /// `+3 -1`; nil when nothing changed.
    var lines: String? {
        let (added, removed) = (number("insertions"), number("deletions"))
        return added == 0 && removed == 0 ? nil : "+\(added) -\(removed)"
    }

    /// Why it failed, else its summary: one line.
    var note: String? {
        let error = data["error"]
        let words = [error?["code"], error?["message"]].compactMap { $0?.stringValue }
            .filter { !$0.isEmpty }
        let note = words.isEmpty ? text("summary") : words.joined(separator: ": ")
        return note?.split(separator: "\n").first.map(String.init)
    }
}
