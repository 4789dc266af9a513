import Base
import Store

extension RecordedRun {
    /// `treeguild.run/1`: what the run itself reported at its end, else what its rows say.
    func document(_ tasks: [TaskRow]) -> JSON {
        if let result = record.result, result["schema"] == "treeguild.run/1" { return result }
        return [
            "schema": "treeguild.run/1", "run": .string(id.description),
            "base": .string(record.base), "status": .string(status.rawValue),
            "started": .string(record.started.description),
            "ended": .optional(record.ended?.description), "tasks": .array(tasks.map(\.document)),
            "overlap": .null, "merge": .null, "cleanup": [],
        ]
    }

    /// An item of `treeguild.status/1`.
    func item(_ tasks: [TaskRow]) -> JSON {
        let result = result.map { found -> JSON in
            ["branch": .string(found.branch), "head": .string(found.head)]
        }
        return [
            "run": .string(id.description), "base": .string(record.base),
            "status": .string(status.rawValue), "started": .string(record.started.description),
            "ended": .optional(record.ended?.description), "tasks": .array(tasks.map(\.item)),
            "result": result ?? .null,
        ]
    }
}

extension TaskRow {
    /// A task of `treeguild.run/1`; what the row does not know has its neutral value.
    var document: JSON {
        let usage: JSON = [
            "input_tokens": 0, "output_tokens": 0, "cache_read_tokens": 0,
            "cache_creation_tokens": 0, "cost_usd": 0, "tool_uses": 0,
        ]
        return members([
            ("kind", "local_shell"), ("outcome", .null), ("branch", .null), ("head", .null),
            ("commits", 0), ("files", 0), ("insertions", 0), ("deletions", 0), ("attempts", 0),
            ("seconds", 0), ("checks", []), ("usage", usage), ("summary", .null),
            ("worktree", .null), ("error", .null),
        ])
    }

    /// A task of `treeguild.status/1`.
    fileprivate var item: JSON {
        members([
            ("outcome", .null), ("branch", .null), ("head", .null), ("worktree", .null),
            ("attempts", 0), ("seconds", 0),
        ])
    }

    private func members(_ neutral: [(String, JSON)]) -> JSON {
        var members = JSON.Members([
            ("id", .string(task.description)), ("status", .string(status.rawValue)),
        ])
        for (key, value) in neutral { members[key] = data[key] ?? value }
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
