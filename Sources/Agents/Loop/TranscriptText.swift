import Base

/// A transcript for people: lines for a terminal, without colours. Pure.
///
/// Nothing that a model or a tool said reaches the terminal as a control character.
package struct TranscriptText: Sendable {
    /// In order, without their ends.
    package private(set) var lines: [String] = []
    private let width: Int
    private var turn = 0
    private var calls: [String: ToolStep] = [:]

    /// Lines of a result that are shown.
    private static let resultLimit = 8

    /// The lines of all entries.
    ///
    /// - Parameter width: Columns at most; text of the model is broken at spaces, the rest is cut.
    package init(_ entries: [TranscriptEntry], width: Int = 100) {
        self.width = max(width, 30)
        for entry in entries { add(entry) }
    }

    private mutating func add(_ entry: TranscriptEntry) {
        switch entry.content {
        case .start(let start):
            // Of programs neither need be known.
            let named = [start.provider, start.model.isEmpty ? nil : start.model]
                .compactMap { $0 }.joined(separator: "/")
            let wire = start.wire.map { " (\($0.rawValue))" } ?? ""
            let model = named.isEmpty ? "" : " on \(named)\(wire)"
            let tools = start.tools.isEmpty ? "" : " · \(Text.count(start.tools.count, "tool"))"
            head("\(start.agent)\(model) · \(entry.time)\(tools)")
        case .message(let text, let origin):
            let title =
                switch origin {
                case .assignment: "assignment"
                case .mailbox: "message"
                case .steering: "steering"
                case .resume: "resumed"
                }
            head(title)
            say(text, indent: 2)
        case .answer(let message, let answer): add(message, answer, note: nil)
        case .discarded(let message, let answer): add(message, answer, note: "not used")
        case .result(let result): add(result)
        case .boundary(let text, let boundary):
            let trigger = boundary.trigger == .window ? "the window was full" : "it did not fit"
            head(
                "summed up: \(trigger) · \(Self.grouped(boundary.before)) to \(Self.grouped(boundary.after)) tokens"
            )
            say(boundary.summary.isEmpty ? text : boundary.summary, indent: 2)
        case .repair: head("thinking taken out: the service refused it")
        case .end(let end):
            head(end.detail.isEmpty ? "end: \(end.word)" : "end: \(end.word) · \(end.detail)")
        }
    }

    private mutating func add(
        _ message: ModelMessage, _ answer: TranscriptEntry.Answer, note: String?
    ) {
        turn += 1
        let usage = answer.usage
        var facts = ["turn \(turn)"]
        // Some agent programs tell only at the end.
        if usage.totalInput + usage.output > 0 {
            facts.append(
                "\(Self.grouped(usage.totalInput)) tokens in, \(Self.grouped(usage.output)) out")
        }
        if let cost = answer.cost { facts.append("$\(Self.money(cost))") }
        switch answer.stop {
        case .endTurn, .toolUse: break
        case .maxTokens: facts.append("cut by the output limit")
        case .refusal(let category): facts.append("refused" + (category.map { " (\($0))" } ?? ""))
        case .contextWindow: facts.append("the window is full")
        case .pause: facts.append("paused")
        case .stopSequence, .other: facts.append("stopped")
        }
        if let note { facts.append(note) }
        head(facts.joined(separator: " · "))
        for block in message.content {
            switch block.content {
            case .text(let text): say(text, indent: 2)
            case .thinking(let text): say(text, indent: 4, first: "  ~ ")
            case .toolCall(let call):
                let step = ToolStep(call)
                calls[call.id] = step
                line("  > \(step.tool) \(step.target)")
            case .toolResult, .image, .opaque: break
            }
        }
    }

    private mutating func add(_ result: ToolResult) {
        let step = calls[result.callID]
        let mark = result.isError ? "!" : "<"
        line("  \(mark) \(step.map { "\($0.tool) \($0.target)" } ?? result.callID)")
        let all = result.text.split(whereSeparator: \.isNewline)
        for text in all.prefix(Self.resultLimit) {
            line("      \(Text.visible(text.prefix(1000)))")
        }
        if all.count > Self.resultLimit {
            line("      … \(Text.count(all.count - Self.resultLimit, "more line"))")
        }
        let images = result.content.count { if case .image = $0.content { true } else { false } }
        if images > 0 { line("      [\(Text.count(images, "image"))]") }
    }

    private mutating func head(_ text: String) {
        if !lines.isEmpty { lines.append("") }
        line(Text.visible(text))
    }

    private mutating func line(_ text: String) { lines.append(Text.truncate(text, to: width)) }

    /// Breaks each line at spaces.
    private mutating func say(_ text: String, indent: Int, first: String? = nil) {
        let space = String(repeating: " ", count: indent)
        var start = first ?? space
        for paragraph in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            var rest = ""
            for word in Text.visible(paragraph).split(
                separator: " ", omittingEmptySubsequences: false)
            {
                if !rest.isEmpty,
                    Text.width(start) + Text.width(rest) + 1 + Text.width(word) > width
                {
                    line(start + rest)
                    (start, rest) = (space, String(word))
                } else {
                    rest += rest.isEmpty ? String(word) : " \(word)"
                }
            }
            line(rest.isEmpty ? "" : start + rest)
            start = space
        }
    }

    /// `12,345`.
    private static func grouped(_ number: Int) -> String {
        var out = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return String(out.reversed())
    }

    /// Dollars with four decimals at most.
    private static func money(_ dollars: Double) -> String {
        let units = Int((dollars * 10_000).rounded())
        let tail = String(10_000 + units % 10_000).dropFirst()
        let cut = tail.hasSuffix("00") ? tail.dropLast(2) : tail
        return "\(units / 10_000).\(cut)"
    }
}
