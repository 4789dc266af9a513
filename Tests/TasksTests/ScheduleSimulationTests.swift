import Base
import Tasks
import Testing
import TestSupport

/// Runs random plans to their end with random outcomes and checks every step against a model that
/// knows only what each task saw and made.
struct ScheduleSimulationTests {
    @Test(arguments: 0..<400)
    func `every plan ends, within its limits, with what each task must see`(seed: UInt64) throws {
        var simulation = try Simulation(seed: seed)
        try simulation.run()
    }
}

private struct Simulation {
    private var random: SeededRandom
    private let plan: Plan
    private let schedule: Schedule
    private let jobs: Int
    private var states: [TaskID: TaskState] = [:]
    /// The tasks whose work was in a task's tree when it started, and later when it ended.
    private var content: [TaskID: Set<TaskID>] = [:]
    private var starts: [TaskID: Int] = [:]
    private var interruptions: [TaskID: Int] = [:]

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        plan = try Simulation.plan(using: &random)
        schedule = try Schedule(plan)
        jobs = Int.random(in: 1...4, using: &random)
        for task in plan.tasks { states[task.id] = .initial }
    }

    private static func plan(using random: inout SeededRandom) throws -> Plan {
        let scopes = try ["a/**", "a/x", "b", "*.c", "**/x", "d/[ef]"].map { try Glob($0) }
        let ids = try (0..<Int.random(in: 1...9, using: &random)).map {
            try #require(TaskID("t\($0)"))
        }
        // Dependencies follow this order, which is not the plan's.
        let order = ids.shuffled(using: &random)
        var plan = Plan()
        for id in ids {
            var task = PlannedTask(id: id, work: .command("true"))
            task.after = order.prefix { $0 != id }.filter { _ in
                Int.random(in: 0..<4, using: &random) == 0
            }
            task.touches = scopes.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
            task.reads = Int.random(in: 0..<5, using: &random) == 0
            task.retries = Int.random(in: 0...2, using: &random)
            plan.tasks.append(task)
        }
        return plan
    }

    mutating func run() throws {
        // Each step ends an attempt or kills a task, so the number is bounded.
        for _ in 0..<200 {
            #expect(schedule.decide(states, jobs: jobs, draining: true).isEmpty)
            let actions = schedule.decide(states, jobs: jobs)
            #expect(actions == schedule.decide(states, jobs: jobs), "the answer must not vary")
            for action in actions { try apply(action) }
            #expect(
                schedule.decide(states, jobs: jobs).isEmpty, "what was done must not be asked again"
            )
            if schedule.isFinished(states) { break }
            try #require(states.values.contains { $0.isRunning }, "nothing runs and nothing can")
            try end()
        }
        try #require(schedule.isFinished(states))
        checkEnd()
    }

    private mutating func apply(_ action: ScheduleAction) throws {
        switch action {
        case .skip(let id, let cause):
            try states[id]?.skipped(because: cause)
        case .start(let id, let attempt, let basis):
            let running = plan.tasks.filter { states[$0.id]?.isRunning == true }
            let task = try #require(plan[id])
            #expect(running.count < jobs)
            #expect(!running.contains { $0.collides(with: task) }, "\(id) beside \(running)")
            #expect(try states[id]?.started() == attempt)
            starts[id, default: 0] += 1
            #expect(attempt <= 1 + task.retries)
            #expect(starts[id] == attempt + interruptions[id, default: 0])
            checkBasis(basis, of: task)
            content[id] = basis.reduce(into: []) { $0.formUnion(content[$1] ?? []) }
        }
    }

    /// A task must see what those it waits for saw and made, and what was made in its scope before.
    private func checkBasis(_ basis: [TaskID], of task: PlannedTask) {
        var expected: Set<TaskID> = []
        for dependency in task.after {
            #expect(states[dependency]?.status == .completed)
            expected.formUnion(content[dependency] ?? [])
        }
        for other in plan.tasks where other.collides(with: task) {
            if states[other.id] == .completed(changed: true) {
                expected.formUnion(content[other.id] ?? [])
            }
        }
        let seen = basis.reduce(into: Set<TaskID>()) { $0.formUnion(content[$1] ?? []) }
        #expect(seen == expected, "\(task.id) from \(basis)")
        for part in basis {
            #expect(states[part] == .completed(changed: true))
            let others = basis.filter { $0 != part }
            #expect(!others.contains { content[$0]?.contains(part) == true }, "\(part) twice")
        }
    }

    /// Ends one running task in some way, or kills one that waits.
    private mutating func end() throws {
        let waiting = plan.tasks.map(\.id).filter { states[$0]?.status == .pending }
        if Int.random(in: 0..<20, using: &random) == 0, let id = waiting.first {
            return try states[id, default: .initial].killed()
        }
        let running = plan.tasks.filter { states[$0.id]?.isRunning == true }
        let task = try #require(running.randomElement(using: &random))
        let id = task.id
        switch Int.random(in: 0..<12, using: &random) {
        case 0: try states[id]?.failed(FailureReason(.policy), retries: task.retries)
        case 1, 2: try states[id]?.failed(FailureReason(.exit), retries: task.retries)
        case 3: try states[id]?.killed()
        case 4:
            interruptions[id, default: 0] += 1
            try states[id]?.interrupted()
        case 5, 6: try states[id]?.completed(changed: false)
        default:
            try states[id]?.completed(changed: !task.reads)
            if !task.reads { content[id, default: []].insert(id) }
        }
    }

    private func checkEnd() {
        for task in plan.tasks {
            let isCut = task.after.contains { states[$0]?.status != .completed }
            switch states[task.id] {
            case .skipped(let cause):
                #expect(isCut, "\(task.id) was skipped for nothing")
                #expect([.failed, .killed].contains(states[cause]?.status))
            case .killed: break
            default: #expect(!isCut, "\(task.id) ran without what it waits for")
            }
        }
    }
}
