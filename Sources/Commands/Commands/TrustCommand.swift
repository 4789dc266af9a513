import Agents
import Base
import Git
import Review

/// The body of `treeguild trust`.
@Sendable func trustCommand(_ invocation: Invocation) async throws -> ExitCode {
    let loaded = try invocation.loadedSettings()
    let store = TrustStore(path: loaded.places.trustFile)
    if invocation.has("list") { return try await list(store, invocation) }
    guard let layout = loaded.layout else { throw CommandError.notInRepository }
    let repository = layout.commonDirectory.description

    if invocation.has("revoke") {
        let count = try await BlockingCalls.run { try store.revoke(repository: repository) }
        await invocation.output.line("\(Text.count(count, "approval")) taken back")
        return try await tell(loaded, isApproved: false, store, invocation)
    }
    let hook = try await HookTrust.check(at: invocation.folder, approvals: store)
    let asking = try await agents(loaded)
    let agents = asking.filter { !$0.isApproved }
    let items = loaded.trust.waiting
    if items.isEmpty, hook.waiting == nil, agents.isEmpty {
        let isNothing =
            loaded.trust == .nothingToTrust && hook.option == nil && asking.isEmpty
        await invocation.output.line(
            isNothing
                ? "nothing to approve: the repository's settings run nothing" : "approved already")
        if let warning = hook.warning { await invocation.output.warn("\(warning)") }
        return try await tell(
            loaded, isApproved: loaded.trust != .nothingToTrust, store, invocation)
    }
    if !items.isEmpty { await show(items, of: loaded, invocation) }
    if let hook = hook.waiting { await show(hook, invocation) }
    for agent in agents { await show(agent, invocation) }
    let files = (items.isEmpty ? 0 : 1) + (hook.waiting == nil ? 0 : 1) + agents.count
    guard try await agrees(invocation, files: files) else {
        return try await tell(loaded, isApproved: items.isEmpty, store, invocation, exit: .refused)
    }
    let approvals = everything(in: loaded.trust, hook, agents, repository: repository)
    try await BlockingCalls.run { for approval in approvals { try store.approve(approval) } }
    await invocation.output.line("approved")
    return try await tell(loaded, isApproved: true, store, invocation)
}

private func agents(_ loaded: LoadedSettings) async throws -> [AgentDefinition] {
    let (places, layout) = (loaded.places, loaded.layout)
    return try await BlockingCalls.run { try AgentTrust.asking(places, layout) }
}

/// What a yes to everything that waits approves: the bytes that were shown.
private func everything(
    in settings: Trust.State, _ hook: HookTrust, _ agents: [AgentDefinition],
    repository: String
) -> [Approval] {
    var list: [Approval] = []
    let now = Timestamp.now.description
    if case .untrusted(let hash, _) = settings {
        list.append(Approval(repository: repository, hash: hash, time: now))
    }
    if let hook = hook.waiting {
        list.append(
            Approval(repository: repository, hash: hook.hash, time: now, subject: .hook))
    }
    for hash in Set(agents.compactMap(\.hash)).sorted() {
        list.append(Approval(repository: repository, hash: hash, time: now, subject: .agent))
    }
    return list
}

private func list(_ store: TrustStore, _ invocation: Invocation) async throws -> ExitCode {
    let approvals = try await BlockingCalls.run { try store.load() }
    for approval in approvals {
        await invocation.output.line(
            "\(approval.repository)  \(approval.hash.prefix(12), .dim)  \(approval.time, .dim)")
    }
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.trust/1",
            [
                ("repository", .null), ("file", .null), ("hash", .null), ("state", "listed"),
                ("commands", []), ("hook", .null), ("agents", []),
                ("approvals", .array(approvals.map(\.json))),
            ])
    }
    return .done
}

private func show(
    _ items: [ApprovalItem], of loaded: LoadedSettings, _ invocation: Invocation
) async {
    let file = loaded.layout?.settingsFile?.description ?? ""
    let head: StyledText = "\(file, .bold) asks treeguild to run or use:"
    var lines = [head, ""]
    for item in items {
        lines.append("  \(item.setting, .cyan)  \("(line \(item.line))", .dim)")
        lines += StyledText.lines(outside: item.text).map { "      \($0)" }
    }
    await show(lines, invocation)
}

private func show(_ hook: Hook, _ invocation: Invocation) async {
    let isText = !hook.content.contains(0)
    let text = String(decoding: hook.content, as: UTF8.self)
    var lines: [StyledText] = [
        "\(hook.path.description, .bold) is to run in each tree after it is made, as git runs it:",
        "",
    ]
    let shown = isText ? StyledText.lines(outside: text) : ["\("a program", .dim)"]
    // Longer ones are to be read in a pager.
    lines += shown.prefix(200).map { "      \($0)" }
    if shown.count > 200 {
        lines.append("      \("and \(Text.count(shown.count - 200, "line")) more", .dim)")
    }
    lines.append("  \("SHA-256 \(hook.hash)", .dim)")
    await show(lines, invocation)
}

private func show(_ agent: AgentDefinition, _ invocation: Invocation) async {
    var lines: [StyledText] = [
        "\(agent.file?.description ?? "", .bold) asks for its agent \(agent.name, .bold):", "",
    ]
    for wish in agent.wishes {
        let meaning =
            wish.field == "memory"
            ? "what it notes, it notes for its agents in all your projects"
            : "no call of a tool is asked about; what a rule denies stays denied"
        lines.append("  \(wish.field, .cyan)  \(wish.value)  \(meaning, .dim)")
    }
    lines.append("  \("SHA-256 \(agent.hash ?? "")", .dim)")
    await show(lines, invocation)
}

private func show(_ lines: [StyledText], _ invocation: Invocation) async {
    // A question needs them before it even when standard output is for JSON alone.
    if invocation.isJSON { await invocation.output.insist(lines + [""]) }
    for line in lines + [""] { await invocation.output.line(line) }
}

private func agrees(_ invocation: Invocation, files: Int) async throws -> Bool {
    if invocation.has("yes") { return true }
    guard invocation.output.canAsk else { throw CommandError.nobodyToAsk }
    let answer = await invocation.output.ask(
        files == 1
            ? "Approve this, as long as the file stays as it is? [y/N]"
            : "Approve these, as long as the files stay as they are? [y/N]")
    return ["y", "yes"].contains(answer?.lowercased())
}

private func tell(
    _ loaded: LoadedSettings, isApproved: Bool, _ store: TrustStore, _ invocation: Invocation,
    exit: ExitCode = .done
) async throws -> ExitCode {
    guard invocation.isJSON else { return exit }
    let repository = loaded.layout?.commonDirectory.description
    let hook = try await HookTrust.check(at: invocation.folder, approvals: store)
    let asking = try await agents(loaded)
    let approvals = try await BlockingCalls.run {
        try store.load().filter { $0.repository == repository }
    }
    let commands = loaded.approvalItems.map { item -> JSON in
        ["setting": .string(item.setting), "command": .string(item.text), "line": .int(item.line)]
    }
    let state =
        commands.isEmpty ? "nothing_to_approve" : isApproved ? "approved" : "unapproved"
    await invocation.output.document(
        "treeguild.trust/1",
        [
            ("repository", .optional(repository)),
            ("file", .optional(loaded.layout?.settingsFile?.description)),
            ("hash", .optional(loaded.repositoryHash)), ("state", .string(state)),
            ("commands", .array(commands)), ("hook", hook.json),
            ("agents", .array(asking.map(\.trustJSON))),
            ("approvals", .array(approvals.map(\.json))),
        ])
    return exit
}
