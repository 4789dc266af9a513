import Coordination
enum RunTrash { static func empty(_ context: RunContext) async {} }
enum Landing {
    static func afterRun(_ c: RunContext, _ i: Invocation, _ p: RunPlace) async throws -> ExitCode {
        .done
    }
}
