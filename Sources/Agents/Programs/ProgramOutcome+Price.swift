extension ProgramOutcome {
    /// The same with the list price of the tokens where the program reports no cost, or not all of it.
    ///
    /// - Parameter fallback: The model where the program named none. Without a price nothing changes.
    package func priced(by prices: Prices, model fallback: String? = nil) -> ProgramOutcome {
        guard !usage.isCostKnown, usage.tokens != ModelUsage(),
            let cost = usage.estimatedCost(prices, model: model ?? fallback)
        else { return self }
        var outcome = self
        outcome.usage.cost = max(cost, usage.cost)
        outcome.usage.isCostKnown = true
        outcome.usage.isCostEstimated = true
        return outcome
    }
}

extension AgentUsage {
    /// Dollars by list; nil for a model without a price. Prices that depend on the prompt's length are taken for a
    /// prompt of the mean length.
    package func estimatedCost(_ prices: Prices, model: String?) -> Double? {
        guard let model else { return nil }
        let mean = tokens.totalInput / max(turns, 1)
        // `provider/model`, as some programs write it.
        let names = [model, model.split(separator: "/").last.map(String.init) ?? model]
        guard let price = names.lazy.compactMap({ prices.price(of: $0, inputTokens: mean) }).first
        else { return nil }
        return price.cost(tokens)
    }
}
