import Base
import Coordination
import Git
import Tasks

/// The body of `treeguild merge`.
@Sendable func mergeCommand(_ invocation: Invocation) async throws -> ExitCode {
    let settings = try invocation.approvedSettings()
    let place = try await RunPlace(invocation)
    var options = PlanOptions()
    options.checks = invocation.values("check")
    var plan = try options.applied(to: Plan(), requiringTasks: false).get()
    try RunPlan.complete(&plan, with: settings)
    if let verifier = invocation.value("verifier") {
        plan.verification.agent = try RunPlan.verifier(verifier, settings)
    }
    let branches = try await namedBranches(invocation.words, in: place.repository)
    let base = try await mergeBase(of: branches, invocation.value("base"), in: place.repository)
    let run = try place.newRun(invocation, asked: nil)
    let folders = try place.folders(for: run, settings, invocation)
    var runOptions = RunOptions(jobs: 1)
    runOptions.trees = folders.trees.description
    runOptions.merging = branches.map { .init(name: $0.name, head: $0.head.description) }
    runOptions.resultBranch = try await resultBranch(invocation.value("into"), in: place.repository)
    runOptions.start = place.layout.isLinked ? place.layout.worktree : nil
    runOptions.hook = try await invocation.hook(of: place).option
    runOptions.sandbox = try await RunSandbox.options(plan, settings, place, invocation)
    if let ports = settings.ports { runOptions.ports = ports }
    runOptions.agents = try RunAgents.options(settings, invocation.folder)
    let crew = try await RunAgents.crew(for: plan, runOptions.agents, settings, place, invocation)
    runOptions.outputs = settings.outputs
    runOptions.preserveLimit = settings.preserveLimit
    let context = RunContext(
        run: run, plan: plan, base: base, layout: place.layout, folders: folders,
        options: runOptions, identity: try await place.identity())
    return try await RunStart(invocation: invocation, place: place, context: context, crew: crew)
        .begin("merge")
}

/// The commits of branches given by name, each once.
private func namedBranches(
    _ words: [String], in repository: Repository
) async throws -> [(name: String, head: ObjectID)] {
    var branches: [(name: String, head: ObjectID)] = []
    var references: Set<String> = []
    for word in words {
        let reference = try await repository.fullName(ofReference: word) ?? word
        guard references.insert(reference).inserted else {
            throw CommandError(
                .usage, "given_twice", "the branch '\(word)' is given twice",
                hint: "name every branch once")
        }
        branches.append((word, try await repository.commit(named: word)))
    }
    return branches
}

/// The commit to start from: the one that is named, or the best that all branches share.
private func mergeBase(
    of branches: [(name: String, head: ObjectID)], _ named: String?, in repository: Repository
) async throws -> ObjectID {
    if let named { return try await repository.commit(named: named) }
    guard var base = branches.first?.head else {
        throw CommandError(.usage, "no_branch", "no branch is named")
    }
    for branch in branches.dropFirst() {
        guard let shared = try await repository.mergeBases(base, branch.head).first else {
            throw CommandError(
                .usage, "unrelated", "'\(branch.name)' has no common ancestor with the others",
                hint: "name a commit to start from with --base REV")
        }
        base = shared
    }
    return base
}

/// The whole ref name for `--into`, which nothing may have yet.
private func resultBranch(_ name: String?, in repository: Repository) async throws -> String? {
    guard let name else { return nil }
    let whole = name.hasPrefix("refs/heads/") ? name : "refs/heads/" + name
    guard Repository.isValidReferenceName(whole) else {
        throw CommandError(
            .usage, "bad_branch", "'\(name)' cannot name a branch",
            hint: "git check-ref-format --branch NAME tells why")
    }
    guard try await repository.target(of: whole) == nil else {
        throw CommandError(
            .usage, "branch_exists", "the branch '\(name)' exists",
            hint: "choose another name for --into")
    }
    return whole
}
