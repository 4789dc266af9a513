import Agents
import Base
import Git
import Processes

/// What one model worker is to do, and where.
struct AgentAssignment: Sendable {
    /// For people and budgets: the task's name, or that of the branch to be resolved.
    let name: String
    let tree: TreeRecord
    /// The first message, which stands for itself.
    let text: String
    /// What its commands see.
    let environment: [String: String]
    /// Where each of its steps is recorded.
    let transcript: AbsolutePath
    /// Where what its commands print is kept; they cannot write there.
    let outputs: AbsolutePath
    /// Where its commands may leave something for us.
    let results: AbsolutePath
    let scratchpad: AbsolutePath
    /// Of the user; rules that begin with `/` start there.
    let mainWorktree: AbsolutePath
    /// Starts its commands.
    let runner: any ShellRunner
    /// The kernel keeps its commands in their places.
    let isConfined: Bool
    /// It may change nothing.
    let readsOnly: Bool
    let timeout: Duration?
    /// Whose budgets pay.
    let owners: [String]

}

/// Starts an agent's commands in the sandbox of its tree.
struct TreeShellRunner: ShellRunner {
    let sandbox: Sandbox?

    /// 64 MiB of output are kept of one command.
    private static let logLimit = 64 << 20

    func start(
        _ command: Command, log: AbsolutePath, status: AbsolutePath
    ) async throws(ProcessError) -> any ShellProcess {
        try await SupervisedProcess.start(
            command, log: log, logLimit: TreeShellRunner.logLimit, status: status, cgroup: false,
            sandbox: sandbox)
    }
}

extension AgentCrew {
    /// Makes a worker ready: its tools, its rules, what it is told; reads the tree's instructions.
    func setup(_ casting: Casting, for assignment: AgentAssignment) async throws -> AgentSetup {
        let definition = casting.definition
        let memory = try memory(of: definition, assignment)
        try Files.makeFolder(assignment.outputs, mode: 0o700)
        var places = [
            WorkerFiles.Place(assignment.scratchpad),
            WorkerFiles.Place(assignment.outputs, isWritable: false),
        ]
        if let memory { places.append(WorkerFiles.Place(memory.memory.folder)) }
        let known = SkillSet.places(
            tree: assignment.tree.path, home: means.home, configuration: means.configuration)
        let skills = SkillSet.load(known).set
        for place in known where place.isUsers && Files.kind(of: place.folder) == .folder {
            places.append(WorkerFiles.Place(place.folder, isWritable: false))
        }
        let policy = try policy(definition, assignment, places)
        let files = try WorkerFiles(
            tree: assignment.tree.path, others: places, denials: policy.denials)
        let shell = ShellSession(
            files: files, outputs: assignment.outputs, moves: assignment.results,
            environment: ShellEnvironment.make(from: assignment.environment),
            runner: assignment.runner)
        let context = ToolContext(
            files: files, shell: shell, fetcher: fetcher, skills: skills,
            tools: tools(of: definition, policy, hasSkills: !skills.skills.isEmpty))
        var setup = AgentSetup(
            agent: definition.name,
            service: try service(for: casting.model, agent: definition.name),
            model: casting.model.model,
            system: SystemPrompt(await facts(casting, assignment, memory, files, skills)),
            assignment: assignment.text, context: context,
            gate: PermissionGate(policy: policy, asker: means.asker, worker: assignment.name))
        setup.apply(definition)
        setup.owners = assignment.owners
        setup.limits.time = assignment.timeout
        setup.limits.window =
            means.prices.window(of: casting.model.model) ?? setup.limits.window
        setup.prefixes = prefixes
        setup.secrets = means.secrets
        return setup
    }

    private func policy(
        _ definition: AgentDefinition, _ assignment: AgentAssignment, _ places: [WorkerFiles.Place]
    ) throws -> PermissionPolicy {
        func real(_ isWritable: Bool) throws -> [AbsolutePath] {
            try places.filter { $0.isWritable == isWritable }.map { try Files.resolve($0.path) }
        }
        func rules(_ texts: [String]) throws -> [PermissionRule] {
            try texts.map { try PermissionRule($0) }
        }
        return PermissionPolicy(
            deny: try rules(options.deny), ask: try rules(options.ask),
            allow: try rules(options.allow),
            mode: assignment.readsOnly ? .plan : definition.permissionMode ?? options.mode,
            bases: PathRule.Bases(
                tree: assignment.tree.path, settings: assignment.mainWorktree, home: means.home),
            freeFolders: try real(true), readableFolders: try real(false),
            commandsAreConfined: assignment.isConfined)
    }

    /// Pages are fetched where a rule allows it.
    private var fetcher: (any PageFetcher)? {
        options.allow.contains { $0.hasPrefix("WebFetch") } ? means.fetcher : nil
    }

    private func tools(
        of definition: AgentDefinition, _ policy: PermissionPolicy, hasSkills: Bool
    ) -> ToolCatalog {
        var situation = ToolSelection.Situation()
        situation.mode = policy.mode
        situation.isSimple = options.isSimple
        let selected = ToolSelection(for: definition, in: situation, from: .all).catalog
        var idle: Set = ["StructuredOutput"]
        if policy.mode == .plan { idle.formUnion(["Edit", "MultiEdit", "Write", "NotebookEdit"]) }
        if fetcher == nil { idle.insert("WebFetch") }
        if !hasSkills { idle.insert("Skill") }
        // What has nothing to work with is not offered.
        return policy.permitted(
            ToolCatalog(selected.tools.filter { !idle.contains($0.definition.name) }))
    }

    private func memory(
        of definition: AgentDefinition, _ assignment: AgentAssignment
    ) throws -> (memory: AgentMemory, excerpt: String?)? {
        let places = AgentMemory.Places(
            tree: assignment.tree.path, mainWorktree: assignment.mainWorktree, home: means.home)
        guard let scope = definition.memory,
            let memory = AgentMemory(scope, of: definition.name, in: places)
        else { return nil }
        if let link = memory.link { throw Problem.linkedMemory(link, agent: definition.name) }
        try memory.prepare()
        return (memory, try memory.excerpt())
    }

    private func facts(
        _ casting: Casting, _ assignment: AgentAssignment,
        _ memory: (memory: AgentMemory, excerpt: String?)?,
        _ files: WorkerFiles, _ skills: SkillSet
    ) async -> SystemPrompt.Facts {
        let branch = assignment.tree.branch.map(Coordinator.short) ?? "none: the tree is detached"
        var facts = SystemPrompt.Facts(
            definition: casting.definition, tree: assignment.tree.path, branch: branch,
            platform: Machine.platform,
            date: String(Timestamp.now.description.prefix { $0 != "T" }))
        facts.base = assignment.tree.base.description
        facts.model = casting.model.description
        facts.scratchpad = assignment.scratchpad
        facts.memory = memory
        facts.instructions = await files.instructions(userFiles: means.instructions)
        let wanted = Set(casting.definition.skills)
        facts.skills = skills.skills.filter { wanted.contains($0.name) }
        facts.roster = skills.skills.filter { !wanted.contains($0.name) }
        return facts
    }
}
