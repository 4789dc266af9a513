import Base
import HTTP

/// Reads aider's text. Its exit is 0 whatever happens, so the lines decide.
///
/// Made for `--no-pretty --no-stream`; lines that its terminal width broke in two are put together where it matters.
struct AiderStream: ProgramStream {
    private var model: String?
    private var version: String?
    private var used = AgentUsage()
    private var phase: Phase = .banner(lines: 0)
    /// What was said since the last report of tokens.
    private var answer: [UInt8] = []
    private var text = ""
    /// A report of tokens whose end has not come.
    private var report: String?
    private var failure: ProgramFault?
    private var gaveUp: String?
    private var tries = 0
    /// The lines that come explain the fault.
    private var isExplaining = false

    /// What a line may be.
    private enum Phase: Hashable, Sendable {
        /// What it says about itself at the start.
        case banner(lines: Int)
        /// Names of the files that it works on.
        case files
        case talk
        /// A commit's message, which repeats what was said, or what is wrong with an answer.
        case aside
    }

    /// What is kept of an answer, in bytes.
    private static let limit = 256 << 10

    /// Nothing read yet.
    init() { used.isCostKnown = false }

    mutating func take(_ line: ArraySlice<UInt8>) -> [ProgramEvent] {
        let said = String(decoding: line, as: UTF8.self)
        let word = said.trimmed
        if let begun = report {
            report = nil
            if !word.isEmpty, begun.utf8.count < 400 { return take(report: "\(begun) \(word)") }
        }
        if word.hasPrefix("Tokens: ") || word.hasPrefix("Cost: ") {
            return take(report: String(word))
        }
        if let events = fault(String(word)) { return events }
        if isExplaining { return explain(word) }
        switch phase {
        case .banner(let lines): return banner(word, lines)
        case .files:
            if word.isEmpty { return [] }
            if word.hasPrefix("Added "), word.hasSuffix(" to the chat.") {
                return ProgramEvent.noise(of: line)
            }
            phase = .talk
            return talk(said)
        case .talk: return talk(said)
        case .aside:
            if let edit = edit(word) { return edit }
            keep(said)
            if word.hasSuffix("white space, comments, indentation, docstrings, etc") {
                (phase, answer) = (.talk, [])
            }
            return ProgramEvent.noise(of: line)
        }
    }

    private mutating func banner(_ word: Substring, _ lines: Int) -> [ProgramEvent] {
        phase = .banner(lines: lines + 1)
        if word.hasPrefix("Repo-map: ") || lines > 40 { phase = .files }
        if word.hasPrefix("Aider v") { version = String(word.dropFirst(7).prefix(40)) }
        for start in ["Model: ", "Main model: "] where word.hasPrefix(start) {
            model = String(word.dropFirst(start.count).prefix { $0 != " " }.prefix(200))
        }
        return word.isEmpty ? [] : [.noise(ProgramFault.short(word))]
    }

    /// A line of an answer, or of what the program says between answers.
    private mutating func talk(_ said: String) -> [ProgramEvent] {
        let word = said.trimmed
        if let edit = edit(word) { return edit }
        if answer.isEmpty, word.hasPrefix("Committing ") {
            return [.noise(ProgramFault.short(word))]
        }
        if word.hasPrefix("Commit "), word.dropFirst(7).prefix(7).allSatisfy(\.isHexDigit) {
            (phase, answer) = (.aside, [])
            return [.noise(ProgramFault.short(word))]
        }
        let begins = answer.isEmpty
        if begins, word.isEmpty { return [] }
        keep(said)
        return (begins ? [.turn(used.turns + 1)] : []) + [.text(said + "\n")]
    }

    /// `Applied edit to PATH`, which it says when it has done so.
    private mutating func edit(_ word: Substring) -> [ProgramEvent]? {
        let start = "Applied edit to "
        guard word.hasPrefix(start) else { return nil }
        (phase, answer) = (.talk, [])
        used.calls += 1
        let id = "edit_\(used.calls)"
        let input: JSON = ["file_path": .string(String(word.dropFirst(start.count)))]
        return [
            .call(ToolCall(id: id, name: "edit", arguments: input.compact)),
            .result(ToolResult(callID: id, content: [.text("applied")])),
        ]
    }

    private mutating func keep(_ said: String) {
        guard answer.count < AiderStream.limit else { return }
        answer += said.utf8.prefix(AiderStream.limit)
        answer.append(10)
    }

