/// The body of the hidden `treeguild manual`.
@Sendable func manualCommand(_ invocation: Invocation) async throws -> ExitCode {
    await invocation.output.raw(Manual.page().utf8)
    return .done
}
