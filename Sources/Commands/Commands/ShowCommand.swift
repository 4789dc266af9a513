/// The body of `treeguild show`.
@Sendable func showCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("show")
}
