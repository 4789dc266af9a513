import Agents
package import Base

/// A program that cannot work, and for whom it was to.
package struct UnusableProgram: Sendable {
    /// With its problem.
    package let facts: ProgramFacts
    /// At least one, in the plan's order.
    package internal(set) var users: [User]

    /// Who names a program.
    package enum User: Hashable, Sendable {
        case task(TaskID)
        case verifier
    }
}

extension AgentCrew {
    /// The file of a program that can work, looked at once.
    func path(of profile: ProgramProfile) async throws(Problem) -> AbsolutePath {
        if let known = programs[profile.name] { return known }
        let facts = await ProgramFacts(
            of: profile, environment: means.environment, home: means.home, folder: means.folder)
        guard facts.problem == nil, let path = facts.path else { throw .program(facts) }
        programs[profile.name] = path
        return path
    }

    /// What a program shares with the other workers of the run.
    ///
    /// - Parameter secrets: Of its login.
    func shared(by profile: ProgramProfile, secrets: [String]) -> ProgramDriver.Shared {
        ProgramDriver.Shared(
            gate: gate(of: profile.provider ?? profile.name), budgets: budgets,
            prices: means.prices, mask: SecretMask(means.secrets + secrets))
    }
}
