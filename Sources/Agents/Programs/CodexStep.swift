import Base

/// A tool that Codex used, as it tells of it: the same item when it begins and when it has ended.
struct CodexStep {
    /// The call under a name that says what it does.
    let call: ToolCall
    /// What came of it; of no meaning before its end.
    let result: ToolResult
    /// It was not allowed.
    let isDeclined: Bool

    /// Nil for an item that is no tool, or none that is known.
    init?(_ item: JSON) {
        let id = item["id"]?.stringValue ?? ""
        let status = item["status"]?.stringValue
        var name: String
        var input: JSON
        var said = ""
        var isError = status == "failed" || status == "declined"
        switch item["type"]?.stringValue {
        case "command_execution":
            name = "shell"
            input = ["command": .string(CodexStep.script(item["command"]?.stringValue ?? ""))]
            said = item["aggregated_output"]?.stringValue ?? ""
            if let code = item["exit_code"]?.intValue, code != 0 {
                said = "exit code \(code)\n" + said
            }
        case "file_change":
            let changes = item["changes"]?.arrayValue ?? []
            name = "apply_patch"
            var members = JSON.Members()
            members["file_path"] = changes.first?["path"]
            members["changes"] = .array(changes)
            input = .object(members)
            said = changes.map {
                "\($0["kind"]?.stringValue ?? "change") \($0["path"]?.stringValue ?? "?")"
            }.joined(separator: "\n")
        case "mcp_tool_call":
            name = "mcp__\(item["server"]?.said ?? "?")__\(item["tool"]?.said ?? "?")"
            input = item["arguments"] ?? .null
            if let error = item["error"], !error.isNull {
                isError = true
                said = error["message"]?.said ?? error.compact
            } else {
                said = CodexStep.text(item["result"])
            }
        case "web_search":
            name = "web_search"
            input = ["query": .string(item["query"]?.stringValue ?? "")]
        case "collab_tool_call":
            name = item["tool"]?.said ?? "collab"
            input = ["query": .string(item["prompt"]?.stringValue ?? "")]
        default: return nil
        }
        call = ToolCall(id: id, name: name, arguments: input.isNull ? "" : input.compact)
        result = ToolResult(callID: id, content: [.text(said)], isError: isError)
        isDeclined = status == "declined"
    }

    /// `/bin/bash -lc 'cat notes.txt'` without the shell around it.
    private static func script(_ command: String) -> String {
        let words = command.split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[0].hasSuffix("sh"), words[1] == "-lc" || words[1] == "-c"
        else { return command }
        let inner = words[2].dropFirst().dropLast()
        let isQuoted = words[2].hasPrefix("'") && words[2].hasSuffix("'") && !inner.contains("'")
        return isQuoted ? String(inner) : String(words[2])
    }

    /// The texts of what an MCP tool said, or all of it.
    private static func text(_ result: JSON?) -> String {
        guard let result, !result.isNull else { return "" }
        let texts = (result["content"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
        return texts.isEmpty ? result.compact : texts.joined(separator: "\n")
    }
}

/// Tells answers of a model apart where a program only tells what they hold: one begins with the first words or call
/// after a result.
struct ItemTurns: Hashable, Sendable {
    /// Answers so far.
    private(set) var turns = 0
    /// Calls so far.
    private(set) var calls = 0
    private var isOpen = false
    /// Calls that have no result yet.
    private var running: [String] = []

    /// The event, if an answer begins with what comes now.
    mutating func begin() -> [ProgramEvent] {
        guard !isOpen else { return [] }
        isOpen = true
        turns += 1
        return [.turn(turns)]
    }

    /// Counts a call, unless it is running; true if it is new.
    mutating func isNew(_ call: String) -> Bool {
        guard !running.contains(call) else { return false }
        running.append(call)
        if running.count > 64 { running.removeFirst() }
        calls += 1
        return true
    }

    /// The same with the answers and calls that were counted here.
    func counted(_ usage: AgentUsage) -> AgentUsage {
        var usage = usage
        usage.turns = turns
        usage.calls = calls
        return usage
    }

    /// A call has its result, or the turn is over: what comes next is another answer.
    mutating func end(_ call: String? = nil) {
        isOpen = false
        running.removeAll { call == nil || $0 == call }
    }
}
