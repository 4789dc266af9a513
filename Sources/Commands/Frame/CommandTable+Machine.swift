extension CommandTable {
    /// Commands about the machine, the repository and the program itself.
    static let machine: [CommandDefinition] = [
        doctor, selfCheck, config, trust, agents, modelServer, schema, completion, version, help,
        manual,
    ]

    private static let doctor = CommandDefinition(
        name: "doctor", purpose: "Check the machine and the repository",
        details: ["Shows what works, what does not, and what to do about it."],
        examples: [.init(line: "treeguild doctor", meaning: "Check everything")],
        exits: [(.done, "no check failed; there may be warnings"), (.notDone, "a check failed")],
        run: doctorCommand)

    private static let config = CommandDefinition(
        name: "config", purpose: "Print the settings and where each comes from",
        details: [
            "Later wins: built in, $XDG_CONFIG_HOME/treeguild/config.yaml, "
                + ".treeguild/config.yaml of the repository's main worktree, TREEGUILD_KEY, "
                + "options. What the repository's file makes the program run counts once it is "
                + "approved with 'treeguild trust'."
        ],
        positionals: [
            PositionalDefinition(
                name: "KEY", kind: .choice(SettingKey.all.map(\.name)), help: "One setting only")
        ],
        examples: [
            .init(line: "treeguild config", meaning: "All settings"),
            .init(line: "treeguild config jobs --json", meaning: "One of them, as JSON"),
        ],
        run: configCommand)

    private static let trust = CommandDefinition(
        name: "trust", purpose: "Approve what the repository asks for: commands, a hook, agents",
        details: [
            "Shows the commands that .treeguild/config.yaml makes the program run, and the hook "
                + "post-checkout that git would run in each new worktree, and asks. The approval "
                + "holds for a file's exact content: any change asks again. A hook that nobody "
                + "has approved does not run; what it calls is not looked at.",
            "Definitions of agents that ask for permissionMode bypassPermissions or for a memory "
                + "of all projects are shown too; without an approval they work without that.",
        ],
        options: [
            .flag("yes", short: "y", "Approve without asking"),
            .flag("revoke", "Take the approvals of this repository back"),
            .flag("list", short: "l", "Print all approvals"),
        ],
        exclusive: [["yes", "revoke", "list"]],
        examples: [
            .init(line: "treeguild trust", meaning: "Read and approve"),
            .init(line: "treeguild trust --yes", meaning: "Approve in a script"),
        ],
        exits: [(.refused, "not approved, or nobody to ask and no --yes")],
        run: trustCommand)

    private static let agents = CommandDefinition(
        name: "agents", purpose: "List, show and check the definitions of agents",
        details: [
            "Definitions are Markdown files with front matter. Nearer ones win: "
                + ".treeguild/agents and .claude/agents from the current folder up to the "
                + "repository's top, then $XDG_CONFIG_HOME/treeguild/agents and "
                + "~/.claude/agents, then those that come with the program.",
            "doctor looks at the agent programs that can be workers (claude, codex, gemini, opencode, aider, and "
                + "those of the setting 'profiles'): installed, version, login. It asks no service.",
        ],
        positionals: [
            PositionalDefinition(
                name: "ACTION", kind: .choice(["list", "show", "validate", "doctor"]),
                help: "What to do; list when left out"),
            PositionalDefinition(
                name: "NAME", kind: .text, isRepeated: true,
                help:
                    "For show an agent, for validate files, for doctor programs; without names all"),
        ],
        examples: [
            .init(line: "treeguild agents", meaning: "All agents and where they come from"),
            .init(line: "treeguild agents show Verify", meaning: "One of them with its prompt"),
            .init(
                line: "treeguild agents validate .claude/agents/reviewer.md",
                meaning: "Check a file"),
            .init(line: "treeguild agents doctor", meaning: "Which agent programs can work here"),
        ],
        exits: [
            (
                .notDone,
                "validate: a definition cannot be used; doctor: a program that was named cannot work"
            )
        ],
        run: agentsCommand)

    private static let modelServer = CommandDefinition(
        name: "model-server", purpose: "Serve a scripted model on loopback, for tests and demos",
        details: [
            "Speaks Anthropic Messages, OpenAI chat completions and OpenAI Responses, streaming "
                + "and not, and takes any key. Prints its URL, then serves until it is "
                + "interrupted.",
            "SCRIPT is YAML or JSON: names of conversations with lists of steps. A step has text, "
                + "thinking, tool and input (or a list of tools), stop, usage, pieces, delay_ms "
                + "and fail. The step is chosen by the answers that the request holds already, so "
                + "the server keeps no state. {when, rules, steps} in place of a list chooses a "
                + "conversation or a step by patterns in prompt, system, last, result, tool or "
                + "model; SCRIPT=NAME in a prompt names the conversation.",
            "fail lists what goes wrong first: a status, reset, cut, stall, silence, malformed, context, "
                + "error, or {status, retry_after, times, headers}. {{1}} is what the first * of a "
                + "pattern stands for; {{result}}, {{prompt}}, {{KEY}} of KEY=value in a prompt "
                + "and {{after:TEXT}} are filled in from the request.",
        ],
        positionals: [
            PositionalDefinition(
                name: "SCRIPT", kind: .file, isRequired: true, help: "The script's file")
        ],
        options: [
            .value("port", "N", .number, default: "a free one", "Where to listen on 127.0.0.1"),
            .value("log", "FILE", .file, "Add each request to this file, as a line of JSON"),
        ],
        examples: [
            .init(line: "treeguild model-server steps.yaml", meaning: "Serve on a free port"),
            .init(
                line: "treeguild model-server steps.yaml --port 8765 --log requests.jsonl",
                meaning: "Serve on a port of your choice and keep what was asked"),
        ],
        run: modelServerCommand)

    private static let schema = CommandDefinition(
        name: "schema", purpose: "Print the JSON Schema of an output",
        details: ["Without NAME prints the names."],
        positionals: [
            PositionalDefinition(
                name: "NAME", kind: .choice(Schemas.names), help: "Such as treeguild.run/1")
        ],
        examples: [
            .init(
                line: "treeguild schema treeguild.overlap/1 > overlap.schema.json",
                meaning: "Keep a schema in a file")
        ],
        run: schemaCommand)

    private static let completion = CommandDefinition(
        name: "completion", purpose: "Print a completion script for a shell",
        positionals: [
            PositionalDefinition(
                name: "SHELL", kind: .choice(Completion.shells), isRequired: true,
                help: "bash, zsh or fish")
        ],
        examples: [
            .init(
                line:
                    "treeguild completion bash > ~/.local/share/bash-completion/completions/treeguild",
                meaning: "Install it for bash"),
            .init(
                line: "treeguild completion zsh > ~/.zfunc/_treeguild",
                meaning: "Install it for zsh, with ~/.zfunc in fpath"),
            .init(
                line: "treeguild completion fish > ~/.config/fish/completions/treeguild.fish",
                meaning: "Install it for fish"),
        ],
        hasJSON: false, run: completionCommand)

    private static let version = CommandDefinition(
        name: "version", purpose: "Print the versions of treeguild and what it uses",
        examples: [.init(line: "treeguild version --json", meaning: "For a report of a fault")],
        run: versionCommand)

    private static let help = CommandDefinition(
        name: "help", purpose: "Print help for the program or a command",
        positionals: [
            PositionalDefinition(name: "COMMAND", kind: .command, help: "The command to explain")
        ],
        examples: [.init(line: "treeguild help run", meaning: "The same as treeguild run --help")],
        hasJSON: false, run: helpCommand)

    private static let manual = CommandDefinition(
        name: "manual", purpose: "Print the manual page treeguild(1) in roff", isHidden: true,
        hasJSON: false, run: manualCommand)
}
