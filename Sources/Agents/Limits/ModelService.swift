import Base

/// A provider with everything that surrounds a call: budget, limits, breaker and retries.
///
/// Workers of one provider share the gate; those of one run share the budgets.
package struct ModelService: Sendable {
    /// Who answers.
    package let provider: any ModelProvider
    private let gate: ModelGate
    private let budgets: BudgetKeeper
    private let prices: Prices
    private let retries: RetryPolicy
    private let isFree: Bool
    private let time: Timekeeper

    /// With `isFree` tokens cost nothing: the model runs on a machine of the user's.
    package init(
        _ provider: any ModelProvider, gate: ModelGate, budgets: BudgetKeeper, prices: Prices,
        retries: RetryPolicy = RetryPolicy(), isFree: Bool = false, time: Timekeeper = .system
    ) {
        self.provider = provider
        self.gate = gate
        self.budgets = budgets
        self.prices = prices
        self.retries = retries
        self.isFree = isFree
        self.time = time
    }

    /// What a call took.
    package struct Outcome: Sendable {
        /// The answer.
        package let turn: ModelTurn
        /// Dollars, of the last try alone; nil where nobody knows.
        package let cost: Double?
        /// Tries in all.
        package let attempts: Int
    }

    /// Sends the request until it is answered or the policy gives up.
    ///
    /// Each try is set aside in the budgets of `owners` (a task and its run) before it is sent and
    /// settled after it. A try that failed after its answer had begun is charged as far as known.
    package func respond(
        to request: ModelRequest, owners: [String], report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> Outcome {
        var generator = SystemRandomNumberGenerator()
        var attempt = 0
        while true {
            attempt += 1
            do throws(ModelError) {
                return try await once(request, owners, attempt: attempt, report: report)
            } catch {
                let wait = retries.wait(after: error, attempt: attempt, using: &generator)
                guard let wait, !Task.isCancelled else { throw error.givenUp(at: time.now()) }
                await report(
                    .retrying(
                        ModelEvent.Retry(
                            attempt: attempt, tries: retries.tries(after: error), wait: wait,
                            error: error)))
                do throws(CancellationError) { try await time.sleep(wait) } catch {
                    throw ModelError(.cancelled, provider: provider.name, model: request.model)
                }
            }
        }
    }

    private func once(
        _ request: ModelRequest, _ owners: [String], attempt: Int,
        report: @Sendable (ModelEvent) async -> Void
    ) async throws(ModelError) -> Outcome {
        let estimate = estimate(request)
        let reservation: BudgetKeeper.Reservation
        switch await budgets.reserve(estimate, owners: owners) {
        case .success(let made): reservation = made
        case .failure(let failure):
            throw ModelError(
                .budget(failure.refusal), provider: provider.name, model: request.model)
        }
        let share = RateLimitBucket.Share(
            inputTokens: estimate.inputTokens, outputTokens: reservation.outputTokens)
        let admission: ModelGate.Admission
        do throws(ModelError) {
            admission = try await gate.admit(share, provider: provider.name, model: request.model)
        } catch {
            await budgets.release(reservation)
            throw error
        }
        var bounded = request
        if reservation.outputTokens < estimate.outputTokens {
            bounded.maxOutputTokens = reservation.outputTokens
        }
        do throws(ModelError) {
            let reply = try await provider.respond(to: bounded, report: report)
            await gate.succeeded(admission, reply.limits)
            let usage = reply.turn.usage
            let cost = isFree ? 0 : prices.cost(usage, model: request.model)
            await budgets.settle(
                reservation,
                Budget.Amount(money: cost, tokens: usage.totalInput + usage.output))
            return Outcome(turn: reply.turn, cost: cost, attempts: attempt)
        } catch {
            await gate.failed(admission, error)
            if error.isPartial {
                // The prompt was read and some of the answer written: the prompt is charged.
                await budgets.settle(
                    reservation,
                    Budget.Amount(
                        money: estimate.inputPrice.map { $0 * Double(estimate.inputTokens) },
                        tokens: estimate.inputTokens))
            } else {
                await budgets.release(reservation)
            }
            throw error
        }
    }

    private func estimate(_ request: ModelRequest) -> BudgetKeeper.Estimate {
        let input = request.inputTokens ?? ModelUsage.estimate(bytes: request.bytes)
        let price = prices.price(of: request.model, inputTokens: input)
        return BudgetKeeper.Estimate(
            model: request.model, inputTokens: input,
            outputTokens: request.maxOutputTokens ?? 16_384,
            // Writing to the cache is the dearest way of reading a prompt.
            inputPrice: isFree ? 0 : price.map { max($0.input, $0.cacheWrite) / 1_000_000 },
            outputPrice: isFree ? 0 : price.map { $0.output / 1_000_000 })
    }
}

extension ModelError {
    /// The same, with the time from which on trying again may help.
    fileprivate func givenUp(at now: Timestamp) -> ModelError {
        var error = self
        var wait = retryAfter
        if case .suspended(let pause) = kind { wait = pause }
        error.retryAt = wait.map(now.advanced)
        return error
    }
}

extension ModelRequest {
    /// Bytes of what the model reads, about.
    fileprivate var bytes: Int {
        system.reduce(0) { $0 + $1.utf8.count }
            + tools.reduce(0) { $0 + $1.description.utf8.count + $1.schema.compact.utf8.count }
            + messages.reduce(0) { $0 + $1.json.compact.utf8.count }
    }
}
