package import Agents
package import Base

/// How a run's model workers work; fixed at its start.
package struct AgentOptions: Hashable, Sendable {
    /// For agents whose definition names no model, as the user wrote it; nil when nobody named one.
    package var model: String?
    /// What happens to a call that no rule speaks of, unless an agent's definition says otherwise.
    package var mode = PermissionMode.acceptEdits
    /// Rules in the spelling of users, such as `Bash(git diff *)`.
    package var allow: [String] = []
    /// Calls that a person decides on.
    package var ask: [String] = []
    /// Calls that never take place.
    package var deny: [String] = []
    /// Three tools are enough: Bash, Read, Edit.
    package var isSimple = false

    /// The usual options.
    package init() {}

    /// The form that the ledger keeps.
    package var json: JSON {
        [
            "model": .optional(model), "mode": .string(mode.rawValue),
            "allow": .array(allow.map { .string($0) }), "ask": .array(ask.map { .string($0) }),
            "deny": .array(deny.map { .string($0) }), "simple": .bool(isSimple),
        ]
    }

    /// Reads what ``json`` wrote.
    package init(json: JSON) {
        func texts(_ key: String) -> [String] {
            json[key]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        model = json["model"]?.stringValue
        mode = json["mode"]?.stringValue.flatMap { PermissionMode(named: $0) } ?? mode
        allow = texts("allow")
        ask = texts("ask")
        deny = texts("deny")
        isSimple = json["simple"]?.boolValue ?? false
    }
}
