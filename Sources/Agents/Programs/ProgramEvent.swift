/// What a line of an agent program's output says, whatever the program.
package enum ProgramEvent: Hashable, Sendable {
    /// The program names its session, with which it can be resumed, and what it knows of itself.
    case session(id: String, model: String?, version: String?)
    /// A new answer of its model begins, counted from 1 within this process.
    case turn(Int)
    /// More of what it says; pieces follow each other, and a whole paragraph ends with a line feed.
    case text(String)
    /// More of what it says about its thinking, likewise.
    case thinking(String)
    /// A tool begins; programs that tell of finished calls only give the call and its result at once.
    case call(ToolCall)
    /// What a tool said.
    case result(ToolResult)
    /// All that this process of the program has used so far.
    case used(AgentUsage)
    /// Its service refused a request, and the program itself asks again.
    case retrying(ModelEvent.Retry)
    /// A call was not allowed; the tool's name.
    case denied(String)
    /// It has done what it was asked, or given up: one that takes messages now waits for the next one.
    case rest
    /// Nothing that its format knows: a warning, or garbage.
    case noise(String)
}

/// Reads what one process of an agent program writes to its standard output. Pure.
///
/// Lines of unknown types are passed over, since programs are updated often; nothing that a line holds is an error of
/// the reader.
package protocol ProgramStream: Sendable {
    /// Takes one line without its end; it need not be UTF-8, nor what the format says.
    mutating func take(_ line: ArraySlice<UInt8>) -> [ProgramEvent]

    /// What came of the process, by all that it said and by its exit; no one sign decides alone.
    ///
    /// - Parameter errors: the end of what it wrote to standard error, at most some kilobytes.
    func outcome(_ exit: ProgramExit, errors: String) -> ProgramOutcome
}

/// How a process of an agent program ended.
package enum ProgramExit: Hashable, Sendable {
    case status(Int32)
    case signal(Int32)
}

/// What came of one process of an agent program.
package struct ProgramOutcome: Hashable, Sendable {
    /// nil for success.
    package var fault: ProgramFault?
    /// The last that it said; empty for nothing.
    package var text = ""
    /// What this process used. `isCostKnown` is false where the program does not report a cost.
    package var usage = AgentUsage()
    /// Calls that were not allowed.
    package var denials = 0
    /// What resumes it; nil where it named none.
    package var session: String?
    /// The model that it named; for an estimate of the cost.
    package var model: String?

    /// A success that said nothing.
    package init() {}

    /// What a stream has found.
    init(
        _ fault: ProgramFault?, text: String, usage: AgentUsage, denials: Int = 0,
        session: String? = nil, model: String? = nil
    ) {
        self.fault = fault
        self.text = text
        self.usage = usage
        self.denials = denials
        self.session = session
        self.model = model
    }
}

/// Why an agent program did not do its work, as facts.
package struct ProgramFault: Error, Hashable, Sendable {
    /// What a caller can decide on.
    package let kind: Kind
    /// The program's own words, for people; may be empty.
    package let message: String
    /// How long its service asks to wait.
    package var retryAfter: Duration?

    /// What went wrong.
    package enum Kind: Hashable, Sendable {
        /// Its service: not logged in, limits, faults.
        case service(ModelError.Kind)
        /// Its own limit of answers is reached.
        case turnLimit
        /// Its own limit of dollars is reached.
        case costLimit
        /// A signal or its own protocol ended it in the middle.
        case interrupted
        /// It ended without saying how.
        case cut
        /// It does not run as root in this way.
        case root
        /// It wanted to ask on a terminal that is not there.
        case terminal
        /// It does not know how it was called: too old, or too new.
        case usage
        /// Anything else, with its exit.
        case exit(ProgramExit)
    }

    /// A fault with the program's own words.
    package init(_ kind: Kind, _ message: String, retryAfter: Duration? = nil) {
        self.kind = kind
        self.message = message
        self.retryAfter = retryAfter
    }
}
