/// The body of `treeguild merge`.
@Sendable func mergeCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("merge")
}
