import Base

/// What the command line adds to a plan, or makes a plan of.
///
/// Everything is checked by the rules for files; a problem's path is the option.
package struct PlanOptions: Sendable {
    /// Values of `--task` (`ID=TEXT`) and `--command` (`ID=CMD`), in their order.
    package var tasks: [TaskOption] = []
    /// One sentence; nil leaves the plan's, as for all that follow.
    package var goal: String?
    /// The revision to start from.
    package var base: String?
    /// Tasks that may run at the same time.
    package var jobs: Int?
    /// A worker's name.
    package var agent: String?
    /// Values of `--check`: `NAME=CMD`; a name that the plan has is replaced.
    package var checks: [String] = []
    /// A verifier's name, `keep-both` included.
    package var verifier: String?
    /// The branch to land on; the plan's strategy stays.
    package var land: String?
    /// US dollars.
    package var budget: Double?

    /// One `--task` or `--command`.
    package enum TaskOption: Sendable {
        case prompt(String)
        case command(String)
    }

    /// No option.
    package init() {}

    /// The plan with the options in it: tasks are added after the plan's, other values replace.
    ///
    /// A coordinator makes the tasks itself, so it asks without `requiringTasks`.
    package func applied(
        to plan: Plan = Plan(), requiringTasks: Bool = true
    ) -> Result<Plan, PlanErrors> {
        var draft = Draft(plan)
        for option in tasks {
            switch option {
            case .prompt(let text): draft.addTask("--task", text, key: "prompt")
            case .command(let text): draft.addTask("--command", text, key: "command")
            }
        }
        for text in checks { draft.addCheck(text) }
        draft.set("goal", goal.map { .string($0) }, from: "--goal")
        draft.set("base", base.map { .string($0) }, from: "--base")
        draft.set("jobs", jobs.map { .int($0) }, from: "--jobs")
        draft.set("agent", agent.map { .string($0) }, from: "--agent")
        draft.set("verify", "agent", verifier.map { .string($0) }, from: "--verifier")
        draft.set("land", "onto", land.map { .string($0) }, from: "--land")
        draft.set("budget", "usd", budget.map { .double($0) }, from: "--budget")
        return draft.decode(requiringTasks: requiringTasks)
    }
}

/// A plan's JSON while options are put into it.
private struct Draft {
    private var members: JSON.Members
    private var tasks: [JSON]
    private var checks: [JSON]
    /// Paths of values that came from options.
    private var origins: [(path: String, option: String)] = []
    private var problems: [PlanProblem] = []

    init(_ plan: Plan) {
        let json = plan.json
        members = json.objectValue ?? JSON.Members()
        tasks = json["tasks"]?.arrayValue ?? []
        checks = json["checks"]?.arrayValue ?? []
    }

    mutating func set(_ key: String, _ value: JSON?, from option: String) {
        guard let value else { return }
        members[key] = value
        origins.append((key, option))
    }

    mutating func set(_ owner: String, _ key: String, _ value: JSON?, from option: String) {
        guard let value else { return }
        var inner = members[owner]?.objectValue ?? JSON.Members()
        inner[key] = value
        members[owner] = .object(inner)
        origins.append((PlanIndex.path(owner, key), option))
    }

    mutating func addTask(_ option: String, _ text: String, key: String) {
        guard let (name, value) = pair(option, text, expected: "ID=TEXT") else { return }
        origins.append(("tasks[\(tasks.count)]", option))
        tasks.append(.object(JSON.Members([("id", .string(name)), (key, .string(value))])))
    }

    mutating func addCheck(_ text: String) {
        guard let (name, value) = pair("--check", text, expected: "NAME=CMD") else { return }
        let check = JSON.object(JSON.Members([("name", .string(name)), ("run", .string(value))]))
        let own = Set(origins.map(\.path))
        // Of two options with one name the second is a mistake; a name of the plan is replaced.
        let index = checks.indices.first {
            checks[$0]["name"] == .string(name) && !own.contains("checks[\($0)]")
        }
        origins.append(("checks[\(index ?? checks.count)]", "--check"))
        if let index { checks[index] = check } else { checks.append(check) }
    }

    private mutating func pair(
        _ option: String, _ text: String, expected: String
    ) -> (name: String, value: String)? {
        guard let cut = text.firstIndex(of: "=") else {
            problems.append(
                PlanProblem(
                    kind: .invalidValue, file: "", mark: nil, path: option,
                    found: PlanReader.quote(text), expected: expected))
            return nil
        }
        return (String(text[..<cut]), String(text[text.index(after: cut)...]))
    }

    func decode(requiringTasks: Bool) -> Result<Plan, PlanErrors> {
        var members = members
        if !tasks.isEmpty { members["tasks"] = .array(tasks) }
        if !checks.isEmpty { members["checks"] = .array(checks) }
        // An option that could not be read may have been the only task.
        let result = PlanDecoder.decode(
            .object(members), requiringTasks: requiringTasks && problems.isEmpty)
        switch result {
        case .success(let plan):
            return problems.isEmpty ? .success(plan) : .failure(PlanErrors(problems))
        case .failure(let errors):
            return .failure(PlanErrors(problems + errors.problems.map { renamed($0) }))
        }
    }

    /// The problem with the option in place of the path that it was put at.
    private func renamed(_ problem: PlanProblem) -> PlanProblem {
        let origin = origins.last {
            problem.path == $0.path || problem.path.hasPrefix($0.path + ".")
                || problem.path.hasPrefix($0.path + "[")
        }
        return PlanProblem(
            kind: problem.kind, file: problem.file, mark: problem.mark,
            path: origin?.option ?? problem.path, found: problem.found,
            expected: problem.expected)
    }
}
