import Review
import Base
import Git

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
    let items = loaded.trust.waiting
    if items.isEmpty, hook.waiting == nil {
        let isNothing = loaded.trust == .nothingToTrust && hook.option == nil
        await invocation.output.line(
            isNothing
                ? "nothing to approve: the repository's settings run nothing" : "approved already")
        if let warning = hook.warning { await invocation.output.warn("\(warning)") }
        return try await tell(
            loaded, isApproved: loaded.trust != .nothingToTrust, store, invocation)
    }
    if !items.isEmpty { await show(items, of: loaded, invocation) }
    if let hook = hook.waiting { await show(hook, invocation) }
    guard try await agrees(invocation, settings: !items.isEmpty, hook: hook.waiting != nil) else {
        return try await tell(loaded, isApproved: items.isEmpty, store, invocation, exit: .refused)
    }
    let approvals = everything(in: loaded.trust, hook, repository: repository)
    try await BlockingCalls.run { for approval in approvals { try store.approve(approval) } }
    await invocation.output.line("approved")
    return try await tell(loaded, isApproved: true, store, invocation)
}

/// What a yes to everything that waits approves: the bytes that were shown.
private func everything(
    in settings: Trust.State, _ hook: HookTrust, repository: String
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
                ("commands", []), ("hook", .null), ("approvals", .array(approvals.map(\.json))),
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

private func show(_ lines: [StyledText], _ invocation: Invocation) async {
    // A question needs them before it even when standard output is for JSON alone.
    if invocation.isJSON { await invocation.output.insist(lines + [""]) }
    for line in lines + [""] { await invocation.output.line(line) }
}

private func agrees(
    _ invocation: Invocation, settings: Bool, hook: Bool
) async throws -> Bool {
    if invocation.has("yes") { return true }
    guard invocation.output.canAsk else { throw CommandError.nobodyToAsk }
    let answer = await invocation.output.ask(
        settings && hook
            ? "Approve these, as long as both files stay as they are? [y/N]"
            : hook
                ? "Approve it, as long as the file stays as it is? [y/N]"
                : "Approve these, as long as the file stays as it is? [y/N]")
    return ["y", "yes"].contains(answer?.lowercased())
}

private func tell(
    _ loaded: LoadedSettings, isApproved: Bool, _ store: TrustStore, _ invocation: Invocation,
    exit: ExitCode = .done
) async throws -> ExitCode {
    guard invocation.isJSON else { return exit }
    let repository = loaded.layout?.commonDirectory.description
    let hook = try await HookTrust.check(at: invocation.folder, approvals: store)
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
            ("approvals", .array(approvals.map(\.json))),
        ])
    return exit
}
