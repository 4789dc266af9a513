/// The body of `treeguild resume`.
@Sendable func resumeCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("resume")
}
