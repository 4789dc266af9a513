package import Base
package import Git
import Merging

/// What became of one branch in the merge.
package struct MergeStep: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// Merged without a conflict.
        case merged
        /// Merged after its conflicts were resolved.
        case resolved
        /// Another branch that was merged already holds it.
        case contained
        case excluded
    }

    package let name: String
    package let kind: Kind
    /// The tip after this step; the one before for `contained` and `excluded`.
    package let tip: ObjectID
    /// Why it was left out; empty otherwise.
    package let reason: String
    package let resolutions: [Resolution]

    /// How one region was resolved.
    package struct Resolution: Hashable, Sendable {
        /// The place, such as `src/menu.sh:12-14`.
        package let region: String
        package let by: By
        package let keptOurs: Int
        package let keptTheirs: Int
        package let explained: Int

        package enum By: String, Hashable, Sendable { case identical, mechanical, verifier }
    }
}

/// Result of one check on one tree.
package struct CheckResult: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable { case passed, failed, error, skipped }

    package let name: String
    package let status: Status
    /// Exit code; nil when it did not exit by itself.
    package let exit: Int?
    package let seconds: Double
    package let log: String

    package var json: JSON {
        [
            "name": .string(name), "status": .string(status.rawValue),
            "exit": exit.map { .int($0) } ?? .null, "seconds": .double(seconds),
            "log": .string(log),
        ]
    }
}

/// What became of one worktree, with the reason.
package struct TreeFate: Hashable, Sendable {
    package enum Action: String, Hashable, Sendable { case removed, kept, preserved }

    package let name: String
    package let action: Action
    package let reason: String
    /// Where preserved work is; nil when there was none.
    package let ref: String?

    package var json: JSON {
        [
            "task": .string(name), "action": .string(action.rawValue),
            "reason": .string(reason), "ref": .optional(ref),
        ]
    }
}

/// What a run's collected task amounts to.
package struct TaskOutcome: Hashable, Sendable {
    /// Commit that the worker started from.
    package let base: ObjectID
    /// Tip of its branch.
    package let head: ObjectID
    package let branch: String
    package let commits: Int
    package let files: Int
    package let insertions: Int
    package let deletions: Int
    /// What the worker says of its work.
    package let summary: String

    package var isChanged: Bool { head != base }
}
