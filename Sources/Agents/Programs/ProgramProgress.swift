import Base

/// Turns what an agent program does into what those see who watch any worker. Pure.
package struct ProgramProgress: Sendable {
    private let turnsBefore: Int
    private var text = LineFeed()
    private var thinking = LineFeed()
    private var running: [ToolStep] = []

    /// A process of a program begins.
    ///
    /// - Parameter turnsBefore: Answers of earlier processes.
    package init(turnsBefore: Int = 0) { self.turnsBefore = turnsBefore }

    /// What an event shows: whole lines, calls with what they work on.
    package mutating func take(_ event: ProgramEvent) -> [AgentProgress] {
        switch event {
        case .text(let piece): return flushThinking() + lines(text.add(piece)).map { .text($0) }
        case .thinking(let piece):
            return flushText() + lines(thinking.add(piece)).map { .thinking($0) }
        case .turn(let number): return finish() + [.turnStarted(turnsBefore + number)]
        case .call(let call):
            let step = ToolStep(call)
            running.append(step)
            if running.count > 64 { running.removeFirst() }
            return finish() + [.toolStarted(step)]
        case .result(let result):
            guard let index = running.lastIndex(where: { $0.id == result.callID }) else {
                return finish()
            }
            return finish() + [.toolEnded(running.remove(at: index), isError: result.isError)]
        case .used(let usage): return [.used(usage)]
        case .retrying(let retry):
            text.reset()
            thinking.reset()
            return [.retrying(retry)]
        case .rest: return finish()
        case .session, .denied, .noise: return []
        }
    }

    /// The lines that have no end yet.
    package mutating func finish() -> [AgentProgress] { flushThinking() + flushText() }

    private mutating func flushText() -> [AgentProgress] {
        lines(text.finish()).map { .text($0) }
    }

    private mutating func flushThinking() -> [AgentProgress] {
        lines(thinking.finish()).map { .thinking($0) }
    }

    /// A line of a program may be megabytes long; what the feed broke itself is whole.
    private func lines(_ whole: [String]) -> [String] {
        let most = 2 * LineFeed.limit
        return whole.map { $0.utf8.count > most ? String($0.prefix(most)) : $0 }
    }
}
