import Base
import Tasks

extension Plan {
    /// The checks that the merged work must pass.
    var checksOfResult: [Check] { verification.selected(from: checks) }
}

extension PlannedTask {
    /// What the task is about, in a line or more: its prompt, else its title or command.
    var intent: String {
        switch work {
        case .prompt(let text): text
        case .command(let command): title ?? command
        }
    }

    /// The text that a worker finds in its assignment file.
    func assignment(in plan: Plan) -> String {
        let goal = plan.goal.map { "Goal of the whole run: \($0)\n\n" } ?? ""
        let scope =
            touches.isEmpty
            ? "" : "\nFiles in scope: \(touches.map(\.description).joined(separator: ", "))\n"
        return """
            \(goal)Task \(id)\(title.map { ": " + $0 } ?? "")

            \(intent)
            \(scope)
            Work only in this folder; it is a git worktree of your own. Commit your work, or leave it: what is
            not committed is committed for you. Write {"summary": "…"} to the result file if you can.

            """
    }
}
