package import Base
package import Git
import Merging

/// What became of one branch in the merge.
package struct MergeStep: Hashable, Sendable {
    /// How a branch came into the result, or that it did not.
    package enum Kind: String, Hashable, Sendable {
        /// Merged without a conflict.
        case merged
        /// Merged after its conflicts were resolved.
        case resolved
        /// Another branch that was merged already holds it.
        case contained
        case excluded
    }

    /// Task or branch name.
    package let name: String
    /// Decides what the other members mean.
    package let kind: Kind
    /// The tip after this step; the one before for `contained` and `excluded`.
    package let tip: ObjectID
    /// Why it was left out; empty otherwise.
    package let reason: String
    /// One per conflicting place; empty unless resolved.
    package let resolutions: [Resolution]

    /// How one region was resolved.
    package struct Resolution: Hashable, Sendable {
        /// The place, such as `src/menu.sh:12-14`.
        package let region: String
        /// Who answered for it.
        package let by: By
        /// Added lines of what was merged before that are still there.
        package let keptOurs: Int
        /// Added lines of the branch that are still there.
        package let keptTheirs: Int
        /// Lines left out with a reason.
        package let explained: Int

        /// `mechanical` is keep-both.
        package enum By: String, Hashable, Sendable { case identical, mechanical, verifier }
    }
}

/// Result of one check on one tree.
package struct CheckResult: Hashable, Sendable {
    /// `error`: it could not be run, which says nothing of the work.
    package enum Status: String, Hashable, Sendable { case passed, failed, error, skipped }

    /// The check's name in the plan.
    package let name: String
    /// Of the last try: a failing check is run twice.
    package let status: Status
    /// Exit code; nil when it did not exit by itself.
    package let exit: Int?
    /// Of the last try.
    package let seconds: Double
    /// Path of its log.
    package let log: String

    /// A row of `checks` in `treeguild.run/1`.
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
    /// `preserved`: removed, with what would have been lost under a ref.
    package enum Action: String, Hashable, Sendable { case removed, kept, preserved }

    /// A task, or the role of a tree.
    package let name: String
    /// What was done with the folder.
    package let action: Action
    /// For people; never empty.
    package let reason: String
    /// Where preserved work is; nil when there was none.
    package let ref: String?

    /// A row of `cleanup` in `treeguild.run/1`.
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
    /// Whole ref name.
    package let branch: String
    /// Commits that the base has not.
    package let commits: Int
    /// Files that differ from the base.
    package let files: Int
    /// Added lines, binary files left out.
    package let insertions: Int
    /// Removed lines, binary files left out.
    package let deletions: Int
    /// What the worker says of its work.
    package let summary: String

    /// False when the branch is still at its base.
    package var isChanged: Bool { head != base }
}
