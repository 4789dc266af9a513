package import Base

/// How much a run or a task may take; nil is without limit.
package struct BudgetLimits: Sendable, Hashable {
    /// Dollars.
    package var money: Double?
    /// Of all kinds.
    package var tokens: Int?
    /// Calls of a model.
    package var turns: Int?
    /// From the first call on; no call begins later.
    package var time: Duration?

    /// Without limits.
    package init(
        money: Double? = nil, tokens: Int? = nil, turns: Int? = nil, time: Duration? = nil
    ) {
        self.money = money
        self.tokens = tokens
        self.turns = turns
        self.time = time
    }
}

/// Why a call was not allowed.
package enum BudgetRefusal: Hashable, Sendable {
    /// Whose limit it is: a run's or a task's name.
    case money(owner: String, limit: Double, spent: Double)
    case tokens(owner: String, limit: Int, spent: Int)
    case turns(owner: String, limit: Int)
    case time(owner: String, limit: Duration)
    /// There is a limit in money, and nobody knows what the model costs.
    case unpriced(owner: String, model: String)
}

/// What was spent and what is set aside under one limit. Pure.
package struct Budget: Sendable, Hashable {
    /// Money and tokens.
    package struct Amount: Sendable, Hashable {
        /// Dollars; nil where nobody knows.
        package var money: Double?
        /// Of all kinds.
        package var tokens: Int

        /// An amount of both.
        package init(money: Double?, tokens: Int) {
            self.money = money
            self.tokens = tokens
        }
    }

    /// Whose it is.
    package let owner: String
    /// What it may take.
    package var limits: BudgetLimits
    /// Dollars that are gone, as far as known.
    package private(set) var money = 0.0
    /// Tokens that are gone.
    package private(set) var tokens = 0
    /// Calls that were answered, or are under way.
    package private(set) var turns = 0
    /// Some calls cost nobody knows what.
    package private(set) var hasUnknownCost = false
    /// When the first call was set aside; nil before.
    package private(set) var began: Timestamp?
    /// What earlier processes took of the time.
    private var earlier = Duration.zero
    private var reserved: [Int: Amount] = [:]

    /// A budget of which nothing is gone.
    package init(owner: String, limits: BudgetLimits) {
        self.owner = owner
        self.limits = limits
    }

    private var reservedMoney: Double { reserved.values.reduce(0) { $0 + ($1.money ?? 0) } }
    private var reservedTokens: Int { reserved.values.reduce(0) { $0 + $1.tokens } }

    /// Money left; nil without a limit.
    package var moneyLeft: Double? { limits.money.map { $0 - money - reservedMoney } }
    /// Tokens left; nil without a limit.
    package var tokensLeft: Int? { limits.tokens.map { $0 - tokens - reservedTokens } }

    /// Time since the first call, earlier processes included.
    package func elapsed(at now: Timestamp) -> Duration {
        earlier + (began.map { now.since($0) } ?? .zero)
    }

    /// Why nothing of that size may be set aside; nil when it may.
    package func refusal(
        _ amount: Amount, model: String, now: Timestamp
    ) -> BudgetRefusal? {
        if let limit = limits.time, elapsed(at: now) >= limit {
            return .time(owner: owner, limit: limit)
        }
        if let limit = limits.turns, turns >= limit { return .turns(owner: owner, limit: limit) }
        if let limit = limits.tokens, let left = tokensLeft, left < amount.tokens {
            return .tokens(owner: owner, limit: limit, spent: tokens)
        }
        if let limit = limits.money, let left = moneyLeft {
            guard let money = amount.money else { return .unpriced(owner: owner, model: model) }
            if left < money { return .money(owner: owner, limit: limit, spent: self.money) }
        }
        return nil
    }

    /// Sets aside for a call of that number.
    package mutating func reserve(_ number: Int, _ amount: Amount, now: Timestamp) {
        if began == nil { began = now }
        reserved[number] = amount
        turns += 1
    }

    /// Replaces what was set aside by what was used.
    package mutating func settle(_ number: Int, _ used: Amount) {
        guard reserved.removeValue(forKey: number) != nil else { return }
        tokens += used.tokens
        if let cost = used.money { money += cost } else { hasUnknownCost = true }
    }

    /// Gives back what was set aside for a call that was not answered.
    package mutating func release(_ number: Int) {
        guard reserved.removeValue(forKey: number) != nil else { return }
        turns -= 1
    }

    /// Adds what an earlier process spent, so that a run that is resumed keeps its limits.
    package mutating func restore(_ used: Amount, turns: Int, elapsed: Duration = .zero) {
        earlier += elapsed
        tokens += used.tokens
        self.turns += turns
        if let cost = used.money { money += cost } else { hasUnknownCost = true }
    }
}
