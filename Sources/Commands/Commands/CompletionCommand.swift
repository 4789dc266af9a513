/// The body of `treeguild completion`.
@Sendable func completionCommand(_ invocation: Invocation) async throws -> ExitCode {
    guard let script = invocation.words.first.flatMap(Completion.script(for:)) else {
        return .usage
    }
    await invocation.output.raw(script.utf8)
    return .done
}
