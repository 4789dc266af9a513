import Base

/// Makes a plan of JSON, by the rules that hold for plans of every format.
struct PlanDecoder {
    var reader: PlanReader
    let readFile: (String) -> [UInt8]?

    init(index: PlanIndex, readFile: @escaping (String) -> [UInt8]?) {
        reader = PlanReader(index: index)
        self.readFile = readFile
    }

    /// A plan, or everything that is wrong with it.
    static func decode(
        _ json: JSON, index: PlanIndex = PlanIndex(), requiringTasks: Bool = true,
        readFile: @escaping (String) -> [UInt8]? = { _ in nil }
    ) -> Result<Plan, PlanErrors> {
        var decoder = PlanDecoder(index: index, readFile: readFile)
        let plan = decoder.plan(json, requiringTasks: requiringTasks)
        let problems = decoder.reader.problems
        return problems.isEmpty ? .success(plan) : .failure(PlanErrors(problems))
    }

    static let keys = [
        "version", "goal", "base", "jobs", "agent", "env", "budget", "setup", "sandbox", "outputs",
        "checks", "tasks", "verify", "land",
    ]

    private mutating func plan(_ json: JSON, requiringTasks: Bool) -> Plan {
        var plan = Plan()
        guard let top = reader.fields(json, at: "", keys: PlanDecoder.keys) else { return plan }
        checkVersion(top)
        plan.goal = reader.text(top, "goal")
        plan.base = reader.revision(top, "base", expected: "a revision")
        plan.jobs = reader.whole(top, "jobs", in: 1...256)
        plan.agent = agent(top, role: .worker)
        plan.environment = reader.environment(top)
        plan.budget = budget(top)
        plan.setup = setup(top)
        plan.sandbox = sandbox(top)
        plan.outputs = reader.globs(top, "outputs")
        plan.checks = checks(top)
        plan.verification = verification(top, checks: plan.checks.map(\.name))
        plan.landing = landing(top)
        let drafts = tasks(top, isRequired: requiringTasks)
        plan.tasks = drafts.compactMap(\.task)
        PlanReferences.check(plan, drafts, &reader)
        return plan
    }

    private mutating func checkVersion(_ top: PlanReader.Fields) {
        let expected = "version: \(Plan.version)"
        guard let value = top.members["version"] else {
            return reader.report(
                .missingKey, at: "version", found: "nothing", expected: expected)
        }
        guard value.intValue == Plan.version else {
            return reader.report(
                .unsupportedVersion, at: "version", found: reader.describe(value, at: "version"),
                expected: expected)
        }
    }

    /// The same for a run and for a task.
    mutating func budget(_ owner: PlanReader.Fields) -> Budget {
        let keys = ["usd", "tokens", "turns", "minutes"]
        guard let fields = reader.fields(owner, "budget", keys: keys) else { return Budget() }
        return Budget(
            usd: reader.amount(fields, "usd", upTo: 1e6),
            tokens: reader.whole(fields, "tokens", in: 1...1_000_000_000_000),
            turns: reader.whole(fields, "turns", in: 1...1_000_000),
            minutes: reader.amount(fields, "minutes", upTo: 1e6))
    }

    private mutating func setup(_ top: PlanReader.Fields) -> Setup {
        var setup = Setup()
        let keys = [
            "copy", "share", "run", "timeout", "teardown", "teardown_timeout", "ports",
        ]
        guard let fields = reader.fields(top, "setup", keys: keys) else { return setup }
        setup.copy = reader.globs(fields, "copy")
        for (value, path) in reader.items(fields, "share") {
            if let shared = sharedPath(value, at: path) { setup.share.append(shared) }
        }
        setup.run = reader.texts(fields, "run")
        setup.timeout = reader.duration(fields, "timeout")
        setup.teardown = reader.texts(fields, "teardown")
        setup.teardownTimeout = reader.duration(fields, "teardown_timeout")
        guard let ports = fields.members["ports"] else { return setup }
        guard let members = ports.objectValue else {
            reader.reportWrongType(
                ports, at: fields.path("ports"), expected: "a mapping of names to numbers")
            return setup
        }
        for pair in members.pairs {
            let path = PlanIndex.path(fields.path("ports"), pair.key)
            if reader.checkVariable(pair.key, at: path) {
                setup.ports[pair.key] = reader.whole(pair.value, at: path, in: 1...100)
            }
        }
        return setup
    }

