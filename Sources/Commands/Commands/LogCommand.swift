/// The body of `treeguild log`.
@Sendable func logCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("log")
}
