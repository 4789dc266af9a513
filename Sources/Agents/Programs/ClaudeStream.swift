import Base

/// Reads Claude Code's `stream-json`, whole messages or parts of them.
///
/// A process that takes messages says `result` after each. What its sub-agents say stays theirs; what they use
/// counts.
struct ClaudeStream: ProgramStream {
    private var session: String?
    private var model: String?
    /// What is settled by `result` lines.
    private var settled = AgentUsage()
    /// What came since the last `result`.
    private var open = AnswerUsage()
    private var turns = 0
    private var calls = 0
    private var denied: [String] = []
    private var denials = 0
    private var text = ""
    /// The answer whose text came in parts already.
    private var streamed: String?
    /// The type of the block whose parts are coming.
    private var part: String?
    private var apiFault: ProgramFault?
    private var resetsAt: Timestamp?
    private var now: Timestamp?
    private var last: Last = .nothing

    /// How far it has come.
    private enum Last: Hashable, Sendable {
        case nothing
        case working
        case rested(ProgramFault?)
    }

    /// Nothing read yet.
    init() {}

    mutating func take(_ line: ArraySlice<UInt8>) -> [ProgramEvent] {
        guard let body = JSON(line: line) else { return ProgramEvent.noise(of: line) }
        if let time = body["timestamp"]?.stringValue, let read = Timestamp(plain: time) {
            now = read
        }
        switch body["type"]?.stringValue {
        case "system": return system(body)
        case "assistant": return assistant(body)
        case "user": return results(body)
        case "stream_event": return partial(body)
        case "result": return result(body)
        case "rate_limit_event":
            let info = body["rate_limit_info"]
            if info?["status"]?.stringValue == "rejected" {
                resetsAt = info?["resetsAt"]?.doubleValue.flatMap(Timestamp.init(epoch:))
            }
            return []
        default: return []
        }
    }

    private mutating func system(_ body: JSON) -> [ProgramEvent] {
        switch body["subtype"]?.stringValue {
        case "init":
            guard let id = body["session_id"]?.said else { return [] }
            let isNew = session != id
            session = id
            model = body["model"]?.said
            last = .working
            let version = body["claude_code_version"]?.said
            return isNew ? [.session(id: id, model: model, version: version)] : []
        case "api_retry":
            let word = body["error"]?.said ?? ""
            let status = body["error_status"]?.intValue
            return [
                .retrying(
                    ModelEvent.Retry(
                        of: "claude", model: model, attempt: body["attempt"]?.count ?? 0,
                        tries: min(body["max_retries"]?.count ?? 0, 1000) + 1,
                        wait: body["retry_delay_ms"]?.wait ?? .zero,
                        kind: ClaudeStream.kind(status, word), message: word, status: status))
            ]
        case "permission_denied":
            return deny(body["tool_name"]?.said ?? "?", id: body["tool_use_id"]?.said)
        default: return []
        }
    }

    private mutating func deny(_ tool: String, id: String?) -> [ProgramEvent] {
        if let id {
            guard !denied.contains(id) else { return [] }
            denied.append(id)
            if denied.count > 64 { denied.removeFirst() }
        }
        denials += 1
        return [.denied(tool)]
    }

    private mutating func assistant(_ body: JSON) -> [ProgramEvent] {
        guard let message = body["message"], message.objectValue != nil else { return [] }
        if body["is_api_error_message"]?.boolValue == true
            || message["model"]?.stringValue == "<synthetic>"
        {
            // The program's own words, which end the turn.
            let words = ClaudeStream.texts(message).joined(separator: "\n")
            let status = body["api_error_status"]?.intValue
            let saying = status == nil ? ProgramFault.kind(saying: words)?.service : nil
            let kind = saying ?? ClaudeStream.kind(status, body["error"]?.said ?? "unknown")
            apiFault = ProgramFault(.service(kind), ProgramFault.short(words))
            return []
        }
        apiFault = nil
        last = .working
        let isMain = body["parent_tool_use_id"]?.said == nil
        let id = message["id"]?.said ?? "?"
        let isNew = open.report(id, ClaudeStream.usage(message["usage"]))
        guard isMain else { return isNew ? [.used(usage)] : [] }
        var events: [ProgramEvent] = []
        if isNew, streamed != id { events.append(begin()) }
        for block in message["content"]?.arrayValue ?? [] {
            events += self.block(block, isStreamed: streamed == id)
        }
        if isNew { events.append(.used(usage)) }
        return events
    }

    private mutating func begin() -> ProgramEvent {
        turns += 1
        return .turn(turns)
    }

    private mutating func block(_ block: JSON, isStreamed: Bool) -> [ProgramEvent] {
        switch block["type"]?.stringValue {
        case "text":
            guard let said = block["text"]?.said else { return [] }
            text = said
            return isStreamed ? [] : [.paragraph(said)]
        case "thinking":
            guard !isStreamed, let said = block["thinking"]?.said else { return [] }
            return [.thinking(said.utf8.last == 10 ? said : said + "\n")]
        case "tool_use", "server_tool_use":
            calls += 1
            return [
                .call(
                    ToolCall(
                        id: block["id"]?.stringValue ?? "", name: block["name"]?.said ?? "?",
                        arguments: block["input"]?.compact ?? ""))
            ]
        default: return []
        }
    }

    private mutating func results(_ body: JSON) -> [ProgramEvent] {
        guard body["parent_tool_use_id"]?.said == nil else { return [] }
        last = .working
        return (body["message"]?["content"]?.arrayValue ?? []).compactMap { block in
            guard block["type"]?.stringValue == "tool_result" else { return nil }
            return .result(
                ToolResult(
                    callID: block["tool_use_id"]?.stringValue ?? "",
                    content: ClaudeStream.content(block["content"]),
                    isError: block["is_error"]?.boolValue == true))
        }
    }

