package import Base

extension Plan {
    /// Reads what ``json`` wrote, or JSON of a plan without `prompt_file`, by the same rules as a file.
    package init(json: JSON) throws(PlanErrors) {
        self = try PlanDecoder.decode(json, requiringTasks: false).get()
    }

    /// The plan as JSON; what has its default is left out. ``init(json:)`` reads the same plan back.
    package var json: JSON {
        var members = JSON.Members()
        members["version"] = .int(Plan.version)
        members["goal"] = goal.map { .string($0) }
        members["base"] = base.map { .string($0) }
        members["jobs"] = jobs.map { .int($0) }
        members["agent"] = agent?.json
        members["env"] = Plan.object(environment.mapValues { .string($0) })
        members["budget"] = budget.json
        members["setup"] = setup.json
        members["sandbox"] = Plan.nonEmpty(sandbox.json)
        members["outputs"] = Plan.list(outputs)
        members["checks"] = Plan.list(checks.map(\.json))
        members["tasks"] = Plan.list(tasks.map(\.json))
        members["verify"] = verification.json
        members["land"] = landing?.json
        return .object(members)
    }

    fileprivate static func list(_ items: [JSON]) -> JSON? {
        items.isEmpty ? nil : .array(items)
    }

    fileprivate static func list(_ globs: [Glob]) -> JSON? {
        list(globs.map { .string($0.description) })
    }

    /// Sorted by key, so that equal plans are equal texts.
    fileprivate static func object(_ values: [String: JSON]) -> JSON? {
        nonEmpty(object(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }

    fileprivate static func object(_ pairs: [(String, JSON?)]) -> JSON {
        .object(JSON.Members(pairs.compactMap { key, value in value.map { (key, $0) } }))
    }

    fileprivate static func nonEmpty(_ value: JSON) -> JSON? {
        value.objectValue?.pairs.isEmpty == true ? nil : value
    }

    /// A number that is left out when it is the default.
    fileprivate static func number(_ value: Int, default usual: Int) -> JSON? {
        value == usual ? nil : .int(value)
    }
}

extension AgentChoice {
    /// A name, or an object with the command.
    package var json: JSON {
        switch self {
        case .named(let name): .string(name)
        case .keepBoth: .string(AgentChoice.keepBothName)
        case .command(let command): .object(JSON.Members([("command", .string(command))]))
        }
    }
}

extension Budget {
    /// As plans spell it; nil without a limit.
    package var json: JSON? {
        Plan.nonEmpty(
            Plan.object([
                ("usd", usd.map { .double($0) }), ("tokens", tokens.map { .int($0) }),
                ("turns", turns.map { .int($0) }),
                ("minutes", minutes.map { .double($0) }),
            ]))
    }
}

extension Setup {
    fileprivate var json: JSON? {
        Plan.nonEmpty(
            Plan.object([
                ("copy", Plan.list(copy)), ("share", Plan.list(share.map(\.json))),
                ("run", Plan.list(run.map { .string($0) })),
                ("timeout", timeout.map { .double($0.inSeconds) }),
                ("teardown", Plan.list(teardown.map { .string($0) })),
                ("teardown_timeout", teardownTimeout.map { .double($0.inSeconds) }),
                ("ports", Plan.object(ports.mapValues { .int($0) })),
            ]))
    }
}

extension SharedPath {
    fileprivate var json: JSON {
        let text = JSON.string(path.description)
        return fallback == .copy
            ? text : Plan.object([("path", text), ("else", .string(fallback.rawValue))])
    }
}

extension Check {
    fileprivate var json: JSON {
        Plan.object([
            ("name", .string(name)), ("run", .string(run)),
            ("timeout", timeout.map { .double($0.inSeconds) }),
        ])
    }
}

extension PlannedTask {
    fileprivate var json: JSON {
        let (key, text) =
            switch work {
            case .prompt(let text): ("prompt", text)
            case .command(let text): ("command", text)
            }
        return Plan.object([
            ("id", .string(id.description)), ("title", title.map { .string($0) }),
            (key, .string(text)), ("touches", Plan.list(touches)),
            ("after", Plan.list(after.map { .string($0.description) })),
            ("reads", reads ? JSON.bool(true) : nil),
            ("attempts", Plan.number(attempts, default: 1)),
            ("retries", Plan.number(retries, default: 0)),
            ("timeout", timeout.map { .double($0.inSeconds) }), ("agent", agent?.json),
            ("budget", budget.json),
            ("env", Plan.object(environment.mapValues { .string($0) })),
        ])
    }
}

extension Verification {
    fileprivate var json: JSON? {
        Plan.nonEmpty(
            Plan.object([
                ("agent", agent?.json), ("quorum", Plan.number(quorum, default: 1)),
                ("checks", checks.map { .array($0.map { .string($0) }) }),
                ("protect", Plan.list(protect)),
            ]))
    }
}

extension Landing {
    fileprivate var json: JSON {
        Plan.object([("onto", .string(onto)), ("strategy", .string(strategy.rawValue))])
    }
}
