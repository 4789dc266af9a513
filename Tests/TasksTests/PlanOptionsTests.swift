import Base
import Tasks
import Testing

struct PlanOptionsTests {
    private func problems(_ options: PlanOptions, _ plan: Plan = Plan()) -> [PlanProblem] {
        switch options.applied(to: plan) {
        case .success: []
        case .failure(let errors): errors.problems
        }
    }

    @Test func `options alone are a plan`() throws {
        var options = PlanOptions()
        options.tasks = [.prompt("a=Fix x=1"), .command("b=make")]
        options.checks = ["test=make test A=1"]
        options.goal = "Fix it"
        options.base = "HEAD~1"
        options.jobs = 2
        options.agent = "claude"
        options.verifier = "keep-both"
        options.land = "main"
        options.budget = 2.5
        let plan = try options.applied().get()
        #expect(plan.tasks.map(\.work) == [.prompt("Fix x=1"), .command("make")])
        #expect(plan.tasks.map(\.id.description) == ["a", "b"])
        #expect(plan.checks == [Check(name: "test", run: "make test A=1")])
        #expect(plan.goal == "Fix it")
        #expect(plan.base == "HEAD~1")
        #expect(plan.jobs == 2)
        #expect(plan.agent == .named("claude"))
        #expect(plan.verification.agent == .keepBoth)
        #expect(plan.landing == Landing(onto: "main"))
        #expect(plan.budget == Budget(usd: 2.5))
    }

    @Test func `options replace what the plan says, and leave the rest`() throws {
        let text = """
            version: 1
            goal: old
            jobs: 4
            budget: {usd: 5, minutes: 10}
            checks: [{name: test, run: old, timeout: 5}, {name: lint, run: lint}]
            tasks: [{id: a, command: x, retries: 2}]
            verify: {agent: claude, quorum: 3, checks: [test]}
            land: {onto: main, strategy: squash}
            """
        let plan = try PlanLoader.load(text: text.utf8, name: "p") { _ in nil }.get()
        var options = PlanOptions()
        #expect(try options.applied(to: plan).get() == plan)
        options.tasks = [.prompt("b=y")]
        options.checks = ["test=new", "more=m"]
        options.jobs = 1
        options.verifier = "codex"
        options.land = "next"
        options.budget = 1
        var expected = plan
        expected.jobs = 1
        expected.budget.usd = 1
        expected.checks = [
            Check(name: "test", run: "new"), Check(name: "lint", run: "lint"),
            Check(name: "more", run: "m"),
        ]
        expected.tasks.append(PlannedTask(id: try #require(TaskID("b")), work: .prompt("y")))
        expected.verification.agent = .named("codex")
        expected.landing = Landing(onto: "next", strategy: .squash)
        #expect(try options.applied(to: plan).get() == expected)
    }

    @Test(
        arguments: [
            ([.prompt("no text")], "--task", .invalidValue),
            ([.command("make")], "--command", .invalidValue),
            ([.prompt("A=x")], "--task", .invalidName),
            ([.command("a= ")], "--command", .invalidValue),
            ([.prompt("a=x"), .command("a=y")], "--command", .duplicate(first: "tasks[0].id")),
            ([.prompt("merged=x")], "--task", .reservedName),
        ] as [([PlanOptions.TaskOption], String, PlanProblem.Kind)])
    func `a task is checked as in a file, and named by its option`(
        tasks: [PlanOptions.TaskOption], path: String, kind: PlanProblem.Kind
    ) {
        var options = PlanOptions()
        options.tasks = tasks
        let found = problems(options)
        #expect(found.map(\.kind) == [kind], "\(found)")
        #expect(found.map(\.path) == [path])
        #expect(found.first?.mark == nil)
    }

    @Test func `every option that is wrong is named`() {
        var options = PlanOptions()
        options.tasks = [.prompt("a=x")]
        options.checks = ["x", "test=a", "test=b"]
        options.base = "-x"
        options.jobs = 0
        options.agent = "keep-both"
        options.verifier = "a b"
        options.land = ""
        options.budget = .nan
        #expect(
            Set(problems(options).map(\.path)) == [
                "--check", "--base", "--jobs", "--agent", "--verifier", "--land", "--budget",
            ])
        #expect(problems(options).count == 8)
    }

    @Test func `no task is a mistake unless somebody else makes them`() throws {
        #expect(problems(PlanOptions()).map(\.path) == ["tasks"])
        _ = try PlanOptions().applied(requiringTasks: false).get()
    }
}
