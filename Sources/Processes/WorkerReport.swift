package import Base
import CSystem

/// How a process ended.
package enum Ending: Hashable, Sendable {
    /// By itself, with this status.
    case exited(Int32)
    /// By itself or by somebody else, from this signal.
    case signaled(Int32)
    /// Its time was up.
    case timedOut
    /// It was asked to stop.
    case stopped
    /// It never ran: the `errno` of the folder or the program.
    case couldNotStart(Int32)
    /// Whoever watched it was killed, and it was ended for that reason.
    case orphaned

    /// True for an exit with status 0.
    package var isSuccess: Bool { self == .exited(0) }
}

/// What is known of a worker that has ended, everything that it started included.
package struct WorkerReport: Hashable, Sendable {
    /// How the main process ended, or why all were ended.
    package let ending: Ending
    /// Bytes of output that the log had no room for.
    package let droppedBytes: Int
    /// Processes that had to be ended after the main one.
    package let leftovers: Int
    /// When the supervisor started the main process.
    package let started: Timestamp
    /// When the main process had ended; its leftovers may have taken longer.
    package let ended: Timestamp

    /// A report as a supervisor would give it.
    package init(
        ending: Ending, droppedBytes: Int = 0, leftovers: Int = 0, started: Timestamp,
        ended: Timestamp
    ) {
        self.ending = ending
        self.droppedBytes = droppedBytes
        self.leftovers = leftovers
        self.started = started
        self.ended = ended
    }

    init(_ ending: wt_ending) {
        self.init(
            ending: Ending(kind: ending.kind, number: ending.number),
            droppedBytes: Int(ending.dropped), leftovers: Int(ending.leftovers),
            started: Timestamp(milliseconds: ending.started),
            ended: Timestamp(milliseconds: ending.ended))
    }
}

extension Ending {
    init(kind: Int32, number: Int32) {
        switch wt_kind(UInt32(bitPattern: kind)) {
        case WT_EXITED: self = .exited(number)
        case WT_SIGNALED: self = .signaled(number)
        case WT_TIMED_OUT: self = .timedOut
        case WT_STOPPED: self = .stopped
        case WT_COULD_NOT_START: self = .couldNotStart(number)
        default: self = .orphaned
        }
    }

    init?(name: Substring, number: Int32) {
        switch name {
        case "exited": self = .exited(number)
        case "signaled": self = .signaled(number)
        case "timedOut": self = .timedOut
        case "stopped": self = .stopped
        case "couldNotStart": self = .couldNotStart(number)
        case "orphaned": self = .orphaned
        default: return nil
        }
    }
}

extension WorkerReport {
    /// Reads the text of a status file: the kind with its number, then a name and a number a line.
    init?(statusFile text: String) {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        guard let first = lines.first, first.count == 2, let number = Int32(first[1]),
            let ending = Ending(name: first[0], number: number)
        else { return nil }
        var values: [Substring: Int64] = [:]
        for line in lines.dropFirst() {
            guard line.count == 2, let value = Int64(line[1]) else { return nil }
            values[line[0]] = value
        }
        guard let dropped = values["dropped"], let leftovers = values["leftovers"],
            let started = values["started"], let ended = values["ended"]
        else { return nil }
        self.init(
            ending: ending, droppedBytes: Int(dropped), leftovers: Int(leftovers),
            started: Timestamp(milliseconds: started), ended: Timestamp(milliseconds: ended))
    }
}