    /// `Tokens: 4.2k sent, 1.1k cache hit, 512 received. Cost: $0.01 message, $0.03 session.`, in one line or more.
    private mutating func take(report line: String) -> [ProgramEvent] {
        let isWhole =
            line.contains("Cost:")
            ? line.contains("session") : line.contains("received")
        guard isWhole else {
            report = line
            return []
        }
        let words = line.split { $0 == " " || $0 == "," }
        var tokens = ModelUsage()
        for (index, unit) in words.enumerated().dropFirst() {
            let number = words[index - 1]
            switch unit {
            case "sent": tokens.input = AiderStream.count(number)
            case "received.", "received": tokens.output = AiderStream.count(number)
            case "write" where index > 1: tokens.cacheWrite = AiderStream.count(words[index - 2])
            case "hit" where index > 1: tokens.cacheRead = AiderStream.count(words[index - 2])
            case "session.", "session":
                guard let cost = Double(number.dropFirst()), cost >= 0, cost < 1e9 else { break }
                used.cost = cost
                used.isCostKnown = true
            default: break
            }
        }
        // Both are part of what was sent.
        tokens.input = max(tokens.input - tokens.cacheWrite - tokens.cacheRead, 0)
        used.tokens = used.tokens.adding(tokens)
        guard words.first == "Tokens:" else { return [.used(used)] }
        used.turns = min(used.turns + 1, ModelUsage.mostTokens)
        (failure, tries, isExplaining) = (nil, 0, false)
        let said = String(decoding: answer, as: UTF8.self).trimmed
        if !said.isEmpty { text = String(said) }
        // An answer after an aside can only be told from it by its report.
        let isLate = phase == .aside && !said.isEmpty
        answer = []
        phase = .talk
        return (isLate ? [.turn(used.turns), .text(said + "\n")] : []) + [.used(used)]
    }

    /// `4.2k`.
    private static func count(_ text: Substring) -> Int {
        let factor = text.hasSuffix("k") ? 1000.0 : text.hasSuffix("M") ? 1_000_000 : 1
        guard let number = Double(factor == 1 ? text : text.dropLast()), number >= 0,
            number < 1e9
        else { return 0 }
        return Int((number * factor).rounded())
    }

    /// The events of a line that tells of a fault or a retry; nil for any other.
    private mutating func fault(_ word: String) -> [ProgramEvent]? {
        if word.hasPrefix("litellm."), word.contains("Error") {
            let kind = ProgramFault.kind(saying: word) ?? .service(.transport(.other))
            failure = ProgramFault(kind, ProgramFault.short(word))
            isExplaining = true
            return [.noise(ProgramFault.short(word))]
        }
        if word.hasPrefix("Retrying in "), word.hasSuffix(" seconds..."), let failure {
            tries = min(tries + 1, 1000)
            isExplaining = false
            let wait = Double(word.dropFirst(12).prefix { $0 != " " }).flatMap {
                $0 >= 0 && $0 < 86_400 ? $0 : nil
            }
            return [
                .retrying(
                    ModelEvent.Retry(
                        of: "aider", model: model, attempt: tries, tries: tries + 1,
                        wait: .seconds(wait ?? 0),
                        kind: failure.kind.service ?? .transport(.other),
                        message: failure.message))
            ]
        }
        if word.hasPrefix("Only "), word.hasSuffix(" reflections allowed, stopping.") {
            gaveUp = word
            return [.noise(word)]
        }
        guard word == "The LLM did not conform to the edit format." else { return nil }
        (phase, answer) = (.aside, [])
        return [.noise(word)]
    }

    /// More words about a fault; they may also be the rest of a line that the terminal's width broke.
    private mutating func explain(_ word: Substring) -> [ProgramEvent] {
        guard let failure, !word.isEmpty else { return [] }
        let words = ProgramFault.short("\(failure.message) \(word)")
        self.failure = ProgramFault(failure.kind, words)
        return [.noise(ProgramFault.short(word))]
    }

    func outcome(_ exit: ProgramExit, errors: String) -> ProgramOutcome {
        ProgramOutcome(fault(exit, errors: errors), text: text, usage: used, model: model)
    }

    private func fault(_ exit: ProgramExit, errors: String) -> ProgramFault? {
        if exit.isInterruption { return ProgramFault(.interrupted, ProgramFault.words(errors)) }
        if let failure { return failure }
        if let gaveUp { return ProgramFault(.turnLimit, gaveUp) }
        guard exit != .status(0) || used.turns == 0 else { return nil }
        return ProgramFault.ending(exit, errors: errors, hasBegun: exit == .status(0))
    }
}
