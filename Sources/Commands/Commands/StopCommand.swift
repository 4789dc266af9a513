/// The body of `treeguild stop`.
@Sendable func stopCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("stop")
}
