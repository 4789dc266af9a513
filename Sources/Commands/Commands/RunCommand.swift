/// The body of `treeguild run`.
@Sendable func runCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("run")
}
