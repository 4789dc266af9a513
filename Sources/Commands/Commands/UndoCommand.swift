/// The body of `treeguild undo`.
@Sendable func undoCommand(_ invocation: Invocation) async throws -> ExitCode {
    throw CommandError.notYet("undo")
}
