package import Base
package import Merging
package import Tasks

/// Something that happened in a run, for those who watch it.
package enum RunEvent: Sendable {
    /// The run began, or went on after an interruption.
    case began(tasks: [TaskID], base: String, resumed: Bool)
    /// A task changed its state; `note` says more in a few words.
    case task(TaskID, TaskState, note: String)
    /// A task's worker runs, with its log.
    case worker(TaskID, log: AbsolutePath)
    /// What a task's model worker is doing.
    case agent(TaskID, AgentActivity)
    case overlap(OverlapReport)
    /// A branch was merged, resolved or left out.
    case merge(name: String, MergeStep.Kind, done: Int, of: Int)
    /// A verifier works on a branch's conflicts, with its log.
    case verifier(name: String, regions: Int, log: AbsolutePath)
    case check(name: String, status: CheckResult.Status?, seconds: Double)
    case cleanup(TreeFate)
    /// Ending was asked for: what is going on now.
    case stopping(StopLevel)
    case note(String)
}

/// How hard the end was asked for.
package enum StopLevel: Int, Sendable, Comparable {
    case none
    /// No new work; what runs may end.
    case drain
    /// Workers are ended.
    case stop

    package static func < (a: StopLevel, b: StopLevel) -> Bool { a.rawValue < b.rawValue }
}
