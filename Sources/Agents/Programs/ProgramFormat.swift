/// The formats in which agent programs tell what they do.
package enum ProgramFormat: String, Hashable, Sendable, CaseIterable {
    /// Claude Code's `stream-json`.
    case claude
    /// Codex's `exec --json`.
    case codex
    /// Gemini CLI's `stream-json`.
    case gemini
    /// opencode's `run --format json`.
    case opencode
    /// aider's text.
    case aider
    /// Any text: all of it is what the program says.
    case text
}
