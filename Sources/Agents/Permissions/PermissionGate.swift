package import Base

/// Puts a question to a person.
package protocol PermissionAsker: Sendable {
    /// Waits for an answer; cancellation counts as a no.
    func answer(to question: PermissionQuestion) async -> PermissionAnswer
}

/// What a person is asked.
package struct PermissionQuestion: Hashable, Sendable {
    /// Who asks: a task's or an agent's name.
    package let worker: String
    /// The tool's name.
    package let tool: String
    /// The call's input.
    package let input: JSON
    /// Half a sentence: why a rule does not decide it.
    package let reason: String

    /// A question about one call.
    package init(worker: String, tool: String, input: JSON, reason: String) {
        self.worker = worker
        self.tool = tool
        self.input = input
        self.reason = reason
    }
}

/// What a person said.
package enum PermissionAnswer: Hashable, Sendable {
    case allow
    /// Also for later calls that this rule covers, until the worker ends.
    case allowAlways(PermissionRule)
    /// With what the model shall know of it.
    case deny(String?)
}

/// Decides on the calls of one worker, asks where rules say so, and counts what was denied.
package actor PermissionGate {
    private var policy: PermissionPolicy
    private let asker: (any PermissionAsker)?
    private let worker: String
    /// What was denied, in order.
    package private(set) var denials: [Denial] = []

    /// A call that did not take place.
    package struct Denial: Hashable, Sendable {
        /// The tool's name.
        package let tool: String
        /// The call's input.
        package let input: JSON
        /// Half a sentence.
        package let reason: String
    }

    /// A gate with these rules; without an asker what would be asked is denied.
    package init(policy: PermissionPolicy, asker: (any PermissionAsker)?, worker: String) {
        self.policy = policy
        self.asker = asker
        self.worker = worker
    }

    /// Nil when the call may take place; otherwise what the model is told.
    package func refusal(
        of accesses: [Access], by tool: ToolDefinition, input: JSON
    ) async -> String? {
        switch policy.verdict(on: accesses, by: tool, input: input) {
        case .allow: return nil
        case .deny(let reason):
            return refuse(tool, input, reason, "A rule forbids this call (\(reason)).")
        case .ask(let reason):
            guard let asker else {
                return refuse(
                    tool, input, reason,
                    "This call needs permission (\(reason)) and nobody can be asked.")
            }
            let question = PermissionQuestion(
                worker: worker, tool: tool.name, input: input, reason: reason)
            switch await asker.answer(to: question) {
            case .allow: return nil
            case .allowAlways(let rule):
                policy.add(allowing: rule)
                return nil
            case .deny(let text):
                let said = text.map { " They said: \($0)" } ?? ""
                return refuse(tool, input, reason, "The user did not allow this call.\(said)")
            }
        }
    }

    private func refuse(
        _ tool: ToolDefinition, _ input: JSON, _ reason: String, _ sentence: String
    ) -> String {
        denials.append(Denial(tool: tool.name, input: input, reason: reason))
        return sentence
            + " Do not try to reach the same by other means; go on without it or report it."
    }
}
