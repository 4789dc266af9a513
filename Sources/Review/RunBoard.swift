package import Base
package import Coordination
import Merging
import Tasks

/// How a run stands, kept up to date by its events, in lines for a terminal.
package struct RunBoard: Sendable {
    private var order: [TaskID] = []
    private var tasks: [TaskID: Line] = [:]
    private var phase = ""
    private let started: Timestamp

    private struct Line {
        var state = TaskState.initial
        var note = ""
        var since: Timestamp
        var log: AbsolutePath?
        var activity: AgentActivity?
        /// What was last told of the activity in a line of its own.
        var told = ""
    }

    /// An empty board; tasks are known from the event that the run began.
    package init(started: Timestamp) { self.started = started }

    /// Logs of the workers that run now: their last lines are shown.
    package var logs: [TaskID: AbsolutePath] {
        tasks.filter { $0.value.state.isRunning }.compactMapValues(\.log)
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
            var line = tasks[id] ?? Line(since: now)
            if line.state.isRunning != state.isRunning { line.since = now }
            (line.state, line.note) = (state, note)
            tasks[id] = line
            let done = tasks.values.count { $0.state.isTerminal }
            return
                "[\(done)/\(order.count)] \(id, .bold) \(state.status.rawValue)\(note.isEmpty ? "" : ": " + note)"
        case .worker(let id, let log):
            tasks[id]?.log = log
            return "\(id, .bold) works, log \(log)"
        case .agent(let id, let activity):
            tasks[id]?.activity = activity
            // Each step once; what is said in between is in the log.
            let words = RunBoard.words(activity)
            guard activity.step != nil, tasks[id]?.told != words else { return "" }
            tasks[id]?.told = words
            return "\(id, .bold) \(words)"
        default:
            let text = RunBoard.words(event)
            phase = text.plain
            return text
        }
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
        let done = tasks.values.count { $0.state.isTerminal }
        let running = tasks.values.count { $0.state.isRunning }
        var out: [StyledText] = [
            "\("\(done)/\(order.count)", .bold) tasks done, \(running) running, \(Text.elapsed(seconds: now.seconds(since: started)))"
        ]
        let width = order.map { Text.width($0.description) }.max() ?? 0
        for id in order {
            guard let line = tasks[id] else { continue }
            let name = Text.pad(id.description, to: width)
            if line.state.isRunning {
                let elapsed = Text.elapsed(seconds: now.seconds(since: line.since))
                let doing = line.activity.map { RunBoard.words($0) + "  " } ?? ""
                let last = line.activity?.line ?? tails[id] ?? ""
                out.append("  \("▸", .cyan) \(name)  \(elapsed)  \(doing)\(last, .dim)")
            } else if line.state.isTerminal {
                out.append("  \(RunBoard.mark(line.state)) \(name)  \(line.note)")
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

    private static func mark(_ state: TaskState) -> StyledText {
        switch state {
        case .completed: "\("✓", .green)"
        case .failed: "\("✗", .red)"
        case .killed: "\("■", .red)"
        case .skipped: "\("–", .yellow)"
        case .pending, .running: "\("·", .dim)"
        }
    }
}