    /// A path, or a mapping of `path` and `else`.
    private mutating func sharedPath(_ value: JSON, at path: String) -> SharedPath? {
        let expected = "a path inside the repository"
        var fallback = SharedPath.Fallback.copy
        var value = value
        var path = path
        if value.objectValue != nil {
            guard let fields = reader.fields(value, at: path, keys: ["path", "else"]) else {
                return nil
            }
            fallback = reader.word(fields, "else", SharedPath.Fallback.self) ?? .copy
            guard let inner = fields.members["path"] else {
                reader.report(.missingKey, at: path, found: "nothing", expected: "path")
                return nil
            }
            value = inner
            path = fields.path("path")
        }
        guard let text = reader.text(value, at: path, expected: expected) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let trimmed = parts.last == "" ? parts.dropLast() : parts[...]
        guard !trimmed.isEmpty, trimmed.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            reader.report(
                .invalidValue, at: path, found: PlanReader.quote(text), expected: expected)
            return nil
        }
        return SharedPath(
            path: RepositoryPath(trimmed.joined(separator: "/")), fallback: fallback)
    }

    private mutating func checks(_ top: PlanReader.Fields) -> [Check] {
        var checks: [Check] = []
        var seen: [String: String] = [:]
        for (value, path) in reader.items(top, "checks") {
            guard let fields = reader.fields(value, at: path, keys: ["name", "run", "timeout"])
            else { continue }
            let timeout = reader.duration(fields, "timeout")
            let run = required(fields, "run", expected: "a command")
            guard let name = name(fields) else { continue }
            if let first = seen[name] {
                reader.report(
                    .duplicate(first: first), at: fields.path("name"),
                    found: PlanReader.quote(name), expected: "each check once")
                continue
            }
            seen[name] = fields.path("name")
            checks.append(Check(name: name, run: run ?? "", timeout: timeout))
        }
        return checks
    }

    private mutating func name(_ fields: PlanReader.Fields) -> String? {
        let expected = "a name of letters, digits, _, - and ."
        guard let text = required(fields, "name", expected: expected) else { return nil }
        guard PlanName.isValid(text) else {
            reader.report(
                .invalidName, at: fields.path("name"), found: PlanReader.quote(text),
                expected: expected)
            return nil
        }
        return text
    }

    mutating func required(
        _ fields: PlanReader.Fields, _ key: String, expected: String
    ) -> String? {
        guard let value = fields.members[key] else {
            reader.report(
                .missingKey, at: fields.path(key), found: "nothing",
                expected: "\(key): \(expected)")
            return nil
        }
        return reader.text(value, at: fields.path(key), expected: expected)
    }
}

// Agents, verifying and landing.
extension PlanDecoder {
    enum Role { case worker, verifier }

    /// A name, or `{command: …}`.
    mutating func agent(_ owner: PlanReader.Fields, role: Role) -> AgentChoice? {
        guard let value = owner.members["agent"] else { return nil }
        let path = owner.path("agent")
        let expected = "an agent's name, or {command: …}"
        if value.objectValue != nil {
            guard let fields = reader.fields(value, at: path, keys: ["command"]) else {
                return nil
            }
            return required(fields, "command", expected: "a command").map { .command($0) }
        }
        guard let text = reader.text(value, at: path, expected: expected) else { return nil }
        let choice = AgentChoice(parsing: text)
        // Only a verifier can keep both sides, and only a task can bring a command of its own.
        let excluded: AgentChoice =
            role == .worker ? .keepBoth : .named(AgentChoice.commandName)
        guard let choice, choice != excluded else {
            reader.report(
                .invalidValue, at: path, found: PlanReader.quote(text), expected: expected)
            return nil
        }
        return choice
    }

    private mutating func verification(
        _ top: PlanReader.Fields, checks: [String]
    ) -> Verification {
        var verification = Verification()
        let keys = ["agent", "command", "quorum", "checks", "protect"]
        guard let fields = reader.fields(top, "verify", keys: keys) else { return verification }
        verification.agent = agent(fields, role: .verifier)
        if fields.has("command") {
            // A short form of `agent: {command: …}`.
            if fields.has("agent") { reportConflict(fields, ["agent", "command"]) }
            verification.agent = reader.text(fields, "command").map { .command($0) }
        }
        verification.quorum = reader.whole(fields, "quorum", in: 1...9) ?? 1
        verification.checks = selectedChecks(fields, from: checks)
        verification.protect = reader.globs(fields, "protect")
        return verification
    }

    private mutating func selectedChecks(
        _ fields: PlanReader.Fields, from known: [String]
    ) -> [String]? {
        guard fields.has("checks") else { return nil }
        var names: [String] = []
        for (value, path) in reader.items(fields, "checks") {
            guard let name = reader.text(value, at: path) else { continue }
            if !known.contains(name) {
                reader.report(
                    .unknownReference(nearest: NearestName.find(name, in: known)), at: path,
                    found: PlanReader.quote(name), expected: "the name of one of the checks")
            }
            names.append(name)
        }
        return names
    }

    private mutating func landing(_ top: PlanReader.Fields) -> Landing? {
        guard let fields = reader.fields(top, "land", keys: ["onto", "strategy"]) else {
            return nil
        }
        let strategy = reader.word(fields, "strategy", Landing.Strategy.self) ?? .merge
        guard fields.has("onto") else {
            reader.report(
                .missingKey, at: fields.path("onto"), found: "nothing",
                expected: "onto: a branch")
            return nil
        }
        return reader.revision(fields, "onto", expected: "a branch").map {
            Landing(onto: $0, strategy: strategy)
        }
    }

    mutating func reportConflict(_ fields: PlanReader.Fields, _ keys: [String]) {
        reader.report(
            .conflictingKeys(keys), at: fields.path(keys[keys.count - 1]),
            found: keys.joined(separator: " and "), expected: "one of them", spot: .key)
    }
}
