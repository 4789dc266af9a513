import Base
import Tasks
import Testing

struct ScheduleTests {
    /// `b:a` is a task b after a; `b@src/**` one with that scope; `b!` one that only reads.
    private static func plan(_ text: String) throws -> Plan {
        var plan = Plan()
        for word in text.split(separator: " ") {
            let reads = word.hasSuffix("!")
            let parts = word.filter { $0 != "!" }.split(separator: "@")
            var task = try #require(TaskGraphTests.tasks(String(parts[0])).first)
            task.touches = try parts.dropFirst().map { try Glob(String($0)) }
            task.reads = reads
            plan.tasks.append(task)
        }
        return plan
    }

    /// `a=run`: one of new, try2, run, yes (completed, changed), no (completed, unchanged), bad, killed,
    /// skip.
    private static func states(_ text: String) throws -> [TaskID: TaskState] {
        let cause = try #require(TaskID("cause"))
        let words: [String: TaskState] = [
            "new": .initial, "try2": .pending(attempt: 2), "run": .running(attempt: 1),
            "yes": .completed(changed: true), "no": .completed(changed: false),
            "bad": .failed(FailureReason(.exit), attempts: 1), "killed": .killed,
            "skip": .skipped(because: cause),
        ]
        var states: [TaskID: TaskState] = [:]
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "=").map(String.init)
            let state: TaskState = try #require(words[parts[1]])
            states[try #require(TaskID(parts[0]))] = state
        }
        return states
    }

    private static func describe(_ action: ScheduleAction) -> String {
        switch action {
        case .skip(let id, let cause): "-\(id)<\(cause)"
        case .start(let id, let attempt, let basis):
            "+\(id)" + (attempt == 1 ? "" : "#\(attempt)")
                + (basis.isEmpty ? "" : "(" + basis.map(\.description).joined(separator: ",") + ")")
        }
    }

    @Test(arguments: [
        // At most so many, in the plan's order.
        ("a b c", "", 2, "+a +b"), ("a b c", "a=run", 2, "+b"), ("a b c", "a=run b=run", 2, ""),
        ("a b", "", 0, "+a"), ("b a", "", 1, "+b"), ("a b c", "a=run b=run c=run", 1, ""),
        ("a b c", "a=yes b=bad", 9, "+c"),
        // A task waits for all it comes after, changed or not.
        ("a b:a", "", 9, "+a"), ("a b:a", "a=run", 9, ""), ("a b:a", "a=yes", 9, "+b(a)"),
        ("a b:a", "a=no", 9, "+b"),
        ("a b c:a,b", "a=yes b=run", 9, ""), ("c:a,b a b", "a=yes b=yes", 9, "+c(a,b)"),
        // Another attempt.
        ("a b:a", "a=try2", 9, "+a#2"), ("a b:a", "a=yes b=try2", 9, "+b#2(a)"),
        // Only what waits for a task that did not complete is skipped, and names the first of the chain.
        ("a b:a c:b d", "a=bad", 9, "-b<a -c<a +d"), ("c:b b:a a d", "a=killed", 9, "-b<a -c<a +d"),
        ("a b:a c:b", "a=bad b=skip", 9, "-c<cause"), ("a b c:a,b", "a=bad b=run", 9, "-c<a"),
        ("a b:a", "a=bad b=run", 9, ""), ("a b c:b,a", "a=bad b=bad", 9, "-c<b"),
        // Skipping frees nothing that did not run.
        ("a b:a c d", "a=bad c=run", 1, "-b<a"),
        // A common scope: one after the other, the second from what the first made.
        ("a@src/** b@src/x", "", 9, "+a"), ("a@src/** b@src/x", "a=run", 9, ""),
        ("a@src/** b@src/x", "a=yes", 9, "+b(a)"),
        ("a@src/** b@src/x", "a=no", 9, "+b"), ("a@src/** b@src/x", "a=bad", 9, "+b"),
        ("a@src/** b@src/x", "a=killed", 9, "+b"),
        ("a@src b@lib c", "", 9, "+a +b +c"), ("a@x b@x c@x", "a=yes b=run", 9, ""),
        ("a@x b@x c@x", "a=yes b=yes", 9, "+c(b)"),
        ("a@x b@x c@x", "a=yes b=no", 9, "+c(a)"), ("a@x b@x c@x", "a=yes b=bad", 9, "+c(a)"),
        ("a@x@y b@x c@y", "a=yes", 9, "+b(a) +c(a)"),
        // What only reads collides with nothing, and leaves what it started from.
        ("a@x b@x!", "", 9, "+a +b"), ("a@x! b@x!", "a=run", 9, "+b"),
        ("a b:a! c:b", "a=yes b=no", 9, "+c(a)"),
        ("a b:a! c:b", "a=yes b=yes", 9, "+c(a)"),
        // The first of two is what the other waits for.
        ("a:b@x b@x", "", 9, "+b"), ("a:b@x b@x", "b=yes", 9, "+a(b)"),
        ("a:c@x b@x c", "", 9, "+c"),
        ("a:c@x b@x c@x", "c=yes", 9, "+a(c)"),
        // An earlier task that must wait for something else holds the later one back: the plan's order counts.
        ("z a:z@x b@x", "z=run", 9, ""), ("z a:z@x b@x", "z=bad", 9, "-a<z +b"),
        // A revived task does not start beside a later one with its scope.
        ("a@x b@x", "a=new b=run", 9, ""),
        // A basis has nothing that is in another part of it.
        ("a b:a c:a d:b,c", "a=yes b=yes c=yes", 9, "+d(b,c)"),
        ("a b:a c:b,a", "a=yes b=yes", 9, "+c(b)"),
        ("a b:a c:b", "a=yes b=no", 9, "+c(a)"), ("a b:a c:b d:c", "a=yes b=no c=no", 9, "+d(a)"),
        ("a@x b@x c:a", "a=yes b=yes", 9, "+c(a)"), ("a@x b@x c:a,b", "a=yes b=yes", 9, "+c(b)"),
    ])
    func `what is done next`(tasks: String, states: String, jobs: Int, actions: String) throws {
        let schedule = try Schedule(Self.plan(tasks))
        let found = try schedule.decide(Self.states(states), jobs: jobs)
        #expect(found.map(Self.describe).joined(separator: " ") == actions)
    }

    @Test func `while draining nothing is started and nothing skipped`() throws {
        let schedule = try Schedule(Self.plan("a b:a c"))
        #expect(try schedule.decide(Self.states("a=bad"), jobs: 9, draining: true).isEmpty)
    }

    @Test func `a run is finished when every task has ended`() throws {
        let schedule = try Schedule(Self.plan("a b c d"))
        #expect(try schedule.isFinished(Self.states("a=yes b=bad c=killed d=skip")))
        #expect(try !schedule.isFinished(Self.states("a=yes b=bad c=killed")))
        #expect(try !schedule.isFinished(Self.states("a=yes b=bad c=killed d=run")))
        #expect(try Schedule(Plan()).isFinished([:]))
    }

    @Test func `a waiting task names what it waits for`() throws {
        let schedule = try Schedule(Self.plan("a b@x c:a@x d"))
        let c = try #require(TaskID("c"))
        let blockers = try schedule.blockers(of: c, in: Self.states("a=run"))
        #expect(blockers.map(\.description) == ["a", "b"])
        #expect(try schedule.blockers(of: c, in: Self.states("a=yes b=no")).isEmpty)
    }

    @Test func `tasks that wait for each other are refused`() throws {
        let plan = try Self.plan("a:b b:a")
        #expect(throws: TaskCycle.self) { try Schedule(plan) }
    }
}
