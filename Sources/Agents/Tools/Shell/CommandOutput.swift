import Base
import Processes

/// What a model sees of a command's output.
enum CommandOutput {
    /// Characters shown of a command that succeeded, and of one that did not.
    static let limit = 30_000
    static let failureLimit = 10_000

    static func result(
        of command: String, _ report: WorkerReport, _ part: LogPart, log: AbsolutePath,
        timeout: Duration, note: String?
    ) -> ToolOutput {
        let isFailure = !isSuccess(report.ending, of: command)
        var head = ""
        switch report.ending {
        case .exited(0): break
        case .exited(let code): head = isFailure ? "Exit code \(code)\n" : ""
        case .signaled(let signal): head = "Ended by signal \(signal)\n"
        case .timedOut:
            head =
                "Command did not complete within its \(timeout.components.seconds)s timeout and was ended\n"
        case .stopped, .orphaned: head = "Command was stopped\n"
        case .couldNotStart(let code):
            head = "Command could not be started: \(FileError("", "", code: code).reason)\n"
        }
        var text = readable(part.bytes)
        text = cut(
            text, to: isFailure ? failureLimit : limit,
            dropped: part.skipped + report.droppedBytes, log: log)
        if report.leftovers > 0 {
            text +=
                "\n[\(Text.count(report.leftovers, "process")) that it left running were ended.]"
        }
        if let note { text += "\n[\(note)]" }
        if head.isEmpty, text.isEmpty { text = "(no output)" }
        var exit: JSON = .null
        if case .exited(let code) = report.ending { exit = .int(Int(code)) }
        return ToolOutput(
            head + text, isError: isFailure,
            structured: ["exitCode": exit, "interrupted": .bool(report.ending == .stopped)])
    }

    /// Head and tail, with a line between that says what is missing and where it is.
    static func cut(_ text: String, to limit: Int, dropped: Int, log: AbsolutePath) -> String {
        let count = text.utf8.count
        guard count > limit || dropped > 0 else { return text }
        let half = limit / 2
        let bytes = Array(text.utf8)
        let head = dropped > 0 ? [] : bytes.prefix(half)
        let tail = bytes.suffix(min(bytes.count - head.count, half))
        let missing = bytes.count - head.count - tail.count + dropped
        return String(decoding: head, as: UTF8.self)
            + "\n[… \(missing) bytes left out; all that is kept is in \(log) …]\n"
            + String(decoding: tail, as: UTF8.self)
    }

    /// Exit 1 of these says "nothing found" or "they differ".
    private static func isSuccess(_ ending: Ending, of command: String) -> Bool {
        if ending == .exited(0) { return true }
        guard ending == .exited(1), let last = ShellScript(command).parts.last else { return false }
        let inner = last.unwrapped(thoroughly: false)
        if inner.name == "git" {
            return ["diff", "grep"].contains(inner.words.dropFirst().first?.text)
        }
        return ["grep", "egrep", "fgrep", "rg", "find", "diff", "cmp", "test", "["]
            .contains(inner.name)
    }

    /// Text without escape sequences of terminals and without the end of line at its end.
    static func readable(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            guard byte == 0x1b, at < bytes.count else {
                if byte >= 0x20 || byte == 9 || byte == 10 || byte == 13 { out.append(byte) }
                continue
            }
            if bytes[at] == UInt8(ascii: "[") {
                at += 1
                while at < bytes.count, !(0x40...0x7e).contains(bytes[at]) { at += 1 }
                at += 1
            } else if bytes[at] == UInt8(ascii: "]") {
                while at < bytes.count, bytes[at] != 7, bytes[at] != 0x1b { at += 1 }
                if at < bytes.count { at += bytes[at] == 7 ? 1 : 2 }
            } else {
                at += 1
            }
        }
        while out.last == 10 || out.last == 13 { out.removeLast() }
        return String(decoding: out, as: UTF8.self)
    }
}
