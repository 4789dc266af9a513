/// All budgets of a run: each call is set aside under its task and its run at once, before it is sent.
package actor BudgetKeeper {
    /// Set aside; settled or released once.
    struct Reservation: Sendable {
        fileprivate let number: Int
        fileprivate let owners: [String]
        /// What the answer may have, as far as the money goes.
        let outputTokens: Int
    }

    /// What a call may take.
    struct Estimate: Sendable {
        var model: String
        var inputTokens: Int
        var outputTokens: Int
        /// Dollars for a token; nil where nobody knows.
        var inputPrice: Double?
        var outputPrice: Double?
    }

    private var budgets: [String: Budget] = [:]
    private var next = 0
    private let time: Timekeeper

    /// No budgets: everything passes.
    package init(time: Timekeeper = .system) { self.time = time }

    /// Gives a run or a task its limits; what it has spent stays.
    package func set(_ limits: BudgetLimits, for owner: String) {
        budgets[owner, default: Budget(owner: owner, limits: limits)].limits = limits
    }

    /// Adds what an earlier process spent.
    package func restore(
        _ used: Budget.Amount, turns: Int, elapsed: Duration = .zero, for owner: String
    ) {
        budgets[owner, default: Budget(owner: owner, limits: BudgetLimits())]
            .restore(used, turns: turns, elapsed: elapsed)
    }

    /// The budget as it stands; nil for an owner that nobody named.
    package func budget(of owner: String) -> Budget? { budgets[owner] }

    /// Sets the call aside under every owner, or under none.
    ///
    /// An answer that might cost too much gets a smaller limit, down to 1024 tokens.
    func reserve(_ estimate: Estimate, owners: [String]) -> Result<Reservation, BudgetFailure> {
        for owner in owners where budgets[owner] == nil {
            budgets[owner] = Budget(owner: owner, limits: BudgetLimits())
        }
        let mine = owners.compactMap { budgets[$0] }
        let now = time.now()
        var output = estimate.outputTokens
        for budget in mine {
            if let left = budget.tokensLeft { output = min(output, left - estimate.inputTokens) }
            if let left = budget.moneyLeft, let input = estimate.inputPrice,
                let price = estimate.outputPrice, price > 0
            {
                let affordable = (left - Double(estimate.inputTokens) * input) / price
                output = min(output, Int(max(0, min(affordable, 1e9))))
            }
        }
        output = max(output, min(1024, estimate.outputTokens))
        var amount = Budget.Amount(money: nil, tokens: estimate.inputTokens + output)
        if let input = estimate.inputPrice, let price = estimate.outputPrice {
            amount.money = Double(estimate.inputTokens) * input + Double(output) * price
        }
        for budget in mine {
            if let refusal = budget.refusal(amount, model: estimate.model, now: now) {
                return .failure(BudgetFailure(refusal: refusal))
            }
        }
        next += 1
        for owner in owners { budgets[owner]?.reserve(next, amount, now: now) }
        return .success(Reservation(number: next, owners: owners, outputTokens: output))
    }

    func settle(_ reservation: Reservation, _ used: Budget.Amount) {
        for owner in reservation.owners { budgets[owner]?.settle(reservation.number, used) }
    }

    func release(_ reservation: Reservation) {
        for owner in reservation.owners { budgets[owner]?.release(reservation.number) }
    }

    /// A refusal as an error.
    struct BudgetFailure: Error { let refusal: BudgetRefusal }
}
