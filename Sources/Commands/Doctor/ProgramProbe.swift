import Base
import Processes

/// Short questions to the git program, for checks only: no input, one answer.
struct ProgramProbe: Sendable {
    let folder: AbsolutePath
    private let environment: [String: String]

    init(folder: AbsolutePath, environment: [String: String]) {
        self.folder = folder
        self.environment = Environment.forGit(environment)
            .merging(["GIT_OPTIONAL_LOCKS": "0"]) { _, fixed in fixed }
    }

    /// What git printed and its status; nil when it could not be started, was killed or hung.
    func answer(_ words: [String]) async -> (status: Int32, text: String)? {
        // Ten seconds: a git that takes longer hangs, on a file system that has gone for example.
        let command = Command(
            ["git"] + words, in: folder, environment: environment, timeout: .seconds(10),
            teardown: .immediate)
        // Whatever kept it from answering, the fact is one that could not be looked at.
        guard let output = try? await ProgramRun.run(command, limit: 1 << 20),
            case .exited(let status) = output.ending
        else { return nil }
        return (status, output.text)
    }

    /// The answer without its last newline when git ended with 0.
    func line(_ words: String...) async -> String? {
        guard let (status, text) = await answer(words), status == 0 else { return nil }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Such as `2.39.5`; nil when there is no git program.
    func gitVersion() async -> String? {
        guard let line = await line("--version"), line.hasPrefix("git version ") else { return nil }
        // Some builds add words: `2.39.5 (Apple Git-154)`.
        return line.dropFirst(12).split(separator: " ").first.map(String.init)
    }

    /// Keys and values of the configuration that match; empty when none does, nil when git could
    /// not be asked.
    func settings(_ pattern: String) async -> [(key: String, value: String)]? {
        // Status 1 is git's way to say that nothing matches.
        guard let (status, text) = await answer(["config", "--get-regexp", pattern]), status < 2
        else { return nil }
        return text.split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "true")
        }
    }

    /// Whether someone has told git the address of who commits.
    func hasIdentity() async -> Bool? {
        if ["GIT_COMMITTER_EMAIL", "EMAIL"].contains(where: { environment[$0] != nil }) {
            return true
        }
        // Without these git makes an address up from the host's name, which nobody wants.
        return await settings("^(user|committer)\\.email$").map { !$0.isEmpty }
    }
}
