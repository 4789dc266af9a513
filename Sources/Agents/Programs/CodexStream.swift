import Base
import HTTP

/// Reads Codex's `exec --json`.
///
/// It tells no answers apart and no costs. Tokens are those of the whole session, earlier processes included.
struct CodexStream: ProgramStream {
    private let earlier: ModelUsage
    private var session: String?
    private var used = AgentUsage()
    private var turn = ItemTurns()
    private var text = ""
    private var denials = 0
    /// What it said went wrong, unless it went on afterwards.
    private var failure: String?
    private var last: Last = .nothing

    /// How far it has come.
    private enum Last: Hashable, Sendable {
        case nothing
        case working
        case completed
        case failed
    }

    /// Nothing read yet.
    ///
    /// - Parameter earlier: Tokens that earlier processes of the same session used.
    init(earlier: ModelUsage = ModelUsage()) {
        self.earlier = earlier
        used.isCostKnown = false
    }

    mutating func take(_ line: ArraySlice<UInt8>) -> [ProgramEvent] {
        guard let body = JSON(line: line) else { return ProgramEvent.noise(of: line) }
        let type = body["type"]?.stringValue ?? ""
        switch type {
        case "thread.started":
            guard let id = body["thread_id"]?.said, id != session else { return [] }
            session = id
            last = .working
            return [.session(id: id, model: nil, version: nil)]
        case "turn.started":
            last = .working
            turn.end()
            return []
        case "turn.completed":
            last = .completed
            failure = nil
            used.tokens = tokens(body["usage"])
            return [.used(turn.counted(used)), .rest]
        case "turn.failed":
            last = .failed
            failure = body["error"]?["message"]?.said ?? failure ?? ""
            return [.rest]
        case "error": return error(body["message"]?.said ?? "")
        default:
            guard type.hasPrefix("item."), let item = body["item"] else { return [] }
            return self.item(item, isDone: type == "item.completed", isNew: type == "item.started")
        }
    }

    private mutating func error(_ message: String) -> [ProgramEvent] {
        guard let retry = CodexStream.retry(message) else {
            failure = ProgramFault.short(message)
            last = .failed
            return []
        }
        return [.retrying(retry)]
    }

    /// `Reconnecting... 1/5 (why)`.
    private static func retry(_ message: String) -> ModelEvent.Retry? {
        let start = "Reconnecting... "
        guard message.hasPrefix(start) else { return nil }
        let rest = message.dropFirst(start.count)
        let numbers = rest.prefix { $0 != " " }.split(separator: "/").map { Int($0) ?? 0 }
        guard numbers.count == 2 else { return nil }
        let why = rest.drop { $0 != "(" }.dropFirst().dropLast()
        return ModelEvent.Retry(
            of: "codex", model: nil, attempt: min(max(numbers[0], 0), 1000),
            tries: min(max(numbers[1], 0), 1000) + 1, wait: .zero,
            kind: ProgramFault.kind(saying: String(why))?.service ?? .transport(.other),
            message: ProgramFault.short(why))
    }

    private mutating func item(_ item: JSON, isDone: Bool, isNew: Bool) -> [ProgramEvent] {
        if last != .completed { last = .working }
        let type = item["type"]?.stringValue
        switch type {
        case "agent_message":
            guard isDone, let said = item["text"]?.said else { return [] }
            failure = nil
            text = said
            return turn.begin() + [.paragraph(said)]
        case "reasoning":
            guard isDone, let said = item["text"]?.said else { return [] }
            return turn.begin() + [.thinking(said.utf8.last == 10 ? said : said + "\n")]
        case "error":
            // A warning: the fault that ends a turn comes as an event of its own.
            return isDone
                ? (item["message"]?.said).map { [.noise(ProgramFault.short($0))] } ?? [] : []
        default:
            guard isDone || isNew, let step = CodexStep(item) else { return [] }
            var events = turn.begin()
            if turn.isNew(step.call.id) { events.append(.call(step.call)) }
            guard isDone else { return events }
            turn.end(step.call.id)
            if step.isDeclined {
                denials += 1
                events.append(.denied(step.call.name))
            }
            return events + [.result(step.result)]
        }
    }

    private func tokens(_ body: JSON?) -> ModelUsage {
        var all = ModelUsage()
        let input = body?["input_tokens"]?.count ?? 0
        // Both are part of the input.
        all.cacheRead = min(body?["cached_input_tokens"]?.count ?? 0, input)
        all.cacheWrite = min(
            body?["cache_write_input_tokens"]?.count ?? 0, input - all.cacheRead)
        all.input = input - all.cacheRead - all.cacheWrite
        all.output = body?["output_tokens"]?.count ?? 0
        all.thinking = min(body?["reasoning_output_tokens"]?.count ?? 0, all.output)
        // A program that began to count anew tells of this process alone.
        let isWhole = all.totalInput >= earlier.totalInput && all.output >= earlier.output
        return isWhole ? all.less(earlier) : all
    }

    func outcome(_ exit: ProgramExit, errors: String) -> ProgramOutcome {
        ProgramOutcome(
            fault(exit, errors: errors), text: text, usage: turn.counted(used), denials: denials,
            session: session)
    }

    private func fault(_ exit: ProgramExit, errors: String) -> ProgramFault? {
        switch last {
        case .failed where !exit.isInterruption:
            let words = failure ?? ""
            let kind = ProgramFault.kind(saying: words) ?? ProgramFault.kind(saying: errors)
            return ProgramFault(
                kind ?? .exit(exit), words.isEmpty ? ProgramFault.words(errors) : words)
        case .completed:
            guard exit != .status(0) else { return nil }
            return ProgramFault(
                exit.isInterruption ? .interrupted : .exit(exit), ProgramFault.words(errors))
        case .nothing, .working, .failed:
            return ProgramFault.ending(exit, errors: errors, hasBegun: last != .nothing)
                ?? ProgramFault(.cut, ProgramFault.words(errors))
        }
    }
}
