import CSystem

/// Environments for the programs that are run: this process's own, and what is taken from it.
package enum Environment {
    /// This process's variables. A name that occurs twice has its first value, as getenv(3) has it.
    package static var own: [String: String] {
        var result: [String: String] = [:]
        guard var entry = wt_environment() else { return result }
        while let text = entry.pointee {
            let parts = String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, !parts[0].isEmpty, result[String(parts[0])] == nil {
                result[String(parts[0])] = String(parts[1])
            }
            entry += 1
        }
        return result
    }

    /// Variables for git: nothing that names another repository or changes what git does, its
    /// messages in English.
    ///
    /// Of git's own variables only those stay that say who the user is and how to reach servers.
    package static func forGit(_ environment: [String: String]) -> [String: String] {
        var result = environment.filter {
            !$0.key.hasPrefix("GIT_") || keptForGit.contains($0.key)
        }
        result["LC_ALL"] = "C"
        // A question on the terminal would wait for ever.
        result["GIT_TERMINAL_PROMPT"] = "0"
        return result
    }

    /// Variables for workers: who and where the user is, language, time zone, terminal, certificates
    /// and proxies. No keys or tokens: those a plan names.
    package static func forWorkers(_ environment: [String: String]) -> [String: String] {
        environment.filter {
            keptForWorkers.contains($0.key) || $0.key.hasPrefix("LC_") || $0.key.hasPrefix("XDG_")
        }
    }

    private static let keptForGit: Set = [
        "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH",
        "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
        "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_PROXY_COMMAND",
        "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY",
    ]

    private static let keptForWorkers: Set = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TERM", "COLORTERM",
        "TMPDIR", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
        "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    ]
}
