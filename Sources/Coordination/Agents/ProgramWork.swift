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
}

/// What one process of a program is told.
struct ProgramTold: Sendable {
    /// What it goes on with; nil to begin.
    let session: String?
    /// What was said to its worker since.
    let messages: [String]
    private let assignment: String

    /// Something that it knows nothing of has ended it.
    private static let resumption =
        "You were interrupted. Look at what is there, and go on with your assignment until it is done."

    init(_ assignment: String, session: String?, messages: [String]) {
        self.assignment = assignment
        self.session = session
        self.messages = messages
    }

    /// All of it as one text.
    var text: String {
        let said = messages.joined(separator: "\n\n")
        if session != nil { return said.isEmpty ? Self.resumption : said }
        guard !said.isEmpty else { return assignment }
        return assignment
            + "\n\nWhat was done for this before lies in the folder. Since then you were told:\n\n"
            + said
    }

    /// The same for the transcript, one message after another.
    var entries: [(text: String, origin: TranscriptEntry.Origin)] {
        let said = messages.map { ($0, TranscriptEntry.Origin.mailbox) }
        if session == nil { return [(assignment, .assignment)] + said }
        return said.isEmpty ? [(Self.resumption, .resume)] : said
    }
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
