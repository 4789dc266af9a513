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

    /// A reader for the output of one process.
    ///
    /// - Parameter earlier: Tokens of the earlier processes of the same session. Codex reports the whole session's
    ///   after a resume; they are taken off.
    package func makeStream(earlier: ModelUsage = ModelUsage()) -> any ProgramStream {
        switch self {
        case .claude: ClaudeStream()
        case .codex: CodexStream(earlier: earlier)
        case .gemini: GeminiStream()
        case .opencode: OpencodeStream()
        case .aider: AiderStream()
        case .text: TextStream()
        }
    }
}
