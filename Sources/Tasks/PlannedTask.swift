package import Base

/// One piece of work of a plan.
package struct PlannedTask: Hashable, Sendable {
    /// Unique in the plan.
    package let id: TaskID
    /// A few words for people; nil shows the ID.
    package var title: String?
    /// The assignment.
    package var work: TaskWork
    /// The task's scope; empty is undeclared and collides with nothing.
    package var touches: [Glob] = []
    /// Tasks that must be completed first, and whose work this one starts from.
    package var after: [TaskID] = []
    /// Research: makes no branch, so it runs beside anything.
    package var reads = false
    /// Workers on the same assignment, of whose results the best is taken.
    package var attempts = 1
    /// Times that a failed task is tried again.
    package var retries = 0
    /// Nil is no limit.
    package var timeout: Duration?
    /// Nil is the plan's choice.
    package var agent: AgentChoice?
    /// What its model workers may use together, beside the plan's own limits.
    package var budget = Budget()
    /// Variables besides the plan's; the same name replaces.
    package var environment: [String: String] = [:]

    /// A task with the defaults of everything else.
    package init(id: TaskID, work: TaskWork) {
        self.id = id
        self.work = work
    }

    /// True when both change files and some path is in the scope of both.
    package func collides(with other: PlannedTask) -> Bool {
        !reads && !other.reads
            && touches.contains { mine in other.touches.contains { mine.overlaps($0) } }
    }
}

/// What a worker is told to do.
package enum TaskWork: Hashable, Sendable {
    /// The assignment, for an agent.
    case prompt(String)
    /// A shell command, for no agent.
    case command(String)
}

/// Who does a piece of work.
package enum AgentChoice: Hashable, Sendable {
    /// A known agent or a definition.
    case named(String)
    /// A shell command that finds its assignment in the file that its environment names.
    case command(String)
    /// For verifying only: keeps both sides of regions where both insert.
    case keepBoth

    /// The name of ``keepBoth`` in plans and options.
    package static let keepBothName = "keep-both"
    /// In place of an agent: every task brings a command of its own.
    package static let commandName = "command"

    /// Takes a name as a plan or an option spells it; nil when it cannot be one.
    package init?(parsing text: String) {
        if text == AgentChoice.keepBothName {
            self = .keepBoth
        } else if PlanName.isValid(text) {
            self = .named(text)
        } else {
            return nil
        }
    }
}

/// The grammars of names in plans.
enum PlanName {
    /// True for `[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}`: names of agents and checks.
    static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...63).contains(bytes.count), let first = bytes.first else { return false }
        return (isLetter(first) || isDigit(first))
            && bytes.allSatisfy {
                isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            }
    }

    /// True for `[A-Za-z_][A-Za-z0-9_]*`.
    static func isVariable(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    /// True for variables that the program sets or removes itself.
    static func isReservedVariable(_ text: String) -> Bool {
        text.hasPrefix("GIT_") || text.hasPrefix("TREEGUILD_")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
