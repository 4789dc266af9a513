/// Every command of the program, in the order of help.
enum CommandTable {
    static let all: [CommandDefinition] =
        runs + merging + machine

    /// Those that help, manual and completions show.
    static var visible: [CommandDefinition] { all.filter { !$0.isHidden } }

    static func command(named name: String) -> CommandDefinition? {
        all.first { $0.name == name }
    }

    /// Options that several commands share, so that they read alike everywhere.
    enum Shared {
        static let base = OptionDefinition.value(
            "base", short: "b", "REV", .revision, default: "HEAD",
            "The commit that everything starts from")
        static let check = OptionDefinition.value(
            "check", "NAME=CMD", .assignment,
            "Run a command that must end with 0 before a result counts"
        ).repeated
        static let verifier = OptionDefinition.value(
            "verifier", "NAME", .text, default: "none", setting: "verifier",
            "Who resolves what does not merge by itself; keep-both keeps both sides' insertions")
        static let model = OptionDefinition.value(
            "model", "MODEL", .text, default: "the agent's", setting: "model",
            "The model of agents that name none, such as ollama/qwen3-coder")
        static let noSandbox = OptionDefinition.flag(
            "no-sandbox", "Let commands write and read whatever you can; recorded in the report")
        static let strategy = OptionDefinition.value(
            "strategy", "HOW", .choice(["merge", "squash", "rebase", "ff"]), default: "merge",
            "How the branch takes the result over")
    }

    static let runArgument = PositionalDefinition(
        name: "RUN", kind: .run, help: "The run's name; without it the latest run")
}
