import Base
import Coordination
import Tasks

/// The plan of a run: from a file, from options, completed by the settings.
enum RunPlan {
    /// Reads and checks everything; nothing is touched.
    static func load(_ invocation: Invocation, _ settings: Settings) async throws -> Plan {
        var options = PlanOptions()
        options.tasks =
            invocation.values("task").map { .prompt($0) }
            + invocation.values("command").map { .command($0) }
        options.base = invocation.value("base")
        options.jobs = invocation.number("jobs")
        options.agent = invocation.value("agent")
        options.checks = invocation.values("check")
        options.land = invocation.value("land")
        options.budget = invocation.amount("budget")
        let name = invocation.words.first
        guard name != nil || !options.tasks.isEmpty else {
            throw CommandError(
                .usage, "no_plan", "there is nothing to run",
                hint: "name a plan's file, or give tasks with --command ID=CMD")
        }
        var plan = Plan()
        if let name {
            plan = try await read(name, invocation.folder, requiringTasks: options.tasks.isEmpty)
        }
        plan = try options.applied(to: plan).get()
        if let verifier = invocation.value("verifier") {
            plan.verification.agent = try self.verifier(verifier, settings)
        }
        if let strategy = invocation.value("strategy") {
            guard plan.landing != nil else {
                throw CommandError(
                    .usage, "strategy_without_land", "--strategy says how to land, but not where",
                    hint: "add --land BRANCH")
            }
            plan.landing?.strategy = Landing.Strategy(rawValue: strategy) ?? .merge
        }
        try complete(&plan, with: settings)
        return plan
    }

    private static func read(
        _ name: String, _ folder: AbsolutePath, requiringTasks: Bool
    ) async throws -> Plan {
        try await BlockingCalls.run {
            let path = AbsolutePath(name, relativeTo: folder)
            let text: [UInt8]
            do {
                text = try Files.read(path, limit: 16 << 20)
            } catch let error as FileError {
                throw CommandError(
                    .usage, "no_plan", "cannot read the plan \(name): \(error.reason)",
                    hint: "a path is looked up from \(folder)")
            }
            return try PlanLoader.load(
                text: text, name: name, requiringTasks: requiringTasks
            ) { file in
                // A file that cannot be read is a problem of the plan, told with its line.
                try? Files.read(AbsolutePath(file, relativeTo: path.parent), limit: 1 << 20)
            }.get()
        }
    }

    /// What the plan leaves open is taken from the settings.
    static func complete(_ plan: inout Plan, with settings: Settings) throws(PlanErrors) {
        if plan.checks.isEmpty {
            plan.checks = settings.checks.map {
                Check(
                    name: $0.name, run: $0.run,
                    timeout: $0.timeout.flatMap { Duration(inSeconds: $0) })
            }
        }
        if plan.verification.agent == nil {
            plan.verification.agent = settings.verifier.flatMap(AgentChoice.init)
        }
        if plan.agent == nil { plan.agent = settings.agent.flatMap(AgentChoice.init) }
        if plan.setup == Setup() {
            plan.setup =
                try Plan(json: ["version": .int(Plan.version), "setup": settings.setup.json]).setup
        }
        plan.sandbox = plan.sandbox.completed(by: settings.sandbox)
        if plan.budget == Tasks.Budget() {
            let budget = settings.budget
            plan.budget = Tasks.Budget(
                usd: budget.usd, tokens: budget.tokens, turns: budget.turns,
                minutes: budget.minutes)
        }
        for index in plan.tasks.indices where plan.tasks[index].timeout == nil {
            plan.tasks[index].timeout = settings.timeout.flatMap { Duration(inSeconds: $0) }
        }
    }

    /// Who `--verifier` names: keep-both, an agent by its known name, or else a command.
    static func verifier(_ text: String, _ settings: Settings) throws(CommandError) -> AgentChoice {
        if text == AgentChoice.keepBothName { return .keepBoth }
        let agents = try ["builtin", "Verify"] + RunPrograms.names(settings)
        return agents.contains(text) ? .named(text) : .command(text)
    }

    /// Keys of a plan that nothing here looks at, so that nobody relies on them.
    static func unused(_ plan: Plan) -> [String] {
        let keys: [(String, Bool)] = [
            ("budget", plan.budget != Tasks.Budget() && !plan.needsModels),
            ("verify.quorum", plan.verification.quorum != 1),
            (
                "tasks.budget",
                plan.tasks.contains {
                    guard case .command = plan.worker(for: $0) else { return false }
                    return $0.budget != Tasks.Budget()
                }
            ),
            ("attempts", plan.tasks.contains { $0.attempts != 1 }),
        ]
        return keys.filter(\.1).map(\.0)
    }

    /// Workers at a time: the plan's word, else the settings', else one per core up to 8; models, which wait
    /// most of the time, 8.
    static func jobs(_ plan: Plan, _ settings: Settings) -> Int {
        plan.jobs ?? settings.jobs ?? (plan.needsModels ? 8 : min(Machine.cores, 8))
    }
}

extension AgentChoice {
    init?(_ setting: AgentSetting) {
        switch setting {
        case .named(let name): self.init(parsing: name)
        case .command(let command): self = .command(command)
        }
    }
}
