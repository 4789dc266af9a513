/// The body of `treeguild status`.
@Sendable func statusCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("status")
}
