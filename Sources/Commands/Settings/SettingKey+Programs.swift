import Agents

extension SettingKey {
    /// One agent program; what it says of starting and feeding it is code, so a repository needs approval for it.
    static let profile: [SettingType.Field] = [
        .init(name: "like", type: .text), .init(name: "title", type: .text),
        .init(name: "format", type: .choice(ProgramFormat.allCases.map(\.rawValue))),
        .init(name: "program", type: .trusted(.text)),
        .init(name: "version", type: .record(version)), .init(name: "model", type: .text),
        .init(name: "start", type: .list(.trusted(.text))),
        .init(name: "resume", type: .list(.trusted(.text))),
        .init(name: "model_arguments", type: .list(.trusted(.text))),
        .init(name: "confined", type: .list(.trusted(.text))),
        .init(name: "unconfined", type: .list(.trusted(.text))),
        .init(name: "prompt", type: .choice(ProgramProfile.Prompt.allCases.map(\.rawValue))),
        .init(name: "provider", type: .text), .init(name: "keys", type: .list(.trusted(.text))),
        .init(name: "variables", type: .list(.trusted(.text))),
        .init(name: "environment", type: .map(.trusted(.scalar))),
        .init(name: "confined_environment", type: .map(.trusted(.scalar))),
        .init(name: "login", type: .list(.trusted(.text))),
        .init(name: "login_variables", type: .list(.trusted(.text))),
        .init(name: "home", type: .record(home)), .init(name: "litter", type: .list(.text)),
        .init(name: "stall", type: .duration),
    ]

    private static let version: [SettingType.Field] = [
        .init(name: "arguments", type: .list(.trusted(.text))), .init(name: "least", type: .scalar),
    ]

    private static let home: [SettingType.Field] = [
        .init(name: "variable", type: .trusted(.text)), .init(name: "from", type: .trusted(.text)),
        .init(name: "copy", type: .list(.trusted(.text))),
        .init(name: "link", type: .list(.trusted(.text))),
    ]
}
