package import Base
package import Processes

/// Starts commands of workers; the coordinator gives the one that puts them into its sandbox.
package protocol ShellRunner: Sendable {
    /// Starts a command whose output goes to `log`; see ``SupervisedProcess``.
    func start(
        _ command: Command, log: AbsolutePath, status: AbsolutePath
    ) async throws(ProcessError) -> any ShellProcess
}

/// A command of a worker while it runs.
package protocol ShellProcess: Sendable {
    /// Waits for the end of the command and of all it started; any number may wait.
    func report() async -> WorkerReport
    /// Begins its teardown; does not wait.
    func stop()
}

extension SupervisedProcess: ShellProcess {}

/// Runs commands under a supervisor, without a sandbox.
package struct SupervisedShellRunner: ShellRunner {
    /// 64 MiB of output are kept of one command.
    static let logLimit = 64 << 20

    /// A runner that confines nothing.
    package init() {}

    /// Starts a command in a supervisor of its own, without a cgroup.
    package func start(
        _ command: Command, log: AbsolutePath, status: AbsolutePath
    ) async throws(ProcessError) -> any ShellProcess {
        try await SupervisedProcess.start(
            command, log: log, logLimit: SupervisedShellRunner.logLimit, status: status,
            cgroup: false)
    }
}

/// The variables that a worker's commands see.
package enum ShellEnvironment {
    /// Makes programs speak plainly and ask nothing; what looks like a secret is left out.
    package static func make(from environment: [String: String]) -> [String: String] {
        var result = environment.filter { !isSecret($0.key) }
        for (name, value) in [
            "PAGER": "cat", "GIT_PAGER": "cat", "GIT_EDITOR": "true", "EDITOR": "true",
            "GIT_TERMINAL_PROMPT": "0", "TERM": "dumb", "NO_COLOR": "1",
            "DEBIAN_FRONTEND": "noninteractive",
        ] {
            result[name] = value
        }
        return result
    }

    /// By its name: keys, tokens, passwords and their like.
    package static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        let parts = name.split(separator: "_")
        let words: Set<Substring> = [
            "KEY", "APIKEY", "TOKEN", "SECRET", "SECRETS", "PASSWORD", "PASSWD", "PASSPHRASE",
            "CREDENTIAL", "CREDENTIALS", "PAT", "AUTH",
        ]
        if parts.contains(where: words.contains) { return true }
        // Agents and databases put a secret into these.
        return name == "DATABASE_URL" || name.hasSuffix("_DSN") || name == "SSH_AUTH_SOCK"
    }
}
