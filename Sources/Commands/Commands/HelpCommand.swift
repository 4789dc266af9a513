import Base

/// The body of `treeguild help`, and of `--help` anywhere.
@Sendable func helpCommand(_ invocation: Invocation) async throws -> ExitCode {
    let columns = await invocation.output.columns
    guard let command = try topic(of: invocation) else {
        await invocation.output.text(Help.program(columns: columns))
        return .done
    }
    await invocation.output.text(Help.command(command, columns: columns))
    return .done
}

/// The command that help is asked for; nil for the program.
private func topic(of invocation: Invocation) throws -> CommandDefinition? {
    let command = invocation.arguments.command
    guard command?.name == "help", !invocation.has("help") else { return command }
    guard let name = invocation.words.first else { return nil }
    guard let known = CommandTable.command(named: name) else {
        let names = CommandTable.visible.map(\.name)
        throw ArgumentError.unknownCommand(name, nearest: Spelling.nearest(to: name, in: names))
    }
    return known
}
