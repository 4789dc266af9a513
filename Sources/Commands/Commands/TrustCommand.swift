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
    switch loaded.trust {
    case .nothingToTrust:
        await invocation.output.line("nothing to approve: the repository's settings run nothing")
        return try await tell(loaded, isApproved: false, store, invocation)
    case .trusted:
        await invocation.output.line("approved already")
        return try await tell(loaded, isApproved: true, store, invocation)
    case .untrusted(let hash, let items):
        await show(items, of: loaded, invocation)
        let isApproved = try await agrees(invocation)
        guard isApproved else {
            return try await tell(loaded, isApproved: false, store, invocation, exit: .refused)
        }
        let approval = Approval(
            repository: repository, hash: hash, time: Timestamp.now.description)
        try await BlockingCalls.run { try store.approve(approval) }
        await invocation.output.line("approved")
        return try await tell(loaded, isApproved: true, store, invocation)
    }
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
                ("commands", []), ("approvals", .array(approvals.map(\.json))),
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
    // A question needs them before it even when standard output is for JSON alone.
    if invocation.isJSON { await invocation.output.insist(lines + [""]) }
    for line in lines + [""] { await invocation.output.line(line) }
}

private func agrees(_ invocation: Invocation) async throws -> Bool {
    if invocation.has("yes") { return true }
    guard invocation.output.canAsk else { throw CommandError.nobodyToAsk }
    let answer = await invocation.output.ask(
        "Approve these, as long as the file stays as it is? [y/N]")
    return ["y", "yes"].contains(answer?.lowercased())
}

private func tell(
    _ loaded: LoadedSettings, isApproved: Bool, _ store: TrustStore, _ invocation: Invocation,
    exit: ExitCode = .done
) async throws -> ExitCode {
    guard invocation.isJSON else { return exit }
    let repository = loaded.layout?.commonDirectory.description
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
            ("commands", .array(commands)), ("approvals", .array(approvals.map(\.json))),
        ])
    return exit
}
