import Base

/// Reads opencode's `run --format json`. Its exit says nothing: it may be 0 after an error.
struct OpencodeStream: ProgramStream {
    private var session: String?
    private var used = AgentUsage()
    private var text = ""
    private var denials = 0
    private var failure: ProgramFault?
    private var last: Last = .nothing

    /// How far it has come.
    private enum Last: Hashable, Sendable {
        case nothing
        case working
        case rested
    }

    /// Nothing read yet.
    init() {}

    mutating func take(_ line: ArraySlice<UInt8>) -> [ProgramEvent] {
        guard let body = JSON(line: line) else { return ProgramEvent.noise(of: line) }
        var events: [ProgramEvent] = []
        if session == nil, let id = body["sessionID"]?.said {
            session = id
            events.append(.session(id: id, model: nil, version: nil))
        }
        let part = body["part"] ?? .null
        switch body["type"]?.stringValue {
        case "step_start":
            last = .working
            used.turns += 1
            return events + [.turn(used.turns)]
        case "text":
            working()
            guard let said = part["text"]?.said else { return events }
            text = said
            return events + [.paragraph(said)]
        case "reasoning":
            working()
            guard let said = part["text"]?.said else { return events }
            return events + [.thinking(said.utf8.last == 10 ? said : said + "\n")]
        case "tool_use":
            working()
            return events + tool(part)
        case "step_finish": return events + finish(part)
        case "error":
            failure = OpencodeStream.fault(body["error"] ?? .null)
            return events
        default: return events
        }
    }

    private mutating func working() {
        last = .working
        failure = nil
    }

    private mutating func tool(_ part: JSON) -> [ProgramEvent] {
        let state = part["state"]
        let id = part["callID"]?.stringValue ?? ""
        let name = part["tool"]?.said ?? "?"
        used.calls += 1
        let call = ToolCall(id: id, name: name, arguments: state?["input"]?.compact ?? "")
        let isError = state?["status"]?.stringValue == "error"
        let said = state?[isError ? "error" : "output"]?.stringValue ?? ""
        let result = ToolResult(callID: id, content: [.text(said)], isError: isError)
        let words = said.lowercased()
        guard isError,
            words.contains("rejected permission")
                || words.contains("rule which prevents you from using")
        else { return [.call(call), .result(result)] }
        denials += 1
        return [.call(call), .denied(name), .result(result)]
    }

    private mutating func finish(_ part: JSON) -> [ProgramEvent] {
        let tokens = part["tokens"]
        var usage = ModelUsage()
        usage.input = tokens?["input"]?.count ?? 0
        usage.thinking = tokens?["reasoning"]?.count ?? 0
        // It counts thinking apart.
        usage.output = (tokens?["output"]?.count ?? 0) + usage.thinking
        usage.cacheRead = tokens?["cache"]?["read"]?.count ?? 0
        usage.cacheWrite = tokens?["cache"]?["write"]?.count ?? 0
        used.tokens = used.tokens.adding(usage)
        if let cost = part["cost"]?.dollars { used.cost += cost } else { used.isCostKnown = false }
        let reason = part["reason"]?.stringValue
        guard reason != "tool-calls", reason != "unknown" else {
            last = .working
            return [.used(used)]
        }
        last = .rested
        return [.used(used), .rest]
    }

    private static func fault(_ error: JSON) -> ProgramFault {
        let data = error["data"]
        let name = error["name"]?.said ?? ""
        let words = ProgramFault.short(data?["message"]?.said ?? name)
        if let status = data?["statusCode"]?.intValue, (400..<600).contains(status) {
            return ProgramFault(.service(ServiceFault.kind(status: status)), words)
        }
        if name == "ProviderAuthError" { return ProgramFault(.service(.authentication), words) }
        if name == "MessageAbortedError" { return ProgramFault(.interrupted, words) }
        return ProgramFault(ProgramFault.kind(saying: words) ?? .exit(.status(0)), words)
    }

    func outcome(_ exit: ProgramExit, errors: String) -> ProgramOutcome {
        ProgramOutcome(
            fault(exit, errors: errors), text: text, usage: used, denials: denials,
            session: session)
    }

    private func fault(_ exit: ProgramExit, errors: String) -> ProgramFault? {
        if let failure, !exit.isInterruption {
            if case .exit = failure.kind { return ProgramFault(.exit(exit), failure.message) }
            return failure
        }
        guard last == .rested else {
            return ProgramFault.ending(exit, errors: errors, hasBegun: last != .nothing)
                ?? ProgramFault(.cut, ProgramFault.words(errors))
        }
        guard exit != .status(0) else { return nil }
        return ProgramFault(
            exit.isInterruption ? .interrupted : .exit(exit), ProgramFault.words(errors))
    }
}
