import Base
import Tasks
import Testing
import TestSupport

struct PlanJSONTests {
    @Test(arguments: 0..<200)
    func `a plan read back from its JSON is the same plan`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let plan = try RandomPlan.make(using: &random)
        #expect(try Plan(json: plan.json) == plan)
        let parsed = try JSON(parsing: plan.json.pretty)
        #expect(parsed == plan.json)
        // A file with this text is the same plan too.
        let loaded = PlanLoader.load(text: plan.json.pretty.utf8, name: "p.json") { _ in nil }
        #expect(try loaded.get() == plan)
    }

    @Test func `JSON that is no plan says what is wrong`() {
        let error = #expect(throws: PlanErrors.self) {
            try Plan(json: ["version": 1, "jobs": "x", "tasks": []])
        }
        #expect(error?.problems.map(\.path) == ["jobs"])
        #expect(error?.problems.first?.mark == nil)
    }

    @Test func `what has its default is left out`() {
        #expect(Plan().json == ["version": 1])
    }
}

/// Valid plans of every shape.
enum RandomPlan {
    static func make(using random: inout SeededRandom) throws -> Plan {
        var plan = Plan()
        plan.goal = optional(text(using: &random), using: &random)
        plan.base = optional("0123", using: &random)
        plan.jobs = optional(Int.random(in: 1...256, using: &random), using: &random)
        plan.agent = optional(try agent(using: &random), using: &random)
        plan.environment = environment(using: &random)
        if Bool.random(using: &random) {
            plan.sandbox.write = ["/" + text(using: &random), "~/x"]
            plan.sandbox.hide = [text(using: &random)]
            plan.sandbox.show = ["~/.ssh"]
            plan.sandbox.network = SandboxWishes.Network.allCases.randomElement(using: &random)
            plan.sandbox.processes = optional(
                Int.random(in: 1...9999, using: &random), using: &random)
            plan.sandbox.memory = optional(
                Int.random(in: 1...1 << 40, using: &random), using: &random)
        }
        plan.budget = budget(using: &random)
        plan.setup.copy = try globs(using: &random)
        plan.setup.share = SharedPath.Fallback.allCases.filter { _ in .random(using: &random) }
            .map { SharedPath(path: RepositoryPath("x/\($0)"), fallback: $0) }
        plan.setup.run = (0..<Int.random(in: 0...2, using: &random)).map { _ in
            text(using: &random)
        }
        plan.setup.timeout = Bool.random(using: &random) ? .seconds(90) : nil
        plan.setup.teardown = Bool.random(using: &random) ? ["docker rm x", "true"] : []
        plan.setup.teardownTimeout = Bool.random(using: &random) ? .milliseconds(1500) : nil
        plan.setup.ports = Bool.random(using: &random) ? ["WEB": 1, "DB": 7] : [:]
        plan.outputs = try globs(using: &random)
        plan.checks = (0..<Int.random(in: 0...3, using: &random)).map {
            Check(
                name: "check-\($0)", run: text(using: &random), timeout: duration(using: &random))
        }
        for number in 0..<Int.random(in: 1...6, using: &random) {
            plan.tasks.append(try task(number, after: plan.tasks, using: &random))
        }
        plan.verification.agent = optional(.keepBoth, using: &random)
        plan.verification.quorum = Int.random(in: 1...9, using: &random)
        plan.verification.checks = optional(
            plan.checks.map(\.name).filter { _ in .random(using: &random) }, using: &random)
        plan.verification.protect = try globs(using: &random)
        if let strategy = Landing.Strategy.allCases.randomElement(using: &random) {
            plan.landing = optional(Landing(onto: "main", strategy: strategy), using: &random)
        }
        return plan
    }

    private static func task(
        _ number: Int, after others: [PlannedTask], using random: inout SeededRandom
    ) throws -> PlannedTask {
        let isCommand = Bool.random(using: &random)
        let text = text(using: &random)
        var task = PlannedTask(
            id: try #require(TaskID("t\(number)")), work: isCommand ? .command(text) : .prompt(text)
        )
        task.title = optional(self.text(using: &random), using: &random)
        task.touches = try globs(using: &random)
        task.after = others.map(\.id).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
        task.reads = .random(using: &random)
        task.attempts = Int.random(in: 1...16, using: &random)
        task.retries = Int.random(in: 0...3, using: &random)
        task.budget = budget(using: &random)
        task.timeout = duration(using: &random)
        if !isCommand { task.agent = optional(try agent(using: &random), using: &random) }
        task.environment = environment(using: &random)
        return task
    }

    private static func agent(using random: inout SeededRandom) throws -> AgentChoice {
        .random(using: &random)
            ? .command(text(using: &random)) : try #require(AgentChoice(parsing: "claude"))
    }

    private static func globs(using random: inout SeededRandom) throws -> [Glob] {
        try ["src/**", "*.md", "{a,b}/[c-d]?"].filter { _ in .random(using: &random) }
            .map { try Glob($0) }
    }

    private static func environment(using random: inout SeededRandom) -> [String: String] {
        .random(using: &random) ? ["B": text(using: &random), "A": "", "C_1": "1.0"] : [:]
    }

    private static func budget(using random: inout SeededRandom) -> Budget {
        Budget(
            usd: optional(Double.random(in: 0.001...100, using: &random), using: &random),
            tokens: optional(Int.random(in: 1...10_000_000, using: &random), using: &random),
            turns: optional(Int.random(in: 1...1000, using: &random), using: &random),
            minutes: optional(Double.random(in: 0.5...600, using: &random), using: &random))
    }

    private static func duration(using random: inout SeededRandom) -> Duration? {
        optional(.milliseconds(Int.random(in: 1...10_000_000, using: &random)), using: &random)
    }

    private static func optional<Value>(
        _ value: Value, using random: inout SeededRandom
    ) -> Value? {
        Bool.random(using: &random) ? value : nil
    }

    private static func text(using random: inout SeededRandom) -> String {
        let characters = Array("ab: #-\n\t\"\\'é😀{}[],&*!|>%@`~?0")
        return "x"
            + String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    characters.randomElement(using: &random) ?? "a"
                })
    }
}
