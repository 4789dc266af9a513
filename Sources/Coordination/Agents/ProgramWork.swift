import Agents
import Base
import Processes

/// What one agent program is to do, and where.
struct ProgramWork: Sendable {
    /// For people and budgets: the task's name, or that of the branch to be resolved.
    let name: String
    let profile: ProgramProfile
    /// What it is told first, which stands for itself.
    let text: String
    let place: ProgramLaunch.Place
    let sandbox: Sandbox?
    let files: Files
    let timeout: Duration?
    /// Whose budgets pay.
    let owners: [String]
    /// Bytes of its log that are kept.
    let logLimit: Int

    /// Where it is recorded.
    struct Files: Sendable {
        /// All that it writes, as it wrote it but for secrets.
        let log: AbsolutePath
        /// What it writes to standard error.
        let errors: AbsolutePath
        /// How its process ended.
        let status: AbsolutePath
        let transcript: AbsolutePath
        /// What resumes it.
        let record: AbsolutePath
    }

    /// What it is told when it goes on after an interruption that it knows nothing of.
    static let resumption =
        "You were interrupted. Look at what is there, and go on with your assignment until it is done."
}

/// What came of an agent program.
struct ProgramEnd: Sendable {
    enum Ending: Sendable, Equatable {
        case finished
        case failed(ProgramFault)
        case budget(BudgetRefusal)
        /// It was silent and idle for so long.
        case stalled(Duration)
        case timeout(Duration)
        /// Messages that it never read, because it cannot be resumed; else it finished.
        case unread(Int)
        /// Somebody stopped it.
        case cancelled
        /// It could not even begin, in words.
        case notStarted(String)
        /// Its record cannot be written, so nothing may be done.
        case unrecorded(FileError)

        /// It ended in the middle without a reason of its own: somebody killed it, or it crashed.
        var isBreak: Bool {
            guard case .failed(let fault) = self else { return false }
            return fault.kind == .interrupted || fault.kind == .cut
        }
    }

    var ending: Ending
    /// The last that it said.
    var text = ""
    var usage = AgentUsage()
    var denials = 0
}
