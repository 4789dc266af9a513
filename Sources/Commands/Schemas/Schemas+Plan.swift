import Base
import Tasks

extension Schemas {
    /// A plan as `run` reads it: for editors, and for programs that write plans. What needs more than one place to be
    /// checked, such as names of tasks under `after`, only `run --dry-run` checks.
    static var plan: JSON {
        let verify = closed([
            ("agent", agentChoice), ("command", words), ("quorum", whole(1, 9)),
            ("checks", list(words)), ("protect", globs),
        ])
        return closed(
            [
                ("version", ["const": .int(Plan.version)]),
                ("goal", described(words, "For people, and for the coordinator")),
                ("base", described(spelled, "The revision to start from; HEAD when left out")),
                ("jobs", described(whole(1, 256), "Workers at a time")),
                ("agent", agentChoice), ("env", variables),
                ("budget", described(budget, "What models may use in the whole run")),
                ("setup", setup), ("sandbox", sandboxWishes), ("outputs", globs),
                (
                    "checks",
                    list(
                        closed(
                            [("name", name), ("run", words), ("timeout", duration)],
                            required: ["name", "run"]))
                ),
                ("tasks", list(plannedTask)), ("verify", verify),
                (
                    "land",
                    closed(
                        [
                            ("onto", spelled),
                            ("strategy", choice(Landing.Strategy.allCases.map(\.rawValue))),
                        ], required: ["onto"])
                ),
            ], required: ["version"])
    }

    private static var setup: JSON {
        let path = described(words, "Inside the repository")
        return closed([
            ("copy", globs),
            (
                "share",
                list([
                    "anyOf": [
                        path,
                        closed(
                            [
                                ("path", path),
                                ("else", choice(SharedPath.Fallback.allCases.map(\.rawValue))),
                            ], required: ["path"]),
                    ]
                ])
            ),
            ("run", list(words)), ("timeout", duration), ("teardown", list(words)),
            ("teardown_timeout", duration),
            ("ports", ["type": "object", "additionalProperties": whole(1, 100)]),
        ])
    }

    private static var sandboxWishes: JSON {
        let granted: JSON = ["type": "string", "pattern": "^(/|~/|~$)"]
        return closed([
            ("write", list(granted)), ("hide", list(words)), ("show", list(words)),
            ("network", choice(SandboxWishes.Network.allCases.map(\.rawValue))),
            ("processes", whole(1, 1_000_000)), ("memory", ["type": ["integer", "string"]]),
        ])
    }

    private static var plannedTask: JSON {
        closed(
            [
                ("id", slug), ("title", words), ("prompt", words),
                ("prompt_file", described(words, "A file beside the plan")), ("command", words),
                ("touches", described(globs, "Scopes that overlap wait for each other")),
                ("after", list(slug)), ("reads", flag), ("attempts", whole(1, 16)),
                ("retries", whole(0, 100)), ("timeout", duration), ("agent", agentChoice),
                ("budget", described(budget, "What the task's models may use together")),
                ("env", variables),
            ], required: ["id"])
    }

    private static let budget = closed([
        ("usd", positive), ("tokens", whole(1, 1_000_000_000_000)),
        ("turns", whole(1, 1_000_000)), ("minutes", positive),
    ])

    /// A name, or an object with what the agent is.
    private static let agentChoice: JSON = ["type": ["string", "object"]]
    /// Text that is not blank.
    private static let words: JSON = ["type": "string", "pattern": "[^ \\t\\r\\n]"]
    /// Text that YAML may have taken for a number.
    private static let spelled: JSON = ["type": ["string", "number"]]
    private static let name: JSON = ["type": "string", "pattern": "^[A-Za-z0-9_.-]+$"]
    private static let globs = list(words)
    private static let positive: JSON = ["type": "number", "exclusiveMinimum": 0]
    private static let duration = described(
        ["type": ["number", "string"]], "Seconds, or such as 90s, 15m, 2h or 7d")
    private static let variables: JSON = [
        "type": "object", "additionalProperties": ["type": ["string", "number"]],
    ]

    private static func whole(_ least: Int, _ most: Int) -> JSON {
        ["type": "integer", "minimum": .int(least), "maximum": .int(most)]
    }

    private static func choice(_ words: [String]) -> JSON {
        ["enum": .array(words.map { .string($0) })]
    }

    /// An object of which no member is unknown.
    private static func closed(_ members: [(String, JSON)], required: [String] = []) -> JSON {
        [
            "type": "object", "properties": .object(JSON.Members(members)),
            "required": .array(required.map { .string($0) }), "additionalProperties": false,
        ]
    }
}
