import Base
import Glibc

/// Short questions to programs, for checks only: no input, one answer. Blocks.
struct ProgramProbe: Sendable {
    /// What the programs see: enough to find them and the user's git configuration, no `GIT_DIR`.
    private let environment: [String: String]

    init(environment: [String: String]) {
        let names = [
            "PATH", "HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
            "GIT_CONFIG_NOSYSTEM", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME",
            "GIT_COMMITTER_EMAIL", "EMAIL",
        ]
        self.environment = environment.filter { names.contains($0.key) }
            .merging(["LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"]) { _, fixed in fixed }
    }

    /// What the program printed and its status; nil when it could not be started or was killed.
    func answer(_ words: [String]) -> (status: Int32, text: String)? {
        let assignments = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let line = (["env", "-i"] + assignments + words).map(Text.shellQuote)
        // `e`: the pipe is closed in programs that other threads start meanwhile.
        let command = "exec " + line.joined(separator: " ") + " 2>/dev/null </dev/null"
        guard let pipe = popen(command, "re") else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 {
            // What lies beyond a megabyte is read and dropped, so that the program can end.
            if bytes.count < 1 << 20 { bytes += buffer[..<count] }
        }
        let status = pclose(pipe)
        guard status >= 0, status & 0x7f == 0 else { return nil }
        return ((status >> 8) & 0xff, String(decoding: bytes, as: UTF8.self))
    }

    /// The answer without its last newline when the program ended with 0.
    func line(_ words: [String]) -> String? {
        guard let (status, text) = answer(words), status == 0 else { return nil }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Such as `2.39.5`; nil when there is no git program.
    func gitVersion() -> String? {
        guard let line = line(["git", "--version"]), line.hasPrefix("git version ") else {
            return nil
        }
        // Some builds add words: `2.39.5 (Apple Git-154)`.
        return line.dropFirst(12).split(separator: " ").first.map(String.init)
    }
}
