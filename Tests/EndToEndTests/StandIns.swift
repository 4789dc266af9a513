import Base
import TestSupport

/// Small programs that speak as agent programs do, for runs on machines that have none.
///
/// Each is a shell script: what it does is the test's, how it says it is the real program's format.
extension Trial {
    /// Makes stand-ins the profiles' programs. The scripts may use the words of ``StandIn``.
    func standIns(
        claude: String? = nil, codex: String? = nil, aider: String? = nil, settings: String = ""
    ) throws {
        var profiles = ""
        for (name, body, version) in [
            ("claude", claude, "2.1.400 (Claude Code)"), ("codex", codex, "codex-cli 0.200.0"),
            ("aider", aider, "aider 0.90.0"),
        ] {
            guard let body else { continue }
            let file = home.appending("bin/\(name)")
            try Files.makeFolder(file.parent)
            let text = """
                #!/bin/sh
                case " $* " in *" --version "*) echo "\(version)"; exit 0;; esac
                \(StandIn.words)
                \(body)

                """
            try Files.replace(file, with: text.utf8, mode: 0o755)
            profiles += "  \(name): {program: \"\(file)\"\(name == "codex" ? ", login: []" : "")}\n"
        }
        try Files.makeFolder(home.appending(".claude"))
        try Files.replace(home.appending(".claude/.credentials.json"), with: "{}".utf8, mode: 0o600)
        try configure("profiles:\n\(profiles)\(settings)\n")
    }
}

/// Words of stand-ins' scripts.
enum StandIn {
    /// `hello ID` begins a session, `take` reads a message of `stream-json` into `$said`, `say TEXT`, `call TOOL
    /// COMMAND`, `done TEXT` and `fail TEXT` answer as Claude Code does; `thread ID`, `message TEXT` and `turn` as
    /// Codex does. `here` and `gate` meet the test at its pipes.
    static let words = #"""
        hello() { printf '{"type":"system","subtype":"init","session_id":"%s","model":"claude-x","tools":["Bash"]}\n' "$1"; }
        take() { IFS= read -r said; }
        line() { printf '{"type":"assistant","message":{"id":"m-%s","role":"assistant","model":"claude-x","content":[%s],"usage":{"input_tokens":10,"output_tokens":2}},"parent_tool_use_id":null,"session_id":"s-1"}\n' "$$" "$1"; }
        say() { line "{\"type\":\"text\",\"text\":\"$1\"}"; }
        call() { line "{\"type\":\"tool_use\",\"id\":\"t-1\",\"name\":\"$1\",\"input\":{\"command\":\"$2\"}}"; }
        end() { printf '{"type":"result","subtype":"%s","is_error":%s,"result":"%s","session_id":"s-1","num_turns":1,"total_cost_usd":0.25,"usage":{"input_tokens":10,"output_tokens":2},"modelUsage":{"claude-x":{"inputTokens":10,"outputTokens":2,"costUSD":0.25}}%s}\n' "$1" "$2" "$3" "$4"; }
        done_() { say "$1"; end success false "$1" ""; }
        fail() { end success true "$1" ",\"api_error_status\":$2"; exit 1; }
        thread() { printf '{"type":"thread.started","thread_id":"%s"}\n{"type":"turn.started"}\n' "$1"; }
        message() { printf '{"type":"item.completed","item":{"id":"i-1","type":"agent_message","text":"%s"}}\n' "$1"; }
        turn() { printf '{"type":"turn.completed","usage":{"input_tokens":20,"cached_input_tokens":5,"output_tokens":3}}\n'; }
        here() { echo here >"$HOME/pipe"; }
        gate() { read -r unused <"$HOME/gate"; }
        """#
}
