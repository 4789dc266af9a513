import Agents
import Base
import Tasks

/// The settings in force, each with its origin.
struct Settings: Sendable {
    /// By key's name, in the order of ``SettingKey/all``.
    private(set) var entries: [Entry]

    /// Where a value comes from.
    enum Origin: Equatable, Sendable {
        case builtIn
        case user(AbsolutePath, line: Int)
        case repository(AbsolutePath, line: Int)
        case variable(String)
        /// With its dashes.
        case option(String)
    }

    /// One setting in force.
    struct Entry: Equatable, Sendable {
        let key: String
        var value: JSON
        var origin: Origin
    }

    /// The built-in values.
    init() {
        entries = SettingKey.all.map { Entry(key: $0.name, value: $0.builtIn, origin: .builtIn) }
    }

    /// Lets a later layer replace what it names.
    mutating func apply(_ layer: [Entry]) {
        for entry in layer {
            guard let index = entries.firstIndex(where: { $0.key == entry.key }) else { continue }
            var entry = entry
            if entry.key == "sandbox" {
                entry.value = Settings.sandbox(entry, over: entries[index].value)
            }
            entries[index] = entry
        }
    }

    subscript(key: String) -> Entry? { entries.first { $0.key == key } }

    /// A layer adds to the lists of those before it. A repository's may only narrow the network.
    private static func sandbox(_ entry: Entry, over earlier: JSON) -> JSON {
        let before = SandboxWishes(json: earlier)
        var wishes = SandboxWishes(json: entry.value)
        if case .repository = entry.origin, let wish = wishes.network, let given = before.network {
            let strictness = SandboxWishes.Network.allCases
            wishes.network = strictness.first { $0 == wish || $0 == given }
        }
        return wishes.completed(by: before).json
    }

    private func value(_ key: String) -> JSON { self[key]?.value ?? .null }

    /// Workers at a time; nil leaves it to the run.
    var jobs: Int? { value("jobs").intValue }
    var agent: AgentSetting? { AgentSetting(value("agent")) }
    var verifier: AgentSetting? { AgentSetting(value("verifier")) }
    /// The model of agents that name none; nil where nobody named one.
    var model: String? { value("model").stringValue }
    /// By the provider's name.
    var providers: [String: ProviderSettings] {
        Dictionary(
            (value("providers").objectValue?.pairs ?? []).map {
                ($0.key, ProviderSettings($0.value))
            }, uniquingKeysWith: { $1 })
    }
    /// By the program's name; see `ProgramCatalog`.
    var profiles: JSON.Members { value("profiles").objectValue ?? JSON.Members() }
    var permissions: PermissionSetting { PermissionSetting(value("permissions")) }
    /// Where the folders of runs are made; nil leaves it to the run.
    var worktrees: AbsolutePath? { value("worktrees").stringValue.flatMap { AbsolutePath($0) } }
    /// Bytes.
    var preserveLimit: Int { value("preserve_limit").intValue ?? 0 }
    /// Ports of which worktrees get theirs; nil leaves it to the run.
    var ports: ClosedRange<Int>? { value("ports").stringValue.flatMap(PortRange.parse) }
    /// A tree whose work is collected goes to the next task.
    var reusesTrees: Bool { value("reuse").boolValue ?? true }
    /// Patterns of ignored files that need no preserving.
    var outputs: [String] { Settings.texts(value("outputs")) }
    var checks: [CheckSetting] { (value("checks").arrayValue ?? []).compactMap(CheckSetting.init) }
    var setup: SetupSetting { SetupSetting(value("setup")) }
    var sandbox: SandboxWishes { SandboxWishes(json: value("sandbox")) }
    var budget: BudgetSetting { BudgetSetting(value("budget")) }
    var features: JSON.Members { value("features").objectValue ?? JSON.Members() }
    /// `auto`, `always` or `never`.
    var color: String { value("color").stringValue ?? "auto" }
    /// Seconds; nil for no limit.
    var timeout: Double? { value("timeout").doubleValue }

    fileprivate static func texts(_ value: JSON?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }
}

/// Who does the work: someone by name, or a command line.
enum AgentSetting: Equatable, Sendable {
    case named(String)
    case command(String)

    init?(_ value: JSON) {
        if let name = value.stringValue {
            self = .named(name)
        } else if let command = value["command"]?.stringValue {
            self = .command(command)
        } else {
            return nil
        }
    }
}

/// What model workers may do.
struct PermissionSetting: Equatable, Sendable {
    let mode: String?
    let allow: [String]
    let ask: [String]
    let deny: [String]

    init(_ value: JSON) {
        mode = value["mode"]?.stringValue
        allow = Settings.texts(value["allow"])
        ask = Settings.texts(value["ask"])
        deny = Settings.texts(value["deny"])
    }
}

extension ProviderSettings {
    init(_ value: JSON) {
        self.init()
        wire = value["wire"]?.stringValue.flatMap { ModelWire(rawValue: $0) }
        baseURL = value["base_url"]?.stringValue
        keyVariable = value["key_variable"]?.stringValue
        for pair in value["headers"]?.objectValue?.pairs ?? [] {
            headers[pair.key] = pair.value.stringValue
        }
        width = value["width"]?.intValue
        isLocal = value["local"]?.boolValue
        version = value["version"]?.stringValue
        idle = value["idle"]?.doubleValue.flatMap { Duration(inSeconds: $0) }
    }
}

/// A command that must end with 0.
struct CheckSetting: Equatable, Sendable {
    let name: String
    let run: String
    /// Seconds.
    let timeout: Double?

    init?(_ value: JSON) {
        guard let name = value["name"]?.stringValue, let run = value["run"]?.stringValue
        else { return nil }
        self.name = name
        self.run = run
        timeout = value["timeout"]?.doubleValue
    }
}

/// What every worktree gets before its worker.
struct SetupSetting: Equatable, Sendable {
    /// In the form of a plan's `setup`.
    let json: JSON
    var copy: [String] { Settings.texts(json["copy"]) }
    var run: [String] { Settings.texts(json["run"]) }
    /// How many ports a name stands for, in the file's order.
    var ports: JSON.Members { json["ports"]?.objectValue ?? JSON.Members() }

    init(_ value: JSON) { json = value }
}

/// Ports to choose from.
enum PortRange {
    /// `20000-29999`; nil for anything else.
    static func parse(_ text: String) -> ClosedRange<Int>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last,
            first >= 1, last <= 65535
        else { return nil }
        return first...last
    }
}

/// What a run may use; nil is no limit.
struct BudgetSetting: Equatable, Sendable {
    let usd: Double?
    let tokens: Int?
    let turns: Int?
    let minutes: Double?

    init(_ value: JSON) {
        usd = value["usd"]?.doubleValue
        tokens = value["tokens"]?.intValue
        turns = value["turns"]?.intValue
        minutes = value["minutes"]?.doubleValue
    }
}
