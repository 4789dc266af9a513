/// The body of `treeguild clean`.
@Sendable func cleanCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("clean")
}
