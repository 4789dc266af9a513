import Base
import Git
import Store

extension RunPlace {
    /// Refuses to start a run in a worker's tree, or from a worker in the repository that its tree belongs to.
    func refuseWorkers(_ invocation: Invocation) async throws {
        let environment = invocation.environment
        if let run = environment["TREEGUILD_RUN"], let task = environment["TREEGUILD_TASK"],
            let tree = environment["TREEGUILD_WORKTREE"].flatMap({ AbsolutePath($0) })
        {
            // A tree that is gone is nobody's any more.
            let own = await BlockingCalls.run { try? Repository(at: tree).layout.commonDirectory }
            if own == layout.commonDirectory { throw CommandError.nested(run, task: task) }
        }
        guard layout.isLinked, let worktree = layout.worktree,
            // Where there is no ledger, or it is kept from us, there is no tree of a run to be known.
            let ledger = try? await Ledger.openExisting(at: state),
            let row = try await ledger.trees().first(where: {
                $0.path == worktree && $0.state == .ready
            }), try await ledger.run(row.run)?.status == .running
        else { return }
        throw CommandError.nested(row.run.description, task: row.name)
    }
}
