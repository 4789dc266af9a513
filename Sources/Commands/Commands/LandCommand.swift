/// The body of `treeguild land`.
@Sendable func landCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("land")
}
