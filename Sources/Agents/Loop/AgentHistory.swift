import Base

/// The conversation of a worker as its transcript tells it: what the model is sent, and what must
/// outlive a summary. Pure; a resumed worker and one that runs make it from the same entries.
struct AgentHistory: Sendable {
    /// In order, as they are sent.
    private(set) var messages: [ModelMessage] = []
    /// Calls of the last answer that have no result yet, in order.
    private(set) var open: [ToolCall] = []
    /// The first message.
    private(set) var assignment = ""
    /// What was sent to the worker while it ran.
    private(set) var sent: [String] = []
    /// Files that the worker read or wrote, those used last at the end.
    private(set) var files: [String] = []
    /// When each of ``files`` was used last.
    private(set) var uses: [String: Timestamp] = [:]
    /// All that was used.
    private(set) var usage = AgentUsage()
    /// The last text that the model said.
    private(set) var text = ""
    /// The last list of things to do, as the call gave it.
    private(set) var todos: JSON?
    /// The last structured result.
    private(set) var output: JSON?
    /// It was given, and nothing was sent to the worker since.
    private(set) var isOutputNew = false
    /// Tools that the model has looked up.
    private(set) var found: Set<String> = []
    /// The last start.
    private(set) var start: TranscriptEntry.Start?
    /// The last entry.
    private(set) var last: TranscriptEntry?
    /// Where the work stands.
    private(set) var position = Position.open
    /// Something of the history is not as it was said, and the model's thinking is still beside it.
    private(set) var isMasked = false
    private var calls: [ToolCall] = []
    private var results: [ToolResult] = []
    /// Tokens as the service counted them at the last answer; nil before the first.
    private var measured: Int?
    /// Bytes that came afterwards.
    private var bytes = 0
    /// Bytes of instructions and tools, which precede the messages in each request.
    var prefix = 0

    /// What the last entries leave to be done, however often processes took it up since.
    enum Position: Equatable {
        /// The model is to be asked, or calls are to be answered.
        case open
        /// Nothing has followed yet from the last answer.
        case answered(TranscriptEntry.Answer)
        case ended(TranscriptEntry.End)
    }

    /// Files that are remembered.
    static let fileLimit = 40

    /// Tokens that a request takes, estimated.
    var tokens: Int {
        (measured ?? ModelUsage.estimate(bytes: prefix)) + ModelUsage.estimate(bytes: bytes)
    }

    /// True when the model has spoken last, so that nothing can be asked of it.
    var isAnswered: Bool { messages.last?.role == .assistant && open.isEmpty }

    /// The worker has finished, and nothing was said to it since.
    var hasFinished: Bool {
        guard case .ended(let end) = position else { return false }
        return end.word == AgentEnding.finished.word
    }

    mutating func apply(_ entry: TranscriptEntry) {
        last = entry
        if entry.isMasked, !entry.isLeaf { isMasked = true }
        switch entry.content {
        case .start: break
        case .answer(_, let answer): position = .answered(answer)
        case .end(let end): position = .ended(end)
        default: position = .open
        }
        switch entry.content {
        case .start(let value): start = value
        case .message(let said, let origin):
            if origin == .assignment { assignment = said }
            if origin == .mailbox {
                sent.append(said)
                isOutputNew = false
            }
            append(.user(said))
        case .answer(let message, let answer):
            count(answer)
            usage.calls += message.toolCalls.count
            if !message.text.isEmpty { text = message.text }
            append(message)
            calls = message.toolCalls
            open = calls
            results = []
            let used = answer.usage.totalInput + answer.usage.output
            if used > 0, !answer.usage.isEstimated { (measured, bytes) = (used, 0) }
        case .discarded(_, let answer): count(answer)
        case .result(let result): take(result)
        case .boundary(let said, let boundary):
            usage.add(boundary.usage, cost: boundary.cost)
            (messages, open, calls, results) = ([], [], [], [])
            isMasked = false
            (measured, bytes) = (nil, 0)
            append(.user(said))
        case .repair: stripThinking()
        case .end: break
        }
    }

    private mutating func append(_ message: ModelMessage) {
        messages.append(message)
        bytes += message.json.compact.utf8.count
    }

    private mutating func count(_ answer: TranscriptEntry.Answer) {
        usage.turns += 1
        usage.add(answer.usage, cost: answer.cost)
    }

    private mutating func take(_ result: ToolResult) {
        guard let index = open.firstIndex(where: { $0.id == result.callID }) else { return }
        let call = open.remove(at: index)
        results.append(result)
        if !result.isError, let input = call.input { note(call.name, input, result) }
        guard open.isEmpty else { return }
        var left = results
        let ordered = calls.compactMap { call -> ModelBlock? in
            guard let index = left.firstIndex(where: { $0.callID == call.id }) else { return nil }
            return ModelBlock(.toolResult(left.remove(at: index)))
        }
        append(ModelMessage(.user, ordered))
        results = []
    }

    private mutating func note(_ tool: String, _ input: JSON, _ result: ToolResult) {
        if let path = (input["file_path"] ?? input["notebook_path"])?.stringValue {
            files.removeAll { $0 == path }
            files.append(path)
            uses[path] = last?.time
            if files.count > AgentHistory.fileLimit { uses[files.removeFirst()] = nil }
        }
        if tool == "TodoWrite" { todos = input }
        if [StructuredOutputTool.name, StructuredOutputTool.alias].contains(tool) {
            output = input
            isOutputNew = true
        }
        if tool == "ToolSearch" {
            // Lines of JSON; what is none names no tool.
            let lines = result.text.split(whereSeparator: \.isNewline)
            let names = lines.compactMap { line in
                // See above.
                try? JSON(parsing: String(line))["name"]?.stringValue
            }
            found.formUnion(names)
        }
    }

    private mutating func stripThinking() {
        isMasked = false
        messages = messages.map { message in
            var copy = message
            copy.content.removeAll(where: \.isThinking)
            return copy
        }
        (measured, bytes) = (nil, messages.reduce(0) { $0 + $1.json.compact.utf8.count })
    }
}
