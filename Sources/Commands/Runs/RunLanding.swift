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
        let strategy =
            invocation.value("strategy").flatMap { Merging.Landing.Strategy(rawValue: $0) }
            ?? Merging.Landing.Strategy(rawValue: wish.strategy.rawValue) ?? .merge
        let request = Merging.Landing.Request(
            onto: wish.onto, result: head, name: Coordinator.short(context.resultBranch),
            strategy: strategy, backup: context.run.description)
        let outcome = try await Merging.Landing(repository: place.repository, program: git)
            .land(request)
        var data = JSON.Members([("onto", .string(wish.onto))])
        for (key, value) in outcome.members { data[key] = value }
        try await ledger.append(
            run: context.run, actor: "treeguild", kind: "land.ended", data: .object(data))
        if let refusal = outcome.refusal(of: request.name, onto: request.onto) {
            await output.insist(refusal.lines)
            return refusal.exit
        }
        await output.say("landed on \(wish.onto, .bold)")
        return .done
    }
}
