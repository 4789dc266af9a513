package import Base

/// What a run does beside its plan; fixed at its start and kept in the ledger.
package struct RunOptions: Hashable, Sendable {
    /// Workers at a time, at least 1.
    package var jobs: Int
    /// Trees stay where they are at the end.
    package var keepTrees = false
    /// A tree whose work is collected goes to the next task, reset, in place of a new one.
    package var reusesTrees = true
    /// Bytes that a preserved ref may take of what nobody committed.
    package var preserveLimit = 10 << 20
    /// Globs of ignored files that are build outputs, beside the built-in ones.
    package var outputs: [String] = []
    /// Longest log of a worker or check, in bytes.
    package var logLimit = 16 << 20
    /// Ports of which trees get theirs.
    package var ports = RunOptions.usualPorts
    /// How long a verifier may take; nil is no limit.
    package var verifierTimeout: Duration?
    /// What workers may reach.
    package var sandbox = SandboxOptions()
    /// How model workers work.
    package var agents = AgentOptions()
    /// The linked worktree that the run was started in: trees get its sparse patterns and settings; nil for the main one.
    package var start: AbsolutePath?
    /// What runs in each tree after it is made; nil when there is no such hook or nobody has approved it.
    package var hook: ApprovedHook?
    /// Whole ref name for the merged work; nil: `treeguild/<run>/merged`.
    package var resultBranch: String?
    /// Folder of the run's trees, which has a part that chance chose.
    package var trees = ""
    /// Branches to merge instead of tasks' work: names and whole commit IDs.
    package var merging: [MergeBranch] = []

    /// A branch given by name.
    package struct MergeBranch: Hashable, Sendable {
        /// As the user gave it; unique within a merge.
        package let name: String
        /// A whole commit ID.
        package let head: String

        /// Takes a branch whose commit has been looked up.
        package init(name: String, head: String) {
            self.name = name
            self.head = head
        }
    }

    /// Below those that the kernel gives to outgoing connections by itself.
    package static let usualPorts = 20000...29999

    /// Options with their usual values.
    package init(jobs: Int) { self.jobs = jobs }

    /// The form that the ledger keeps.
    package var json: JSON {
        [
            "jobs": .int(jobs), "keep_trees": .bool(keepTrees),
            "reuse": .bool(reusesTrees),
            "preserve_limit": .int(preserveLimit),
            "outputs": .array(outputs.map { .string($0) }), "log_limit": .int(logLimit),
            "trees": .string(trees),
            "ports": [.int(ports.lowerBound), .int(ports.upperBound)],
            "verifier_timeout": verifierTimeout.map { .double($0.inSeconds) } ?? .null,
            "sandbox": sandbox.json, "agents": agents.json, "hook": hook?.json ?? .null,
            "start": .optional(start?.description), "result_branch": .optional(resultBranch),
            "merging": .array(
                merging.map { ["name": .string($0.name), "head": .string($0.head)] }),
        ]
    }

    /// Reads what ``json`` wrote.
    package init?(json: JSON) {
        guard let jobs = json["jobs"]?.intValue else { return nil }
        self.jobs = jobs
        keepTrees = json["keep_trees"]?.boolValue ?? false
        reusesTrees = json["reuse"]?.boolValue ?? true
        preserveLimit = json["preserve_limit"]?.intValue ?? preserveLimit
        outputs = json["outputs"]?.arrayValue?.compactMap(\.stringValue) ?? []
        logLimit = json["log_limit"]?.intValue ?? logLimit
        verifierTimeout = json["verifier_timeout"]?.doubleValue.flatMap { Duration(inSeconds: $0) }
        if let bounds = json["ports"]?.arrayValue?.compactMap(\.intValue), bounds.count == 2,
            bounds[0] <= bounds[1]
        {
            ports = bounds[0]...bounds[1]
        }
        trees = json["trees"]?.stringValue ?? ""
        sandbox = json["sandbox"].flatMap { SandboxOptions(json: $0) } ?? sandbox
        agents = json["agents"].map { AgentOptions(json: $0) } ?? agents
        start = json["start"]?.stringValue.flatMap { AbsolutePath($0) }
        hook = json["hook"].flatMap { ApprovedHook(json: $0) }
        resultBranch = json["result_branch"]?.stringValue
        merging = (json["merging"]?.arrayValue ?? []).compactMap { entry in
            guard let name = entry["name"]?.stringValue, let head = entry["head"]?.stringValue
            else {
                return nil
            }
            return MergeBranch(name: name, head: head)
        }
    }
}
