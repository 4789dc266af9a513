import Agents
import Base

/// One setting as data.
struct SettingKey: Sendable {
    let name: String
    let type: SettingType
    /// Null where the command that uses it decides.
    let builtIn: JSON
    let help: String

    /// `TREEGUILD_JOBS`.
    var variable: String { "TREEGUILD_" + name.uppercased() }

    /// For the manual: help, variable and default.
    var manualText: String {
        let value = builtIn.isNull ? "" : " Default: \(builtIn.compact)."
        return "\(help).\(value) Variable: \(variable)."
    }

    static func named(_ name: String) -> SettingKey? { all.first { $0.name == name } }

    static let all: [SettingKey] = [
        SettingKey(name: "jobs", type: .count, builtIn: .null, help: "Workers at a time"),
        SettingKey(
            name: "agent", type: .either(.text, command), builtIn: .null,
            help: "Who works on tasks that do not say: a name, or {command: CMD}"),
        SettingKey(
            name: "verifier", type: .either(.text, command), builtIn: .null,
            help: "Who resolves what does not merge by itself: a name, keep-both, or {command: CMD}"
        ),
        SettingKey(
            name: "model", type: .text, builtIn: .null,
            help: "The model of agents that name none: PROVIDER/MODEL, such as ollama/qwen3-coder"),
        SettingKey(
            name: "providers", type: .map(.record(provider)), builtIn: .object(JSON.Members()),
            help: "How models are reached, by the provider's name: {wire, base_url, key_variable, "
                + "headers, width, local, idle, version}"),
        SettingKey(
            name: "profiles", type: .map(.record(profile)), builtIn: .object(JSON.Members()),
            help:
                "Agent programs, by the name that tasks give: the built-in ones (claude, codex, gemini, "
                + "opencode, aider) otherwise, or others: {like, program, start, resume, prompt, format, "
                + "model, keys, environment, …}"),
        SettingKey(
            name: "permissions", type: .record(permissions), builtIn: .object(JSON.Members()),
            help: "What model workers may do: {mode, allow, ask, deny}"),
        SettingKey(
            name: "worktrees", type: .folder, builtIn: .null,
            help: "Folder in which the folders of runs are made"),
        SettingKey(
            name: "reuse", type: .boolean, builtIn: true,
            help: "Whether a tree whose work is collected goes to the next task, reset"),
        SettingKey(
            name: "preserve_limit", type: .size, builtIn: 10_000_000,
            help: "Most bytes of uncommitted work that are preserved; a tree with more stays"),
        SettingKey(
            name: "outputs", type: .list(.glob), builtIn: [],
            help: "Patterns of ignored files that are build outputs, which need no preserving"),
        SettingKey(
            name: "checks", type: .list(.record(check)), builtIn: [],
            help: "Commands that must end with 0 before a result counts: {name, run, timeout}"),
        SettingKey(
            name: "setup", type: .record(setup), builtIn: .object(JSON.Members()),
            help: "What every worktree gets before its worker, and what is run before it goes: "
                + "{copy, share, run, timeout, teardown, teardown_timeout, ports}"),
        SettingKey(
            name: "ports", type: .portRange, builtIn: "20000-29999",
            help: "Ports of which set-up gives worktrees theirs"),
        SettingKey(
            name: "sandbox", type: .record(sandbox), builtIn: .object(JSON.Members()),
            help: "What workers may reach: {write, hide, show, network, processes, memory}"),
        SettingKey(
            name: "budget", type: .short(.amount, for: "usd", budget), builtIn: .null,
            help: "What a run may use: {usd, tokens, turns, minutes}, or US dollars"),
        SettingKey(
            name: "features", type: .map(.scalar), builtIn: .object(JSON.Members()),
            help:
                "Switches for things that are not settled yet; 'simple: true' gives model workers three tools, "
                + "Bash, Read and Edit"),
        SettingKey(
            name: "color", type: .choice(["auto", "always", "never"]), builtIn: "auto",
            help: "When to colour the output"),
        SettingKey(
            name: "timeout", type: .duration, builtIn: .null, help: "How long a worker may take"),
    ]

    private static let command: [SettingType.Field] = [
        .init(name: "command", type: .command, isRequired: true)
    ]

    private static let provider: [SettingType.Field] = [
        .init(name: "wire", type: .choice(ModelWire.allCases.map(\.rawValue))),
        .init(name: "base_url", type: .trusted(.text)),
        .init(name: "key_variable", type: .trusted(.text)),
        .init(name: "headers", type: .map(.trusted(.text))), .init(name: "width", type: .count),
        .init(name: "local", type: .trusted(.boolean)), .init(name: "version", type: .text),
        .init(name: "idle", type: .duration),
    ]

    private static let permissions: [SettingType.Field] = [
        .init(name: "mode", type: .trusted(.choice(PermissionMode.allCases.map(\.rawValue)))),
        .init(name: "allow", type: .list(.trusted(.text))),
        .init(name: "ask", type: .list(.text)), .init(name: "deny", type: .list(.text)),
    ]

    private static let check: [SettingType.Field] = [
        .init(name: "name", type: .text, isRequired: true),
        .init(name: "run", type: .command, isRequired: true),
        .init(name: "timeout", type: .duration),
    ]

    private static let setup: [SettingType.Field] = [
        .init(name: "copy", type: .list(.glob)),
        .init(name: "share", type: .list(.either(.text, share))),
        .init(name: "run", type: .list(.command)), .init(name: "timeout", type: .duration),
        .init(name: "teardown", type: .list(.command)),
        .init(name: "teardown_timeout", type: .duration),
        .init(name: "ports", type: .map(.count)),
    ]

    private static let share: [SettingType.Field] = [
        .init(name: "path", type: .text, isRequired: true),
        .init(name: "else", type: .choice(["copy", "link", "none"])),
    ]

    private static let sandbox: [SettingType.Field] = [
        .init(name: "write", type: .list(.folder)), .init(name: "hide", type: .list(.text)),
        .init(name: "show", type: .list(.folder)),
        .init(name: "network", type: .choice(["none", "loopback", "all"])),
        .init(name: "processes", type: .count), .init(name: "memory", type: .size),
    ]

    private static let budget: [SettingType.Field] = [
        .init(name: "usd", type: .amount), .init(name: "tokens", type: .count),
        .init(name: "turns", type: .count), .init(name: "minutes", type: .amount),
    ]
}
