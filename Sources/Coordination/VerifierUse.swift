import Agents
package import Base
package import Store

/// What a verifier that is an agent did for one branch, as the ledger recorded it.
package struct VerifierUse: Sendable {
    /// The agent's name.
    package let agent: String
    /// The branch whose conflicts it was to resolve: a task's name, or that of a branch.
    package let branch: String
    /// How it ended, for people; empty where it finished.
    package let problem: String
    /// As in `treeguild.run/1`.
    package let usage: JSON

    /// All of a run that have ended, in their order.
    package static func all(of run: RunID, in ledger: Ledger) async throws -> [VerifierUse] {
        try await ledger.effects(run: run).compactMap { effect in
            guard effect.effect.kind == "verify.run",
                let end = effect.result.flatMap({ WorkerEnd(json: $0) })?.agent
            else { return nil }
            return VerifierUse(
                agent: effect.intent.text("agent"), branch: effect.intent.text("branch"),
                problem: end.isSuccess ? "" : end.message, usage: end.usage.json)
        }
    }

    /// A row of `merge.verifiers`; `step` is what became of the branch.
    func json(_ step: MergeStep?) -> JSON {
        let isTaken = problem.isEmpty && step?.kind == .resolved
        let evidence = problem.isEmpty ? step?.reason ?? "" : problem
        return [
            "agent": .string(agent), "task": .string(branch),
            "verdict": .string(isTaken ? "passed" : "failed"),
            "evidence": evidence.isEmpty ? .null : .string(evidence), "usage": usage,
        ]
    }
}

extension RunSummary {
    /// What models used in all tasks and for all verifiers together.
    package static func usage(_ tasks: [TaskRow], _ verifiers: [VerifierUse]) -> JSON {
        let used = tasks.map { $0.data["usage"] } + verifiers.map(\.usage)
        return used.compactMap { $0.flatMap { AgentUsage(json: $0) } }
            .reduce(AgentUsage(), +).json
    }
}
