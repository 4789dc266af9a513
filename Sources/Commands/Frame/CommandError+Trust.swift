extension CommandError {
    /// The repository's settings wait for approval.
    static func untrusted(_ commands: [String]) -> CommandError {
        CommandError(
            .refused, "untrusted",
            "the repository's settings wait for your approval:",
            hint: "read and approve them with: treeguild trust", details: commands)
    }

    static let nobodyToAsk = CommandError(
        .refused, "nobody_to_ask", "not approved: there is no terminal to ask on",
        hint: "approve with: treeguild trust --yes")

    static let notInRepository = CommandError(
        .usage, "no_repository", "this is not inside a git repository",
        hint: "start in one, or name one with -C")
}

extension TrustError: CommandErrorConvertible {
    var commandError: CommandError {
        switch self {
        case .noPlace:
            CommandError(
                .notDone, "no_home", "approvals cannot be kept: HOME is not set",
                hint: "set HOME or XDG_STATE_HOME")
        case .damaged(let path):
            CommandError(
                .notDone, "trust_damaged", "the approvals in \(path) cannot be read",
                hint: "remove the file and approve anew")
        case .writableByOthers(let path):
            CommandError(
                .refused, "trust_writable", "others can write \(path), so it proves nothing",
                hint: "look at its owner and mode, then remove it or: chmod 600 \(path)")
        }
    }
}
