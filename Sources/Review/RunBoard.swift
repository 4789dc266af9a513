package import Base
package import Coordination
import Merging
package import Store
import Tasks

/// How a run stands, kept up to date by its events, in lines for a terminal.
package struct RunBoard: Sendable {
    private var order: [TaskID] = []
    private var tasks: [TaskID: Line] = [:]
    private var phase = ""
    private let started: Timestamp

    private struct Line {
        var status = TaskRow.Status.pending
        var note = ""
        var since: Timestamp
        var log: AbsolutePath?
        var activity: AgentActivity?
        /// What was last told of the activity in a line of its own.
        var told = ""

        var isOver: Bool { ![.pending, .running].contains(status) }
    }

    /// An empty board; tasks are known from the event that the run began.
    package init(started: Timestamp) { self.started = started }

    /// Logs of the workers that run now: their last lines are shown.
    package var logs: [TaskID: AbsolutePath] {
        tasks.filter { $0.value.status == .running }.compactMapValues(\.log)
    }

    /// Takes an event in; returns it as a line of its own for places without a screen.
    package mutating func take(_ event: RunEvent, at now: Timestamp) -> StyledText {
        switch event {
        case .began(let ids, let base, let resumed):
            order = ids
            for id in ids { tasks[id] = Line(since: now) }
            let verb = resumed ? "resumed" : "started"
            return "run \(verb): \(Text.count(ids.count, "task")) on \(String(base.prefix(10)))"
        case .task(let id, let state, let note):
            return take(id, TaskRow.Status(state.status), note: note, at: now)
        case .worker(let id, let log):
            tasks[id]?.log = log
            return "\(id, .bold) works, log \(log)"
        case .agent(let id, let activity):
            return take(id, activity)
        default:
            let text = RunBoard.words(event)
            phase = text.plain
            return text
        }
    }

    private mutating func take(
        _ id: TaskID, _ status: TaskRow.Status, note: String, at now: Timestamp
    ) -> StyledText {
        var line = tasks[id] ?? Line(since: now)
        if (line.status == .running) != (status == .running) { line.since = now }
        (line.status, line.note) = (status, note)
        tasks[id] = line
        let done = tasks.values.count(where: \.isOver)
        return
            "[\(done)/\(order.count)] \(id, .bold) \(status.rawValue)\(note.isEmpty ? "" : ": " + note)"
    }

    private mutating func take(_ id: TaskID, _ activity: AgentActivity) -> StyledText {
        tasks[id]?.activity = activity
        // Each step once; what is said in between is in the log.
        let words = RunBoard.words(activity)
        guard activity.step != nil, tasks[id]?.told != words else { return "" }
        tasks[id]?.told = words
        return "\(id, .bold) \(words)"
    }

    /// A board of a run that another process works on; nothing of it has been taken in yet.
    package init(watching tasks: [TaskID], started: Timestamp) {
        self.init(started: started)
        order = tasks
        for id in tasks { self.tasks[id] = Line(since: started) }
    }

    /// Takes an event of the ledger in, in their order; returns it as a line, empty where it is none.
    package mutating func take(_ event: Event) -> StyledText {
        guard let id = event.task else { return "" }
        if event.kind == "agent.activity" { return take(id, AgentActivity(json: event.data)) }
        guard event.kind.hasPrefix("task."),
            let status = TaskRow.Status(rawValue: String(event.kind.dropFirst(5)))
        else { return "" }
        let row = TaskRow(
            run: event.run, task: id, status: status, data: event.data, updated: event.time)
        // The line names the status itself.
        let note = status == .completed ? RunReport.note(row).plain : RunReport.reason(row)
        return take(id, status, note: note, at: event.time)
    }

    private static func words(_ event: RunEvent) -> StyledText {
        switch event {
        case .overlap(let report):
            let pairs = report.pairs.count { $0.verdict != .clean }
            return
                "overlap: \(Text.count(report.regions.count, "region")), \(Text.count(pairs, "conflicting pair"))"
        case .merge(let name, let kind, let done, let count):
            return "merge [\(done)/\(count)] \(name): \(kind.rawValue)"
        case .verifier(let name, let regions, _):
            return "verifier works on \(Text.count(regions, "region")) of \(name)"
        case .check(let name, let status, let seconds):
            return status.map {
                "check \(name): \($0.rawValue) in \(Text.elapsed(seconds: seconds))"
            }
                ?? "check \(name) runs"
        case .cleanup(let fate): return "tree \(fate.name): \(fate.action.rawValue), \(fate.reason)"
        case .stopping(.drain):
            return "ending: no new work; workers may finish. Once more to stop them"
        case .stopping: return "stopping the workers"
        case .note(let text): return "\(text)"
        case .began, .task, .worker, .agent: return ""
        }
    }

    /// The whole board: a headline, a line per task that runs or has ended, and the phase.
    ///
    /// - Parameter tails: the last line that each running worker wrote.
    package func lines(at now: Timestamp, tails: [TaskID: String]) -> [StyledText] {
        let done = tasks.values.count(where: \.isOver)
        let running = tasks.values.count { $0.status == .running }
        var out: [StyledText] = [
            "\("\(done)/\(order.count)", .bold) tasks done, \(running) running, \(Text.elapsed(seconds: now.seconds(since: started)))"
        ]
        let width = order.map { Text.width($0.description) }.max() ?? 0
        for id in order {
            guard let line = tasks[id] else { continue }
            let name = Text.pad(id.description, to: width)
            if line.status == .running {
                let elapsed = Text.elapsed(seconds: now.seconds(since: line.since))
                let doing = line.activity.map { RunBoard.words($0) + "  " } ?? ""
                let last = line.activity?.line ?? tails[id] ?? ""
                out.append("  \("▸", .cyan) \(name)  \(elapsed)  \(doing)\(last, .dim)")
            } else if line.isOver {
                let note = line.note.isEmpty ? line.status.rawValue : line.note
                out.append("  \(RunReport.mark(line.status)) \(name)  \(note)")
            }
        }
        if !phase.isEmpty { out.append("  \(phase)") }
        return out
    }

    /// `turn 3 · Edit src/x.c · 12,000 tokens · $0.04`.
    private static func words(_ activity: AgentActivity) -> String {
        var parts = ["turn \(activity.turn)", activity.step ?? "thinks"]
        if activity.tokens > 0 { parts.append("\(activity.tokens) tokens") }
        if let cost = activity.cost, cost > 0 { parts.append(Text.dollars(cost)) }
        return parts.joined(separator: " · ")
    }
}

extension TaskRow.Status {
    init(_ status: TaskStatus) { self = TaskRow.Status(rawValue: status.rawValue) ?? .pending }
}
