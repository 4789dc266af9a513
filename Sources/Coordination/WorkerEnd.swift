import Base
import Processes
import Tasks

/// How a worker's process ended, as recorded.
struct WorkerEnd: Recorded {
    /// Who ended it, if it did not end by itself.
    enum Cause: String, Sendable { case itself, task, run }

    let ending: Ending
    let cause: Cause
    let seconds: Double
    let droppedBytes: Int
    /// Processes it left behind, which were ended.
    let leftovers: Int
    /// What it changed of the user's repository.
    private(set) var escaped: [String] = []
    /// It failed, and its log speaks of denied writes in a sandbox.
    private(set) var wasDenied = false
    /// What a model worker says of its end; nil for a command.
    private(set) var agent: AgentEnd?

    /// With what was found of it after its end.
    func blamed(for paths: [String], deniedBySandbox: Bool) -> WorkerEnd {
        var end = self
        end.escaped = paths
        end.wasDenied = deniedBySandbox
        return end
    }

    init(_ report: WorkerReport, cause: Cause) {
        ending = report.ending
        self.cause = cause
        seconds = report.ended.seconds(since: report.started)
        droppedBytes = report.droppedBytes
        leftovers = report.leftovers
    }

    /// For a model worker, which has no process of its own.
    init(_ agent: AgentEnd, seconds: Double, wasStopped: Bool) {
        ending =
            wasStopped
            ? .stopped : agent.isTimeout ? .timedOut : .exited(agent.isSuccess ? 0 : 1)
        cause = wasStopped ? .task : .itself
        self.seconds = seconds
        droppedBytes = 0
        leftovers = 0
        self.agent = agent
    }

    /// For a worker of which nobody knows how it ended.
    static let lost = WorkerEnd(
        WorkerReport(
            ending: .orphaned, droppedBytes: 0, leftovers: 0,
            started: Timestamp(milliseconds: 0), ended: Timestamp(milliseconds: 0)),
        cause: .run)

    /// For a worker that could not even be supervised; `code` is an `errno`.
    static func notStarted(_ code: Int32) -> WorkerEnd {
        WorkerEnd(
            WorkerReport(
                ending: .couldNotStart(code), droppedBytes: 0, leftovers: 0, started: .now,
                ended: .now),
            cause: .itself)
    }

    var isSuccess: Bool { ending.isSuccess && escaped.isEmpty }
    /// It did not end by itself but with its run, so it is to be run again.
    var isInterrupted: Bool { ending == .orphaned || (ending == .stopped && cause == .run) }
    var wasStopped: Bool { ending == .stopped && cause == .task }

    /// A stable word for a failure.
    var code: String {
        switch ending {
        case .exited: "exit"
        case .signaled: "signal"
        case .timedOut: "timeout"
        case .stopped: "stopped"
        case .couldNotStart: "could_not_start"
        case .orphaned: "orphaned"
        }
    }

    /// The failure as the task's state keeps it.
    var failure: FailureReason {
        if !escaped.isEmpty { return FailureReason(.escaped, message) }
        if let agent, !agent.isTimeout {
            return FailureReason(agent.isBudget ? .budget : .agent, message)
        }
        let code: FailureCode =
            switch ending {
            case .exited: .exit
            case .signaled, .stopped, .orphaned: .signal
            case .timedOut: .timeout
            case .couldNotStart: .start
            }
        return FailureReason(code, message)
    }

    /// A failure in a few words.
    var message: String {
        if !escaped.isEmpty {
            return "changed the repository outside its tree: \(Crossing.words(escaped))"
        }
        if let agent { return agent.message }
        return switch ending {
        case .exited(let status) where wasDenied:
            "exit status \(status); its log tells of denied access, and the sandbox was on: "
                + "sandbox.write in the plan grants a place, --no-sandbox switches it off"
        case .exited(let status): "exit status \(status)"
        case .signaled(let signal): "ended by signal \(signal)"
        case .timedOut: "timed out after \(Text.elapsed(seconds: seconds))"
        case .stopped: "stopped"
        case .couldNotStart(let code) where SandboxFailure(startCode: code) != nil:
            "could not start: \(SandboxFailure(startCode: code)?.words ?? "")"
        case .couldNotStart(let code):
            "could not start: \(FileError("start", "", code: code).reason)"
        case .orphaned: "treeguild itself was ended"
        }
    }

    var json: JSON {
        let number: Int? =
            switch ending {
            case .exited(let status): Int(status)
            case .signaled(let signal): Int(signal)
            case .couldNotStart(let code): Int(code)
            default: nil
            }
        return [
            "ending": .string(code), "number": number.map { .int($0) } ?? .null,
            "cause": .string(cause.rawValue), "seconds": .double(seconds),
            "dropped_bytes": .int(droppedBytes), "leftovers": .int(leftovers),
            "escaped": .array(escaped.map { .string($0) }), "denied": .bool(wasDenied),
            "agent": agent?.json ?? .null,
        ]
    }

    init?(json: JSON) {
        let number = Int32(clamping: json.count("number"))
        let endings: [String: Ending] = [
            "exit": .exited(number), "signal": .signaled(number), "timeout": .timedOut,
            "stopped": .stopped, "could_not_start": .couldNotStart(number), "orphaned": .orphaned,
        ]
        guard let ending = endings[json.text("ending")],
            let cause = Cause(rawValue: json.text("cause"))
        else { return nil }
        self.ending = ending
        self.cause = cause
        seconds = json["seconds"]?.doubleValue ?? 0
        droppedBytes = json.count("dropped_bytes")
        leftovers = json.count("leftovers")
        escaped = (json["escaped"]?.arrayValue ?? []).compactMap(\.stringValue)
        wasDenied = json["denied"]?.boolValue ?? false
        agent = json["agent"].flatMap { AgentEnd(json: $0) }
    }
}

extension SandboxFailure {
    /// What could not be made, and why.
    var words: String {
        let what =
            switch part {
            case .limits: "its limits"
            case .namespaces: "its namespaces"
            case .network: "its network"
            case .mounts: "its view of the files"
            case .landlock: "its rights on files"
            }
        return "the sandbox cannot set \(what): \(FileError("sandbox", "", code: code).reason)"
    }
}
