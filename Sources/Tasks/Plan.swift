package import Base

/// What a run is to do: the tasks, and everything they share.
///
/// A plan from ``PlanLoader``, ``PlanOptions`` or ``init(json:)`` is valid: its names are unique,
/// its references lead somewhere and its dependencies have no cycle.
package struct Plan: Hashable, Sendable {
    /// The only version of the format.
    package static let version = 1
    /// Names that no task may have: the run's own branches use them.
    package static let reservedIDs: Set = ["merged"]

    /// One sentence, for people and for the coordinator.
    package var goal: String?
    /// The revision to start from; nil is HEAD.
    package var base: String?
    /// Tasks that may run at the same time; nil leaves it to the machine.
    package var jobs: Int?
    /// The worker for tasks that name none.
    package var agent: AgentChoice?
    /// What the whole run may spend.
    package var budget = Budget()
    /// Variables for every worker, check and set-up command.
    package var environment: [String: String] = [:]
    /// What every worktree gets first.
    package var setup = Setup()
    /// What workers may reach, where it differs from the usual.
    package var sandbox = SandboxWishes()
    /// Ignored files that builds make: they are no work and need not be preserved.
    package var outputs: [Glob] = []
    /// In the order in which they run; each name once.
    package var checks: [Check] = []
    /// In the order of the text, which decides between tasks that want the same files.
    package var tasks: [PlannedTask] = []
    /// How the merged result is judged.
    package var verification = Verification()
    /// Where the result goes; nil leaves it on its own branch.
    package var landing: Landing?

    /// A plan of nothing, to be filled; what fills it must keep it valid.
    package init() {}

    /// The task of that name; nil when the plan has none.
    package subscript(id: TaskID) -> PlannedTask? { tasks.first { $0.id == id } }

    /// The worker for a task: its own choice, or the plan's. Nil is the program's default; a task
    /// with a command has no agent.
    package func agent(for task: PlannedTask) -> AgentChoice? {
        if case .command = task.work { nil } else { task.agent ?? agent }
    }

    /// What `task` adds to and changes in the variables of the plan.
    package func environment(for task: PlannedTask) -> [String: String] {
        environment.merging(task.environment) { $1 }
    }
}

/// Limits of what models use for a whole run or for one task; nil is no limit.
package struct Budget: Hashable, Sendable {
    /// US dollars.
    package var usd: Double?
    /// Input and output tokens together.
    package var tokens: Int?
    /// Answers of models.
    package var turns: Int?
    /// Minutes by the clock, from the first call of a model on.
    package var minutes: Double?

    /// Limits above zero.
    package init(
        usd: Double? = nil, tokens: Int? = nil, turns: Int? = nil, minutes: Double? = nil
    ) {
        self.usd = usd
        self.tokens = tokens
        self.turns = turns
        self.minutes = minutes
    }
}

/// What every worktree gets before its worker starts.
package struct Setup: Hashable, Sendable {
    /// Untracked files of the main worktree to copy.
    package var copy: [Glob] = []
    /// What is used by all instead of made for each.
    package var share: [SharedPath] = []
    /// Shell commands, in order.
    package var run: [String] = []
    /// How long each of them may take; nil is half an hour.
    package var timeout: Duration?
    /// Shell commands for the time before the tree goes, in order.
    package var teardown: [String] = []
    /// How long all of them may take; nil is a minute.
    package var teardownTimeout: Duration?
    /// How many free ports to lease under a name.
    package var ports: [String: Int] = [:]

    /// A set-up that does nothing.
    package init() {}
}

/// A folder or file of the main worktree that worktrees use too, by copy-on-write where possible.
package struct SharedPath: Hashable, Sendable {
    /// Relative to the top of the worktree, without `..`.
    package let path: RepositoryPath
    /// What to do where the file system has no copy-on-write.
    package let fallback: Fallback

    /// A whole copy, a symbolic link, or nothing.
    package enum Fallback: String, CaseIterable, Sendable { case copy, link, none }

    /// A path that may be shared: see ``path``.
    package init(path: RepositoryPath, fallback: Fallback = .copy) {
        self.path = path
        self.fallback = fallback
    }
}

/// A command that tells by its exit whether a tree is good.
package struct Check: Hashable, Sendable {
    /// Letters, digits, `_`, `-` and `.`; begins with none of the last two.
    package let name: String
    /// A shell command.
    package let run: String
    /// Nil is no limit.
    package let timeout: Duration?

    /// A check under a valid name.
    package init(name: String, run: String, timeout: Duration? = nil) {
        self.name = name
        self.run = run
        self.timeout = timeout
    }
}

/// How the merged result is verified.
package struct Verification: Hashable, Sendable {
    /// Who resolves what is left; nil is the program's default.
    package var agent: AgentChoice?
    /// Verifiers that must agree.
    package var quorum = 1
    /// Names of the plan's checks that the result must pass; nil is all of them.
    package var checks: [String]?
    /// Paths that a verifier may not change.
    package var protect: [Glob] = []

    /// One verifier, all checks, nothing protected.
    package init() {}

    /// The checks that the result must pass, in the plan's order.
    package func selected(from checks: [Check]) -> [Check] {
        checks.filter { check in self.checks?.contains(check.name) ?? true }
    }
}

/// Which branch the result moves, and how.
package struct Landing: Hashable, Sendable {
    /// Short name of a branch.
    package var onto: String
    /// What the branch's history looks like then.
    package var strategy: Strategy

    /// A merge commit; one commit; each commit again on the tip; or the tip moved as it is.
    package enum Strategy: String, CaseIterable, Sendable {
        case merge, squash, rebase
        case fastForward = "ff"
    }

    /// A landing that git has not judged yet.
    package init(onto: String, strategy: Strategy = .merge) {
        self.onto = onto
        self.strategy = strategy
    }
}
