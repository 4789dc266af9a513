/// The body of `treeguild overlap`.
@Sendable func overlapCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("overlap")
}
