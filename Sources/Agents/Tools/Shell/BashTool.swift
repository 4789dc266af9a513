import Base
import Processes

/// Runs a command of the shell.
struct BashTool: Tool {
    /// Milliseconds that a command has, unless more are asked for, and at most.
    static let timeout = 120_000
    static let longest = 600_000

    var definition: ToolDefinition {
        ToolDefinition(
            name: "Bash",
            description: ToolTexts.bash,
            inputSchema: InputSchema.object([
                ("command", InputSchema.text("The command")),
                (
                    "timeout?",
                    [
                        "type": "number", "description": "Milliseconds, at most 600000",
                        "minimum": 1,
                    ]
                ),
                ("description?", InputSchema.text("What it does, in five to ten words")),
                ("run_in_background?", InputSchema.flag("Go on without waiting for its end")),
            ]))
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] {
        guard let shell = context.shell else { throw ToolRefusal("This worker has no shell.") }
        return [.command(input.text("command"), folder: await shell.folder)]
    }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        guard let shell = context.shell else { return .error("This worker has no shell.") }
        let text = input.text("command")
        guard !text.isEmpty, !text.utf8.contains(0) else { return .error("The command is empty.") }
        let wanted = input["timeout"]?.doubleValue ?? Double(BashTool.timeout)
        let timeout = Duration.milliseconds(min(max(wanted, 1), Double(BashTool.longest)))
        let outcome = await shell.run(
            text, timeout: timeout, inBackground: input.flag("run_in_background"),
            mayMove: BashTool.mayMove(text))
        switch outcome {
        case .refused(let reason): return .error(reason)
        case .ended(let report, let log, let note):
            let part = await OutputFolder.part(of: log, from: 0)
            return CommandOutput.result(
                of: text, report, part, log: log, timeout: timeout, note: note)
        case .background(let id, let log, let wasExpired):
            let head =
                wasExpired
                ? "Command did not complete within its \(timeout.components.seconds)s timeout and was moved to the background"
                : "Command runs in the background"
            return ToolOutput(
                "\(head) as \(id). Its output is in \(log); read it with BashOutput.",
                structured: ["backgroundTaskId": .string(id)])
        }
    }

    /// What waits for nothing, or holds a lock, is ended when its time is up.
    private static func mayMove(_ text: String) -> Bool {
        let script = ShellScript(text)
        return script.isClear
            && !script.parts.contains {
                ["sleep", "git"].contains($0.unwrapped(thoroughly: true).name)
            }
    }
}

/// Reads what a command in the background printed.
struct BashOutputTool: Tool {
    var definition: ToolDefinition {
        ToolDefinition(
            name: "BashOutput",
            description: ToolTexts.bashOutput,
            inputSchema: InputSchema.object([
                ("bash_id", InputSchema.text("The name that Bash gave, such as shell-3")),
                ("filter?", InputSchema.text("Show only lines that match this expression")),
            ]), isReadOnly: true)
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] { [.tool] }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        let id = input.text("bash_id")
        guard let shell = context.shell, let news = await shell.news(of: id) else {
            return .error("There is no command \(id) in the background.")
        }
        let state = BashOutputTool.words(news.report)
        var text = CommandOutput.readable(news.output.bytes)
        if let filter = input["filter"]?.stringValue {
            do throws(PatternError) {
                var search = FileSearch(try PatternProgram(filter), isMultiline: false)
                let bytes = Array(text.utf8)
                let lines = bytes.lineSlices
                let hits = search.search(bytes, .lines)?.lines ?? []
                text = hits.map { String(decoding: lines[$0], as: UTF8.self) }
                    .joined(separator: "\n")
            } catch {
                return .error("The filter is no regular expression: \(error.reason).")
            }
        }
        let tail = String(decoding: Array(text.utf8).suffix(CommandOutput.limit), as: UTF8.self)
        let missing = text.utf8.count - tail.utf8.count + news.output.skipped
        let cut = missing > 0 ? "[… \(missing) bytes left out …]\n" : ""
        return ToolOutput("\(id) \(state)\n" + (text.isEmpty ? "(nothing new)" : cut + tail))
    }

    private static func words(_ report: WorkerReport?) -> String {
        guard let report else { return "running" }
        switch report.ending {
        case .exited(let code): return "ended with exit code \(code)"
        case .signaled(let signal): return "ended by signal \(signal)"
        default: return "was stopped"
        }
    }
}

/// Ends a command in the background.
struct KillShellTool: Tool {
    var definition: ToolDefinition {
        ToolDefinition(
            name: "KillShell",
            description: ToolTexts.killShell,
            inputSchema: InputSchema.object([
                ("shell_id", InputSchema.text("The name that Bash gave, such as shell-3"))
            ]), isReadOnly: true)
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] { [.tool] }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        let id = input.text("shell_id")
        guard let shell = context.shell, await shell.stop(id) else {
            return .error("There is no running command \(id).")
        }
        return ToolOutput("\(id) was ended.")
    }
}
