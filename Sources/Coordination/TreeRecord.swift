package import Base
package import Git
import Tasks

/// A tree that a run made, as recorded.
package struct TreeRecord: Hashable, Sendable {
    /// Task name or role; also names the folder and the registration.
    package let name: String
    /// Key of the effect that made it: unique in the run, though names are used again.
    package let key: String
    /// nil for the tree of a verifier or of checks.
    package let task: TaskID?
    /// Its folder, in the folder of the run.
    package let path: AbsolutePath
    /// Name under `<common>/worktrees`.
    package let registration: String
    /// Whole ref name; nil for a detached one.
    package let branch: String?
    /// The commit that it was made at.
    package let base: ObjectID
    /// Text of its lock, which names the process that made it.
    package let lock: String
    /// Files that set-up put there, with the SHA-256 of their content.
    package internal(set) var provided: [String: String]
    /// Paths that the tree uses together with the main worktree: nothing below them is anyone's work.
    package internal(set) var shared: [String]
    /// What it has for itself; nil for a tree that was never set up.
    package internal(set) var lease: TreeLease?
    /// Key of the tree whose folder it got; nil when all of it was made anew.
    package var reused: String?
}

extension TreeRecord: Recorded {
    /// The form that the ledger keeps.
    package var json: JSON {
        [
            "name": .string(name), "key": .string(key), "task": .optional(task?.description),
            "path": .string(path.description), "registration": .string(registration),
            "branch": .optional(branch), "base": .string(base.description), "lock": .string(lock),
            "provided": .object(
                JSON.Members(
                    provided.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "shared": .array(shared.map { .string($0) }), "lease": lease?.json ?? .null,
            "reused": .optional(reused),
        ]
    }

    init?(json: JSON) {
        guard let path = AbsolutePath(json.text("path")), let base = json.object("base") else {
            return nil
        }
        let provided = json["provided"]?.objectValue?.pairs.compactMap { pair in
            pair.value.stringValue.map { (pair.key, $0) }
        }
        self.init(
            name: json.text("name"), key: json.text("key"),
            task: json["task"]?.stringValue.flatMap { TaskID($0) },
            path: path, registration: json.text("registration"),
            branch: json["branch"]?.stringValue, base: base, lock: json.text("lock"),
            provided: Dictionary(provided ?? [], uniquingKeysWith: { first, _ in first }),
            shared: (json["shared"]?.arrayValue ?? []).compactMap(\.stringValue),
            lease: json["lease"].flatMap { TreeLease(json: $0) },
            reused: json["reused"]?.stringValue)
    }
}

/// Result of making a tree.
enum TreeMade: Recorded {
    case made(TreeRecord)
    /// The message names the stage that failed.
    case failed(FailureReason)

    var json: JSON {
        switch self {
        case .made(let tree): ["tree": tree.json]
        case .failed(let reason): ["failed": reason.json]
        }
    }

    init?(json: JSON) {
        if let tree = json["tree"].flatMap({ TreeRecord(json: $0) }) {
            self = .made(tree)
        } else if let reason = json["failed"].flatMap({ FailureReason(json: $0) }) {
            self = .failed(reason)
        } else {
            return nil
        }
    }
}
