import Base

// Programs make their calls themselves: the gate holds their starts, and learns what they tell of their provider.
extension ModelGate {
    /// Waits until a program of the provider may start; to be given back once it was answered, or has ended.
    package func start(of program: String) async throws(ModelError) -> Admission {
        try await admit(
            RateLimitBucket.Share(inputTokens: 0, outputTokens: 0), provider: program, model: "")
    }

    /// The provider answers it.
    package func answered(_ start: Admission) { succeeded(start, RateLimitReport()) }

    /// It ended, or was ended, before any answer.
    package func ended(_ start: Admission, _ error: ModelError) { failed(start, error) }

    /// It tells of a refusal long after its start.
    package func heard(_ error: ModelError) { failed(counted(), error) }
}

extension BudgetKeeper {
    /// Adds what a program used since it was asked last, and says whether anything is left.
    ///
    /// Unlike a call of ours, a program's call can only be counted after it was made.
    package func charge(
        _ used: Budget.Amount, turns: Int, model: String, to owners: [String]
    ) -> BudgetRefusal? {
        for owner in owners { restore(used, turns: turns, for: owner) }
        return refusal(for: owners, model: model)
    }

    /// Why nothing more may be used; nil where something may.
    package func refusal(for owners: [String], model: String) -> BudgetRefusal? {
        let now = Timestamp.now
        return owners.lazy.compactMap { owner -> BudgetRefusal? in
            let least = Budget.Amount(money: 0, tokens: 1)
            guard let budget = self.budget(of: owner) else { return nil }
            if let limit = budget.limits.money, budget.money >= limit {
                return .money(owner: owner, limit: limit, spent: budget.money)
            }
            if budget.limits.money != nil, budget.hasUnknownCost {
                return .unpriced(owner: owner, model: model)
            }
            return budget.refusal(least, model: model, now: now)
        }.first
    }
}
