package import Base
import Git
import Merging
package import Store

/// A result that the ledger keeps, so that a resumed run reads it back instead of acting again.
protocol Recorded: Sendable {
    var json: JSON { get }
    /// nil for a document that this program did not write.
    init?(json: JSON)
}

/// An effect whose recorded result cannot be read: the ledger is of another program.
package struct UnreadableRecord: Error, Hashable, Sendable {
    /// The effect whose result it is.
    package let effect: EffectKey
}

extension Coordinator {
    /// Does something at most once, whatever interrupts the program.
    ///
    /// The intent is in the ledger before, the result after. A resumed run gets the recorded result without `body`
    /// being called, or calls it with `pending` set when nobody knows how far it came: then `body` looks at the
    /// world first.
    func once<Result: Recorded>(
        _ kind: String, _ key: String, task: TaskID? = nil, intent: JSON = [:],
        _ body: (_ pending: JSON?) async throws -> Result
    ) async throws -> Result {
        let effect = EffectKey(run: context.run, kind: kind, key: key)
        func read(_ recorded: JSON) throws -> Result {
            guard let read = Result(json: recorded) else { throw UnreadableRecord(effect: effect) }
            return read
        }
        if let known = recorded[effect] { return try read(known) }
        let result: Result
        switch try await ledger.begin(effect, task: task, intent: intent) {
        case .done(let recorded): return try read(recorded)
        case .started: result = try await body(nil)
        case .pending(let earlier): result = try await body(earlier)
        }
        try await ledger.finish(effect, task: task, result: result.json)
        return result
    }
}

/// An effect without a result of its own.
struct Done: Recorded {
    var json: JSON { [:] }
    init() {}
    init?(json: JSON) {}
}

extension JSON {
    /// The ID under a key.
    func object(_ key: String) -> ObjectID? { self[key]?.stringValue.flatMap { ObjectID($0) } }
    /// The text under a key; empty when there is none.
    func text(_ key: String) -> String { self[key]?.stringValue ?? "" }
    /// The number under a key; 0 when there is none.
    func count(_ key: String) -> Int { self[key]?.intValue ?? 0 }
}

extension TaskOutcome: Recorded {
    /// The form that the ledger keeps.
    package var json: JSON {
        [
            "base": .string(base.description), "head": .string(head.description),
            "branch": .string(branch), "commits": .int(commits), "files": .int(files),
            "insertions": .int(insertions), "deletions": .int(deletions),
            "summary": .string(summary),
        ]
    }

    init?(json: JSON) {
        guard let base = json.object("base"), let head = json.object("head") else { return nil }
        self.init(
            base: base, head: head, branch: json.text("branch"), commits: json.count("commits"),
            files: json.count("files"), insertions: json.count("insertions"),
            deletions: json.count("deletions"), summary: json.text("summary"))
    }
}

extension MergeStep: Recorded {
    /// The form that the ledger keeps, and a part of reports.
    package var json: JSON {
        [
            "name": .string(name), "kind": .string(kind.rawValue),
            "tip": .string(tip.description), "reason": .string(reason),
            "resolutions": .array(resolutions.map(\.json)),
        ]
    }

    init?(json: JSON) {
        guard let kind = Kind(rawValue: json.text("kind")), let tip = json.object("tip") else {
            return nil
        }
        self.init(
            name: json.text("name"), kind: kind, tip: tip, reason: json.text("reason"),
            resolutions: (json["resolutions"]?.arrayValue ?? []).compactMap { Resolution(json: $0) }
        )
    }
}

extension MergeStep.Resolution: Recorded {
    /// The form that the ledger keeps, and a part of `treeguild.run/1`.
    package var json: JSON {
        [
            "region": .string(region), "by": .string(by.rawValue),
            "kept": [
                "ours": .int(keptOurs), "theirs": .int(keptTheirs), "explained": .int(explained),
            ],
        ]
    }

    init?(json: JSON) {
        guard let by = By(rawValue: json.text("by")), let kept = json["kept"] else { return nil }
        self.init(
            region: json.text("region"), by: by, keptOurs: kept.count("ours"),
            keptTheirs: kept.count("theirs"), explained: kept.count("explained"))
    }
}

extension CheckResult: Recorded {
    init?(json: JSON) {
        guard let status = Status(rawValue: json.text("status")) else { return nil }
        self.init(
            name: json.text("name"), status: status, exit: json["exit"]?.intValue,
            seconds: json["seconds"]?.doubleValue ?? 0, log: json.text("log"))
    }
}

extension TreeFate: Recorded {
    init?(json: JSON) {
        guard let action = Action(rawValue: json.text("action")) else { return nil }
        self.init(
            name: json.text("task"), action: action, reason: json.text("reason"),
            ref: json["ref"]?.stringValue)
    }
}