    /// One part of an answer, with `--include-partial-messages`.
    private mutating func partial(_ body: JSON) -> [ProgramEvent] {
        guard body["parent_tool_use_id"]?.said == nil, let event = body["event"] else { return [] }
        switch event["type"]?.stringValue {
        case "message_start":
            guard let id = event["message"]?["id"]?.said else { return [] }
            streamed = id
            last = .working
            let isNew = open.report(id, ClaudeStream.usage(event["message"]?["usage"]))
            return isNew ? [begin(), .used(usage)] : []
        case "content_block_delta":
            let delta = event["delta"]
            switch delta?["type"]?.stringValue {
            case "text_delta": return (delta?["text"]?.stringValue).map { [.text($0)] } ?? []
            case "thinking_delta":
                return (delta?["thinking"]?.stringValue).map { [.thinking($0)] } ?? []
            default: return []
            }
        case "content_block_start":
            part = event["content_block"]?["type"]?.stringValue
            return []
        case "content_block_stop":
            return part == "text" ? [.text("\n")] : part == "thinking" ? [.thinking("\n")] : []
        case "message_delta":
            guard let streamed else { return [] }
            _ = open.report(streamed, ClaudeStream.usage(event["usage"]))
            return [.used(usage)]
        default: return []
        }
    }

    private mutating func result(_ body: JSON) -> [ProgramEvent] {
        var events: [ProgramEvent] = []
        for denial in body["permission_denials"]?.arrayValue ?? [] {
            events += deny(denial["tool_name"]?.said ?? "?", id: denial["tool_use_id"]?.said)
        }
        settle(body)
        let fault = self.fault(body)
        if fault == nil { text = body["result"]?.said ?? text }
        last = .rested(fault)
        apiFault = nil
        return events + [.used(usage), .rest]
    }

    /// The figures of a `result` are of the process, or even of all processes of the session; the increment is the
    /// one that can be added up.
    private mutating func settle(_ body: JSON) {
        let isIncrement = body["model_usage_since_last_result"]?.objectValue != nil
        let models =
            (body["model_usage_since_last_result"] ?? body["modelUsage"])?.objectValue?.pairs ?? []
        var tokens = ModelUsage()
        var cost = 0.0
        for model in models {
            tokens = tokens.adding(ClaudeStream.modelUsage(model.value))
            cost += model.value["costUSD"]?.dollars ?? 0
        }
        if isIncrement {
            settled.tokens = settled.tokens.adding(tokens)
            settled.cost += cost
        } else {
            // An older release: figures of the whole process.
            let total = body["total_cost_usd"]?.dollars
            settled.tokens = models.isEmpty ? settled.tokens.adding(open.total) : tokens
            settled.cost = total ?? cost
            settled.isCostKnown = total != nil
        }
        open.settle()
    }

    private func fault(_ body: JSON) -> ProgramFault? {
        let subtype = body["subtype"]?.stringValue ?? ""
        guard body["is_error"]?.boolValue == true || subtype != "success" else { return nil }
        let words = ProgramFault.short(
            body["result"]?.said
                ?? (body["errors"]?.arrayValue ?? []).compactMap(\.said).joined(separator: "; "))
        let reason = body["terminal_reason"]?.stringValue ?? ""
        if subtype == "error_max_turns" { return ProgramFault(.turnLimit, words) }
        if subtype == "error_max_budget_usd" { return ProgramFault(.costLimit, words) }
        if reason.hasPrefix("aborted") {
            // Its words are for its own developers.
            return ProgramFault(.interrupted, words.hasPrefix("[ede_diagnostic]") ? "" : words)
        }
        var fault = apiFault ?? ProgramFault(.exit(.status(1)), words)
        if let status = body["api_error_status"]?.intValue {
            fault = ProgramFault(.service(ClaudeStream.kind(status, words)), words)
        } else if fault.kind.service == nil, let kind = ProgramFault.kind(saying: words) {
            fault = ProgramFault(kind, words)
        }
        if fault.kind == .service(.rateLimited), let resetsAt, let now, resetsAt > now {
            fault.retryAfter = .seconds(min(resetsAt.seconds(since: now), 604_800))
        }
        return fault
    }

    /// All that this process has used so far.
    private var usage: AgentUsage {
        var all = settled
        all.turns = turns
        all.calls = calls
        all.tokens = settled.tokens.adding(open.total)
        // What is open has a price that nobody told yet.
        if open.total != ModelUsage() { all.isCostKnown = false }
        return all
    }

    func outcome(_ exit: ProgramExit, errors: String) -> ProgramOutcome {
        ProgramOutcome(
            fault(exit, errors: errors), text: text, usage: usage, denials: denials,
            session: session, model: model)
    }

    private func fault(_ exit: ProgramExit, errors: String) -> ProgramFault? {
        switch last {
        case .rested(let fault?):
            if case .exit = fault.kind { return ProgramFault(.exit(exit), fault.message) }
            return fault
        case .rested(nil):
            // Whoever waits for the next message is ended by a signal, and has done its work.
            if exit == .status(0) || exit.isInterruption { return nil }
            return ProgramFault(.exit(exit), ProgramFault.words(errors))
        case .working, .nothing:
            return apiFault
                ?? ProgramFault.ending(exit, errors: errors, hasBegun: last == .working)
                ?? ProgramFault(.cut, ProgramFault.words(errors))
        }
    }
}
