import Base

/// The JSON Schemas (draft 2020-12) of everything the program prints as JSON, and of plans.
///
/// Of what is printed, members that a schema does not name may appear in later versions: readers must ignore them.
enum Schemas {
    /// Names in the order of the list.
    static var names: [String] { all.map(\.name) }

    /// The schema's document; nil for an unknown name.
    @Sendable static func schema(named name: String) -> JSON? {
        all.first { $0.name == name }.map { document($0.name, $0.purpose, $0.body()) }
    }

    private static let all: [(name: String, purpose: String, body: @Sendable () -> JSON)] = [
        ("treeguild.run/1", "One run: run, resume, merge", { run }),
        ("treeguild.plan/1", "A plan, as run reads it", { plan }),
        ("treeguild.overlap/1", "Overlapping hunks between branches: overlap", { overlap }),
        ("treeguild.event/1", "One line of the event log: log", { event }),
        ("treeguild.status/1", "Runs with their tasks: status", { status }),
        ("treeguild.task/1", "One task of a run: show", { shownTask }),
        ("treeguild.stop/1", "What came of a wish to stop: stop", { stop }),
        ("treeguild.clean/1", "What was removed: clean", { clean }),
        ("treeguild.undo/1", "What was brought back: undo", { undo }),
        ("treeguild.land/1", "What came of a landing: land", { land }),
        ("treeguild.config/1", "Settings with their origins: config", { config }),
        ("treeguild.error/1", "Why a command could not do its work: any command", { error }),
        (
            "treeguild.self-check/1", "Merges of the history against git's: self-check",
            { selfCheck }
        ),
        ("treeguild.doctor/1", "Checks of machine and repository: doctor", { doctor }),
        ("treeguild.version/1", "Versions: version", { version }),
        ("treeguild.trust/1", "Approvals of the repository's settings: trust", { trust }),
        ("treeguild.agents/1", "Agents with their sources: agents list", { agents }),
        ("treeguild.agent/1", "One agent: agents show", { agent }),
        (
            "treeguild.agents.validate/1", "What is wrong with definitions: agents validate",
            { validatedAgents }
        ),
        (
            "treeguild.agents.doctor/1", "What is there of agent programs: agents doctor",
            { agentsDoctor }
        ),
        ("treeguild.model-server/1", "Where the scripted model is: model-server", { modelServer }),
        ("treeguild.schemas/1", "Names of schemas: schema", { schemas }),
    ]

    private static func document(_ name: String, _ purpose: String, _ body: JSON) -> JSON {
        let head: [(String, JSON)] = [
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("title", .string(name)), ("description", .string(purpose)),
        ]
        let members = (body.objectValue?.pairs ?? []).map { ($0.key, $0.value) }
        return .object(JSON.Members(head + members))
    }

    // MARK: Building blocks

    /// An object of which all named members must be there, save the optional ones.
    static func object(_ members: [(String, JSON)], optional: Set<String> = []) -> JSON {
        let required = members.map(\.0).filter { !optional.contains($0) }
        return [
            "type": "object", "properties": .object(JSON.Members(members)),
            "required": .array(required.map { .string($0) }),
        ]
    }

    /// A document that begins with its schema's name.
    static func document(
        _ name: String, _ members: [(String, JSON)], optional: Set<String> = []
    ) -> JSON {
        object([("schema", ["const": .string(name)])] + members, optional: optional)
    }

    static func list(_ items: JSON) -> JSON { ["type": "array", "items": items] }

    static func nullable(_ schema: JSON) -> JSON { ["anyOf": [schema, ["type": "null"]]] }

    static func word(_ words: String...) -> JSON { ["enum": .array(words.map { .string($0) })] }

    static func described(_ schema: JSON, _ text: String) -> JSON {
        var members = schema.objectValue ?? JSON.Members()
        members["description"] = .string(text)
        return .object(members)
    }

    static let text: JSON = ["type": "string"]
    static let flag: JSON = ["type": "boolean"]
    static let count: JSON = ["type": "integer", "minimum": 0]
    static let integer: JSON = ["type": "integer"]
    static let amount: JSON = ["type": "number", "minimum": 0]
    static let time: JSON = ["type": "string", "format": "date-time"]
    static let anyObject: JSON = ["type": "object"]
    static let anything: JSON = .object(JSON.Members())
    /// A whole object ID.
    static let objectID: JSON = [
        "type": "string", "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$",
    ]
    static let slug: JSON = ["type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,62}$"]
}
