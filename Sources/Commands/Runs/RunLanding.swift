import Base
import Coordination
import Git
import Merging
import Review
import Store
import Tasks

extension RunStart {
    /// Lands a completed run's result where the plan says; the result stays on its branch when that is refused.
    func land(_ ledger: Ledger) async throws -> ExitCode {
        let output = invocation.output
        guard let wish = context.plan.landing,
            let head = try await place.repository.target(of: context.resultBranch)
        else { return .done }
        guard let git = place.git else {
            await output.warn("not landed on \(wish.onto): the git program is needed for it")
            return .notDone
        }
        let request = Merging.Landing.Request(
            onto: wish.onto, result: head, name: Coordinator.short(context.resultBranch),
            strategy: Merging.Landing.Strategy(rawValue: wish.strategy.rawValue) ?? .merge,
            backup: context.run.description)
        let landing = Merging.Landing(repository: place.repository, program: git)
        let outcome = try await LandingRecord.around(request, of: context.run, in: ledger) {
            try await landing.land(request)
        }
        return await outcome.tell(of: request, to: output)
    }
}
