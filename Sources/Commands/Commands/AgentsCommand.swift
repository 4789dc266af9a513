import Agents
import Base
import Git
import Review

/// The body of `treeguild agents`.
@Sendable func agentsCommand(_ invocation: Invocation) async throws -> ExitCode {
    let action = invocation.words.first ?? "list"
    let names = Array(invocation.words.dropFirst())
    switch action {
    case "show":
        guard let name = names.first, names.count == 1 else { throw CommandError.agentNotNamed }
        return try await show(name, try await catalog(invocation), invocation)
    case "validate": return try await validate(names, invocation)
    case "doctor": return try await agentsDoctor(names, invocation)
    default:
        guard names.isEmpty else { throw CommandError.agentsTakesNoNames }
        return try await list(try await catalog(invocation), invocation)
    }
}

/// The agents that can be named where the command starts.
private func catalog(_ invocation: Invocation) async throws -> AgentCatalog {
    let places = invocation.places
    return try await BlockingCalls.run {
        try AgentTrust.catalog(places, places.layout())
    }
}

private func list(_ catalog: AgentCatalog, _ invocation: Invocation) async throws -> ExitCode {
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.agents/1",
            [
                ("agents", .array(catalog.definitions.map(\.document))),
                ("shadowed", .array(catalog.shadowed.map(\.document))),
                ("problems", .array(catalog.problems.map(\.document))),
            ])
        return .done
    }
    let width = catalog.definitions.map { Text.width($0.name) }.max() ?? 0
    for agent in catalog.definitions {
        let about = Text.truncate(Text.visible(agent.whenToUse), to: 90)
        await invocation.output.line(
            "\(Text.pad(agent.name, to: width), .bold)  \(Text.pad(agent.source.word, to: 8), .dim)  \(about)"
        )
    }
    for problem in catalog.problems { await invocation.output.warn("\(problem.words)") }
    return .done
}

private func show(
    _ name: String, _ catalog: AgentCatalog, _ invocation: Invocation
) async throws -> ExitCode {
    guard let agent = catalog.definition(named: name) else {
        throw CommandError.unknownAgent(
            name, known: catalog.definitions.map(\.name),
            broken: catalog.problems.filter { !$0.isWarning })
    }
    let selection = ToolSelection(for: agent, in: .init(), from: .all)
    if invocation.isJSON {
        var members = agent.document.objectValue ?? JSON.Members()
        members["available_tools"] = .array(selection.catalog.names.map { .string($0) })
        members["unknown_tools"] = .array(selection.invalidEntries.map { .string($0) })
        members["prompt"] = .string(agent.prompt)
        await invocation.output.document("treeguild.agent/1", [("agent", .object(members))])
        return .done
    }
    var rows: [(String, String)] = [
        ("name", agent.name), ("for", agent.whenToUse), ("source", agent.source.word),
        ("file", agent.file?.description ?? "-"), ("model", agent.model ?? "the run's"),
        ("mode", (agent.inForce.permissionMode ?? .acceptEdits).rawValue),
        ("tools", selection.catalog.names.joined(separator: ", ")),
    ]
    if !selection.invalidEntries.isEmpty {
        rows.append(("unknown tools", selection.invalidEntries.joined(separator: ", ")))
    }
    if let scope = agent.inForce.memory { rows.append(("memory", scope.rawValue)) }
    if let turns = agent.maxTurns { rows.append(("turns", "at most \(turns)")) }
    let waiting = agent.waitingFields.joined(separator: ", ")
    if !waiting.isEmpty {
        rows.append(("not in force", "\(waiting): waits for your approval: treeguild trust"))
    }
    let idle = agent.idleFields.joined(separator: ", ")
    if !idle.isEmpty { rows.append(("no effect", "\(idle): nothing carries them out")) }
    for (key, value) in rows {
        await invocation.output.line(
            "\(Text.pad(key, to: 14), .dim) \(Text.visible(value))")
    }
    await invocation.output.line()
    await invocation.output.text(StyledText.lines(outside: agent.prompt).map { "\($0)" })
    return .done
}

/// Without names checks every file where agents are looked for.
private func validate(_ names: [String], _ invocation: Invocation) async throws -> ExitCode {
    let problems: [DefinitionProblem]
    let count: Int
    if names.isEmpty {
        let catalog = try await catalog(invocation)
        let files = (catalog.definitions + catalog.shadowed).compactMap(\.file)
        count = Set(files + catalog.problems.map(\.file)).count
        problems =
            catalog.problems
            + (catalog.definitions + catalog.shadowed).filter { $0.file != nil }
            .flatMap(\.toolProblems)
    } else {
        let folder = invocation.folder
        count = names.count
        problems = await BlockingCalls.run {
            names.flatMap { checked(AbsolutePath($0, relativeTo: folder)) }
        }
    }
    let errors = problems.count { !$0.isWarning }
    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.agents.validate/1",
            [
                ("files", .int(count)), ("errors", .int(errors)),
                ("problems", .array(problems.map(\.document))),
            ])
    } else {
        for problem in problems { await invocation.output.line("\(problem.words)") }
        await invocation.output.line(
            "\(Text.count(count, "file")), \(Text.count(errors, "error")), \(Text.count(problems.count - errors, "warning"))"
        )
    }
    return errors == 0 ? .done : .notDone
}

private func checked(_ file: AbsolutePath) -> [DefinitionProblem] {
    do throws(FileError) {
        let reader = AgentDefinitionReader(
            try Files.read(file, limit: 1 << 20), file: file, source: .project)
        return reader.problems + (reader.definition?.toolProblems ?? [])
    } catch {
        return [DefinitionProblem(file: file, line: 1, kind: .unreadable(error.reason))]
    }
}

extension AgentDefinition {
    /// Entries of `tools` that name none; servers' tools are known only while they run.
    fileprivate var toolProblems: [DefinitionProblem] {
        guard let file else { return [] }
        return ToolSelection(for: self, in: .init(), from: .all).invalidEntries
            .filter { !$0.hasPrefix("mcp__") }
            .map { DefinitionProblem(file: file, line: 1, kind: .unknownTool($0)) }
    }

    fileprivate var document: JSON {
        [
            "name": .string(name), "description": .string(whenToUse),
            "source": .string(source.word), "trusted": .bool(source.isTrusted || isApproved),
            "waiting": .array(waitingFields.map { .string($0) }),
            "file": .optional(file?.description), "model": .optional(model),
            "permission_mode": .optional(permissionMode?.rawValue),
            "tools": tools.map { .array($0.map { .string($0) }) } ?? .null,
            "disallowed_tools": .array(disallowedTools.map { .string($0) }),
            "memory": .optional(memory?.rawValue), "background": .bool(background),
            "max_turns": maxTurns.map { .int($0) } ?? .null,
        ]
    }
}

extension AgentDefinition.Source {
    fileprivate var word: String {
        switch self {
        case .builtIn: "built-in"
        case .managed: "managed"
        case .plugin: "plugin"
        case .commandLine: "option"
        case .user: "user"
        case .project: "project"
        }
    }
}

extension DefinitionProblem {
    fileprivate var document: JSON {
        [
            "file": .string(file.description), "line": .int(line), "message": .string(fault),
            "warning": .bool(isWarning),
        ]
    }
}
