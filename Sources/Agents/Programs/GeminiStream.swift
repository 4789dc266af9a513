import Base

/// Reads Gemini CLI's `stream-json`. It tells no costs.
struct GeminiStream: ProgramStream {
    private var session: String?
    private var model: String?
    private var used = AgentUsage()
    private var turn = ItemTurns()
    private var names: [(id: String, tool: String)] = []
    private var text = ""
    private var isWhole = true
    private var denials = 0
    private var failure: String?
    private var last: Last = .nothing

    /// How far it has come.
    private enum Last: Hashable, Sendable {
        case nothing
        case working
        case succeeded
        case failed
    }

    /// What `text` keeps of an answer that comes in pieces, in bytes.
    private static let textLimit = 1 << 20

    /// Nothing read yet.
    init() { used.isCostKnown = false }

    mutating func take(_ line: ArraySlice<UInt8>) -> [ProgramEvent] {
        guard let body = JSON(line: line) else { return ProgramEvent.noise(of: line) }
        switch body["type"]?.stringValue {
        case "init":
            last = .working
            guard let id = body["session_id"]?.said, id != session else { return [] }
            session = id
            model = body["model"]?.said
            return [.session(id: id, model: model, version: nil)]
        case "message": return message(body)
        case "tool_use":
            working()
            let id = body["tool_id"]?.stringValue ?? ""
            let name = body["tool_name"]?.said ?? "?"
            let begin = turn.begin()
            guard turn.isNew(id) else { return begin }
            names.append((id, name))
            if names.count > 64 { names.removeFirst() }
            let arguments = body["parameters"]?.compact ?? ""
            return begin + [.call(ToolCall(id: id, name: name, arguments: arguments))]
        case "tool_result": return result(body)
        case "error":
            let words = ProgramFault.short(body["message"]?.said ?? "")
            guard body["severity"]?.stringValue != "warning" else { return [.noise(words)] }
            failure = words
            return []
        case "result": return end(body)
        default: return []
        }
    }

    private mutating func working() {
        last = .working
        failure = nil
    }

    private mutating func message(_ body: JSON) -> [ProgramEvent] {
        guard body["role"]?.stringValue != "user", let said = body["content"]?.stringValue,
            !said.isEmpty
        else { return [] }
        working()
        let begin = turn.begin()
        let isPiece = body["delta"]?.boolValue == true
        if isWhole || !begin.isEmpty { text = "" }
        isWhole = !isPiece
        if text.utf8.count < GeminiStream.textLimit { text += said }
        return begin + [isPiece ? .text(said) : .paragraph(said)]
    }

    private mutating func result(_ body: JSON) -> [ProgramEvent] {
        working()
        let id = body["tool_id"]?.stringValue ?? ""
        let isError = body["status"]?.stringValue == "error"
        let error = body["error"]
        let said = body["output"]?.stringValue ?? error?["message"]?.stringValue ?? ""
        turn.end(id)
        isWhole = true
        let result = ProgramEvent.result(
            ToolResult(callID: id, content: [.text(said)], isError: isError))
        let word = (error?["type"]?.stringValue ?? "").lowercased()
        guard isError, word.contains("denied") || word.contains("policy") else { return [result] }
        denials += 1
        return [.denied(names.last { $0.id == id }?.tool ?? "?"), result]
    }

    private mutating func end(_ body: JSON) -> [ProgramEvent] {
        if let stats = body["stats"] {
            let input = stats["input_tokens"]?.count ?? 0
            used.tokens.cacheRead = min(stats["cached"]?.count ?? 0, input)
            used.tokens.input = input - used.tokens.cacheRead
            used.tokens.output = stats["output_tokens"]?.count ?? 0
        }
        if body["status"]?.stringValue == "success" {
            // An error that nothing came after stands, whatever the status says.
            last = failure == nil ? .succeeded : .failed
        } else {
            last = .failed
            failure = (body["error"]?["message"]?.said).map(ProgramFault.short) ?? failure ?? ""
        }
        turn.end()
        isWhole = true
        return [.used(turn.counted(used)), .rest]
    }

    func outcome(_ exit: ProgramExit, errors: String) -> ProgramOutcome {
        ProgramOutcome(
            fault(exit, errors: errors), text: text, usage: turn.counted(used), denials: denials,
            session: session, model: model)
    }

    private func fault(_ exit: ProgramExit, errors: String) -> ProgramFault? {
        let words = failure.flatMap { $0.isEmpty ? nil : $0 } ?? ProgramFault.words(errors)
        // Its own exits: a wrong key, a wrong call, its limit of turns.
        switch exit {
        case .status(41): return ProgramFault(.service(.authentication), words)
        case .status(42): return ProgramFault(.usage, words)
        case .status(53): return ProgramFault(.turnLimit, words)
        default: break
        }
        if last == .succeeded, exit == .status(0) { return nil }
        if exit.isInterruption { return ProgramFault(.interrupted, words) }
        if failure != nil {
            let kind = ProgramFault.kind(saying: words) ?? ProgramFault.kind(saying: errors)
            return ProgramFault(kind ?? .exit(exit), words)
        }
        if last == .succeeded { return ProgramFault(.exit(exit), words) }
        return ProgramFault.ending(exit, errors: errors, hasBegun: last != .nothing)
            ?? ProgramFault(.cut, words)
    }
}
