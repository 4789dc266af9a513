package import Tasks

/// Who works in a tree.
package enum Worker: Hashable, Sendable {
    /// A shell command.
    case command(String)
    /// An agent by its name: `builtin`, or that of a definition.
    case agent(String)

    /// The agent that comes with the program, whatever is to be done.
    package static let builtIn = "builtin"

    /// What documents call a task that a command does.
    static let commandKind = "local_shell"

    /// What documents call a task that it does.
    var kind: String {
        switch self {
        case .command: Worker.commandKind
        case .agent: "local_agent"
        }
    }
}

extension Plan {
    /// Who does a task: its own command, its agent, or the one that comes with the program.
    package func worker(for task: PlannedTask) -> Worker {
        if case .command(let command) = task.work { return .command(command) }
        switch agent(for: task) {
        case .command(let command): return .command(command)
        case .named(let name): return .agent(name)
        case .keepBoth, nil: return .agent(Worker.builtIn)
        }
    }

    /// True when a model works on some task or resolves conflicts.
    package var needsModels: Bool {
        if case .named = verification.agent { return true }
        return tasks.contains { if case .agent = worker(for: $0) { true } else { false } }
    }
}
