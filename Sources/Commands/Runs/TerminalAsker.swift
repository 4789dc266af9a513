import Agents
import Base
import Review
import Synchronization

/// Puts workers' questions to whoever sits at the terminal, one after another.
actor TerminalAsker: PermissionAsker {
    private let output: Output
    private var last: Task<PermissionAnswer, Never>?

    /// nil where nobody can be asked.
    init?(_ output: Output) {
        guard output.canAsk else { return nil }
        self.output = output
    }

    func answer(to question: PermissionQuestion) async -> PermissionAnswer {
        let earlier = last
        let task = Task {
            _ = await earlier?.value
            return await put(question)
        }
        last = task
        // Whoever is stopped does not wait for a key; the answer that comes then is nobody's.
        let once = Once()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                once.wait(continuation)
                Task { once.answer(await task.value) }
            }
        } onCancel: {
            once.answer(.deny(nil))
        }
    }

    private func put(_ question: PermissionQuestion) async -> PermissionAnswer {
        let said = await output.ask(TerminalAsker.text(of: question))
        return TerminalAsker.answer(said, to: question)
    }

    /// What the person sees; nothing that a model wrote reaches the terminal as a control character.
    static func text(of question: PermissionQuestion) -> StyledText {
        let what = question.input["command"] ?? question.input["file_path"] ?? question.input
        let target = Text.truncate(Text.visible(what.stringValue ?? what.compact), to: 400)
        return """
            \(question.worker, .bold) wants \(question.tool, .bold): \(target)
              \(question.reason)
              y: yes   a: yes, and the same again   n: no   or say what to do instead:
            """
    }

    /// Reads an answer; none at all is a no.
    static func answer(_ said: String?, to question: PermissionQuestion) -> PermissionAnswer {
        let said = said?.split(whereSeparator: \.isWhitespace).joined(separator: " ") ?? ""
        switch said.lowercased() {
        case "y", "yes": return .allow
        case "a", "always":
            // The same command, or any call of another tool.
            let text =
                question.input["command"]?.stringValue.map { "\(question.tool)(\($0))" }
                ?? question.tool
            // What makes no rule is allowed this once.
            guard let rule = try? PermissionRule(text) else { return .allow }
            return .allowAlways(rule)
        case "", "n", "no": return .deny(nil)
        default: return .deny(said)
        }
    }
}

/// Resumes a continuation with the first of several answers.
private final class Once: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<PermissionAnswer, Never>)
        case answered(PermissionAnswer)
        case done
    }

    private let state = Mutex(State.open)

    func wait(_ continuation: CheckedContinuation<PermissionAnswer, Never>) {
        let early: PermissionAnswer? = state.withLock { state in
            if case .answered(let answer) = state {
                state = .done
                return answer
            }
            state = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    func answer(_ answer: PermissionAnswer) {
        let waiting: CheckedContinuation<PermissionAnswer, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .answered(answer)
                return nil
            case .waiting(let continuation):
                state = .done
                return continuation
            case .answered, .done: return nil
            }
        }
        waiting?.resume(returning: answer)
    }
}
