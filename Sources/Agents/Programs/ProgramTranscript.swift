import Base

/// Writes what an agent program does into the transcript that all workers have. Pure.
///
/// What follows each other becomes one answer, which is written when the first result, another answer or the end
/// comes.
package struct ProgramTranscript: Sendable {
    /// The profile's name.
    private let agent: String
    private var model: String
    /// What was said to the program and is not written yet: the start waits for the model's name.
    private var waiting: [TranscriptEntry.Content]?
    private var blocks: [ModelBlock] = []
    /// The text whose end has not come, and whether it is thinking.
    private var open = ""
    private var isOpenThinking = false
    /// All that was used when the last answer was written.
    private var counted = AgentUsage()
    private var used = AgentUsage()
    /// The program has said what it used.
    private var isCounted = false

    /// What is kept of one text, in bytes; the program's own output holds the rest.
    private static let textLimit = 1 << 20

    /// A process of a program begins.
    ///
    /// - Parameter model: The model as it was asked for; the program's own word replaces it.
    package init(agent: String, model: String) {
        self.agent = agent
        self.model = model
    }

    /// The process is given its assignment, or what it goes on with.
    package mutating func begin(
        _ text: String, from origin: TranscriptEntry.Origin = .assignment
    ) -> [TranscriptEntry.Content] {
        waiting = (waiting ?? []) + [.message(text, from: origin)]
        return []
    }

    /// A message is put in while the process runs.
    package mutating func message(_ text: String) -> [TranscriptEntry.Content] {
        start() + flush() + [.message(text, from: .mailbox)]
    }

    /// What an event adds.
    package mutating func take(_ event: ProgramEvent) -> [TranscriptEntry.Content] {
        switch event {
        case .session(_, let named, _):
            if let named { model = named }
            return start()
        case .turn: return start() + flush()
        case .text(let piece):
            add(piece, isThinking: false)
            return start()
        case .thinking(let piece):
            add(piece, isThinking: true)
            return start()
        case .call(let call):
            close()
            blocks.append(ModelBlock(.toolCall(ProgramTranscript.cut(call))))
            return start()
        case .result(let result):
            return start() + flush() + [.result(ProgramTranscript.cut(result))]
        case .used(let usage):
            used = usage
            isCounted = true
            return []
        case .retrying:
            // Without a call, nothing of what was said is part of the session.
            let isVoid = !blocks.contains { if case .toolCall = $0.content { true } else { false } }
            return start() + flush(isVoid: isVoid)
        case .rest: return start() + flush()
        case .denied, .noise: return []
        }
    }

    /// The process has ended.
    package mutating func end(_ outcome: ProgramOutcome) -> [TranscriptEntry.Content] {
        used = outcome.usage
        return start() + flush()
            + [.end(.init(word: outcome.word, detail: outcome.fault?.message ?? ""))]
    }

    private mutating func start() -> [TranscriptEntry.Content] {
        guard let messages = waiting else { return [] }
        waiting = nil
        let start = TranscriptEntry.Start(
            agent: agent, model: model, system: [], shared: 0, tools: [])
        return [.start(start)] + messages
    }

    private mutating func add(_ piece: String, isThinking: Bool) {
        if isThinking != isOpenThinking { close() }
        guard !open.isEmpty || !piece.allSatisfy(\.isWhitespace) else { return }
        isOpenThinking = isThinking
        let room = ProgramTranscript.textLimit - open.utf8.count
        if room > 0 { open += ProgramTranscript.cut(piece, to: room) }
    }

    /// What was said so far is a block.
    private mutating func close() {
        let text = open.lastIndex { !$0.isNewline }.map { String(open[...$0]) } ?? ""
        if !text.isEmpty {
            blocks.append(ModelBlock(isOpenThinking ? .thinking(text) : .text(text)))
        }
        open = ""
    }

    private mutating func flush(isVoid: Bool = false) -> [TranscriptEntry.Content] {
        close()
        guard !blocks.isEmpty else { return [] }
        let content = blocks
        blocks = []
        let hasCalls = content.contains { if case .toolCall = $0.content { true } else { false } }
        let isPriced = isCounted && used.isCostKnown && counted.isCostKnown
        let answer = TranscriptEntry.Answer(
            stop: hasCalls ? .toolUse : .endTurn, usage: used.tokens.less(counted.tokens),
            cost: isPriced ? max(used.cost - counted.cost, 0) : nil, requestID: nil)
        counted = used
        let message = ModelMessage(.assistant, content)
        return [isVoid ? .discarded(message, answer) : .answer(message, answer)]
    }

    private static func cut(_ text: String, to limit: Int = textLimit) -> String {
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
    }

    private static func cut(_ call: ToolCall) -> ToolCall {
        ToolCall(id: call.id, name: call.name, arguments: cut(call.arguments))
    }

    private static func cut(_ result: ToolResult) -> ToolResult {
        guard result.text.utf8.count > textLimit else { return result }
        return ToolResult(
            callID: result.callID, content: [.text(cut(result.text))],
            isError: result.isError)
    }
}

extension ProgramOutcome {
    /// One word for transcripts and programs, of those that ``AgentEnding/word`` has where they fit.
    package var word: String {
        switch fault?.kind {
        case nil: "finished"
        case .service: "model_error"
        case .turnLimit: "turn_limit"
        case .costLimit: "budget"
        case .interrupted: "cancelled"
        case .cut: "cut"
        case .root, .terminal, .usage, .exit: "program_error"
        }
    }
}
