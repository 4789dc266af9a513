import Agents
import Base
import Coordination
import Git
import Processes
import Review
import Store
import Tasks

/// The body of `treeguild run`.
@Sendable func runCommand(_ invocation: Invocation) async throws -> ExitCode {
    let settings = try invocation.approvedSettings()
    let place = try await RunPlace(invocation)
    if !invocation.has("allow-nested") { try await place.refuseWorkers(invocation) }
    let plan = try await RunPlan.load(invocation, settings)
    let base = try await place.repository.commit(named: plan.base ?? "HEAD")
    let run = try place.newRun(invocation, asked: invocation.value("run-id"))
    let folders = try place.folders(for: run, settings, invocation)
    var options = RunOptions(jobs: RunPlan.jobs(plan, settings))
    options.keepTrees = invocation.has("keep-trees")
    options.reusesTrees = settings.reusesTrees && !invocation.has("no-reuse")
    options.preserveLimit = settings.preserveLimit
    options.outputs = settings.outputs
    options.verifierTimeout = settings.timeout.flatMap { Duration(inSeconds: $0) }
    if let ports = settings.ports { options.ports = ports }
    options.agents = try RunAgents.options(settings, invocation.folder)
    let crew = try await RunAgents.crew(for: plan, options.agents, settings, place, invocation)
    options.trees = folders.trees.description
    options.start = place.layout.isLinked ? place.layout.worktree : nil
    options.hook = try await invocation.hook(of: place).option
    options.sandbox = try await RunSandbox.options(plan, settings, place, invocation)
    let context = RunContext(
        run: run, plan: plan, base: base, layout: place.layout, folders: folders,
        options: options, identity: try await place.identity())
    if invocation.has("dry-run") { return try await DryRun(context).show(on: invocation.output) }
    return try await RunStart(invocation: invocation, place: place, context: context, crew: crew)
        .begin("run")
}

/// The way from a fixed context to the end of a run.
struct RunStart: Sendable {
    let invocation: Invocation
    let place: RunPlace
    let context: RunContext
    /// nil where no model works.
    let crew: AgentCrew?

    /// Records a new run and carries it out.
    func begin(_ kind: String) async throws -> ExitCode {
        if let name = try await context.occupiedReference(in: place.repository) {
            throw CommandError(
                .usage, "branch_exists", "the branch '\(Coordinator.short(name))' is in the way",
                hint: "choose another name with --run-id, or rename that branch")
        }
        try await RunRoom.check(context, in: place.repository)
        let ledger = try await place.ledger(invocation)
        _ = try await ledger.createRun(
            context.run, kind: kind, base: context.base.description, plan: context.plan.json,
            options: context.options.json, owner: ProcessIdentity.current.description)
        await invocation.output.say("run \(context.run, .bold)")
        for line in RunSandbox.warnings(context.options.sandbox, .probed) {
            await invocation.output.warn("\(line)")
        }
        if let line = try await invocation.hook(of: place).warning {
            await invocation.output.warn("\(line)")
        }
        for agent in crew?.waiting(for: context.plan) ?? [] {
            let fields = agent.waitingFields.joined(separator: " and ")
            await invocation.output.warn(
                "the agent \(agent.name) works without its \(fields): \(agent.file?.description ?? "") waits for your approval: treeguild trust"
            )
        }
        for key in RunPlan.unused(context.plan) {
            await invocation.output.warn("\(key) has no effect on these workers")
        }
        return try await carryOut(ledger, resumed: false)
    }

    /// Carries out a run that is recorded and ours.
    func carryOut(_ ledger: Ledger, resumed: Bool) async throws -> ExitCode {
        let execution = RunExecution(
            output: invocation.output, ledger: ledger, context: context, place: place, crew: crew)
        let summary = try await execution.run(resumed: resumed)
        if invocation.isJSON {
            await invocation.output.document(summary.json)
        }
        for line in RunReport(summary).lines { await invocation.output.line(line) }
        let notice = Task {
            try await Task.sleep(for: .seconds(2))
            await invocation.output.say("deleting the files of removed trees")
        }
        await context.folders.empty()
        notice.cancel()
        switch summary.status {
        case .interrupted, .running:
            await invocation.output.say(
                "interrupted; go on with: \("treeguild resume \(context.run)", .bold)")
            return .interrupted
        case .failed: return .notDone
        case .completed: return try await land(ledger)
        }
    }
}
