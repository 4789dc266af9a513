import Agents
import Base
import HTTP
import TestSupport
import Testing

private let start = Timestamp(milliseconds: 1_800_000_000_000)

private func later(_ seconds: Double) -> Timestamp {
    Timestamp(milliseconds: start.milliseconds + Int64(seconds * 1000))
}

struct CircuitBreakerTests {
    @Test
    func `opens after so many failures in a row, lets one probe through, and closes`() {
        var breaker = CircuitBreaker(threshold: 3, pause: .seconds(10), longestPause: .seconds(30))
        for _ in 0..<2 { breaker.failed(now: start) }
        breaker.succeeded()
        for _ in 0..<2 { breaker.failed(now: start) }
        #expect(breaker.ask(now: start) == .pass)
        breaker.failed(now: start)
        #expect(breaker.ask(now: later(4)) == .wait(.seconds(6)))
        #expect(breaker.ask(now: later(10)) == .pass)
        #expect(breaker.ask(now: later(10)) == .waitForProbe)
        breaker.succeeded()
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test
    func `a probe that fails doubles the pause up to its limit`() {
        var breaker = CircuitBreaker(threshold: 1, pause: .seconds(10), longestPause: .seconds(30))
        var now = start
        for pause in [10, 20, 30, 30] {
            breaker.failed(now: now)
            #expect(breaker.ask(now: now) == .wait(.seconds(pause)))
            now = Timestamp(milliseconds: now.milliseconds + Int64(pause) * 1000)
            #expect(breaker.ask(now: now) == .pass)
        }
        breaker.abandoned(now: now)
        #expect(breaker.ask(now: now) == .pass)
    }

    @Test
    func `a call that began before it opened changes nothing`() {
        var breaker = CircuitBreaker(threshold: 1, pause: .seconds(10))
        breaker.failed(now: start)
        breaker.failed(now: later(9))
        #expect(breaker.ask(now: later(10)) == .pass)
    }
}

struct RetryPolicyTests {
    private func error(_ kind: ModelError.Kind, after: Duration? = nil) -> ModelError {
        var error = ModelError(kind, provider: "p", model: "m")
        error.retryAfter = after
        return error
    }

    @Test(arguments: 0..<50)
    func `waits are those of the vendors' clients`(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let policy = RetryPolicy(tries: 10)
        for attempt in 1..<10 {
            let wait = try #require(
                policy.wait(after: error(.serverFault), attempt: attempt, using: &random))
            let whole = min(0.5 * Double(1 << (attempt - 1)), 8)
            #expect(wait >= .seconds(whole * 0.75) && wait <= .seconds(whole))
        }
        #expect(policy.wait(after: error(.serverFault), attempt: 10, using: &random) == nil)
    }

    @Test(arguments: [
        (ModelError.Kind.rateLimited, true), (.overloaded, true), (.serverFault, true),
        (.cut, true),
        (.malformed, true), (.transport(.unreachable), true),
        (.transport(.certificate(.expired)), false), (.authentication, false), (.permission, false),
        (.billing, false), (.unknownModel, false), (.contextTooLong, false),
        (.invalidRequest, false), (.wedgedHistory, false), (.cancelled, false),
        (.unscripted, false),
        (.budget(.turns(owner: "a", limit: 1)), false),
    ])
    func `only what may pass is tried again`(_ kind: ModelError.Kind, _ expected: Bool) {
        var random = SeededRandom(seed: 1)
        let wait = RetryPolicy().wait(after: error(kind), attempt: 1, using: &random)
        #expect((wait != nil) == expected)
        var told = error(kind)
        told.shouldRetry = !expected
        let other = RetryPolicy().wait(after: told, attempt: 1, using: &random)
        #expect((other != nil) == !expected)
    }

    @Test
    func `a service that names the wait is obeyed up to two minutes`() {
        var random = SeededRandom(seed: 1)
        let policy = RetryPolicy()
        func wait(_ seconds: Int) -> Duration? {
            policy.wait(
                after: error(.rateLimited, after: .seconds(seconds)), attempt: 1, using: &random)
        }
        #expect(wait(7) == .seconds(7))
        #expect(wait(120) == .seconds(120))
        #expect(wait(121) == nil)
    }

    @Test(arguments: [(10, 3), (60, 2), (61, 1), (120, 1), (300, 1)])
    func `a silent stream is tried again as long as that takes two minutes at most`(
        _ idle: Int, _ tries: Int
    ) {
        var random = SystemRandomNumberGenerator()
        let policy = RetryPolicy()
        let fault = ModelError(.transport(.idleTimeout(.seconds(idle))), provider: "p", model: "m")
        #expect(policy.tries(after: fault) == tries)
        let waits = (1...4).map { policy.wait(after: fault, attempt: $0, using: &random) != nil }
        #expect(waits == (1...4).map { $0 < tries })
    }
}

struct RateLimitTests {
    @Test
    func `both families of headers are read`() {
        let anthropic = RateLimitReport(
            [
                "anthropic-ratelimit-requests-remaining": "4",
                "Anthropic-RateLimit-Input-Tokens-Remaining": "90000",
                "anthropic-ratelimit-input-tokens-reset": "2027-01-15T08:00:30Z",
            ], now: start)
        #expect(anthropic.levels[.requests]?.remaining == 4)
        #expect(anthropic.levels[.requests]?.reset == nil)
        #expect(anthropic.levels[.inputTokens]?.reset == later(30))
        let openAI = RateLimitReport(
            [
                "x-ratelimit-remaining-tokens": "10", "x-ratelimit-reset-tokens": "1m0.5s",
                "x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "20ms",
            ], now: start)
        #expect(openAI.levels[.tokens]?.reset == later(60.5))
        #expect(openAI.levels[.requests]?.reset == later(0.02))
        #expect(RateLimitReport([:], now: start).levels.isEmpty)
    }

    @Test
    func `calls under way count against what is left`() {
        var bucket = RateLimitBucket()
        let share = RateLimitBucket.Share(inputTokens: 600, outputTokens: 100)
        #expect(bucket.wait(for: share, now: start) == nil)
        bucket.began(1, share)
        bucket.ended(
            1,
            RateLimitReport(levels: [
                .inputTokens: RateLimitReport.Level(remaining: 1000, reset: later(20))
            ]), blockedFor: nil, now: start)
        #expect(bucket.wait(for: share, now: start) == nil)
        bucket.began(2, share)
        #expect(bucket.wait(for: share, now: start) == .seconds(20))
        #expect(bucket.wait(for: share, now: later(20)) == nil)
    }

    @Test
    func `a wait that a service names holds for everybody`() {
        var bucket = RateLimitBucket()
        let share = RateLimitBucket.Share(inputTokens: 1, outputTokens: 1)
        bucket.began(1, share)
        bucket.ended(1, RateLimitReport(), blockedFor: .seconds(9), now: start)
        #expect(bucket.wait(for: share, now: later(2)) == .seconds(7))
        #expect(bucket.wait(for: share, now: later(9)) == nil)
    }
}

struct BudgetTests {
    @Test
    func `what is set aside is gone until it is settled`() {
        var budget = Budget(owner: "run", limits: BudgetLimits(money: 1, tokens: 1000, turns: 3))
        let half = Budget.Amount(money: 0.5, tokens: 400)
        #expect(budget.refusal(half, model: "m", now: start) == nil)
        budget.reserve(1, half, now: start)
        #expect(budget.refusal(half, model: "m", now: start) == nil)
        budget.reserve(2, half, now: start)
        #expect(
            budget.refusal(half, model: "m", now: start)
                == .tokens(owner: "run", limit: 1000, spent: 0))
        budget.settle(1, Budget.Amount(money: 0.1, tokens: 100))
        budget.release(2)
        #expect(budget.money == 0.1 && budget.tokens == 100 && budget.turns == 1)
        #expect(budget.moneyLeft == 0.9)
        budget.settle(1, half)
        #expect(budget.money == 0.1)
    }

    @Test
    func `a limit in money refuses a model without a price`() {
        let budget = Budget(owner: "run", limits: BudgetLimits(money: 1))
        let refusal = budget.refusal(Budget.Amount(money: nil, tokens: 1), model: "m", now: start)
        #expect(refusal == .unpriced(owner: "run", model: "m"))
        let free = Budget(owner: "run", limits: BudgetLimits(tokens: 10))
        #expect(free.refusal(Budget.Amount(money: nil, tokens: 1), model: "m", now: start) == nil)
    }

    @Test(arguments: 0..<100)
    func `no order of calls spends or sets aside more than the limits`(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var budget = Budget(owner: "run", limits: BudgetLimits(money: 3, tokens: 5000))
        var open: [(Int, Budget.Amount)] = []
        for number in 0..<200 {
            if Bool.random(using: &random), let index = open.indices.randomElement(using: &random) {
                let (call, amount) = open.remove(at: index)
                if Bool.random(using: &random) {
                    budget.release(call)
                } else {
                    budget.settle(call, amount)
                }
            } else {
                let amount = Budget.Amount(
                    money: Double.random(in: 0...1, using: &random),
                    tokens: Int.random(in: 1...2000, using: &random))
                guard budget.refusal(amount, model: "m", now: start) == nil else { continue }
                budget.reserve(number, amount, now: start)
                open.append((number, amount))
            }
            #expect((budget.moneyLeft ?? -1) >= -1e-9 && (budget.tokensLeft ?? -1) >= 0)
        }
    }
}

struct PricesTests {
    @Test
    func `built-in prices, tiers, dates in names and overrides`() throws {
        let prices = try Prices.builtIn()
        var usage = ModelUsage()
        usage.input = 1_000_000
        usage.output = 100_000
        #expect(prices.cost(usage, model: "claude-opus-5-5") == 6)
        #expect(prices.price(of: "claude-opus-4-5-20251101")?.input == 5)
        #expect(prices.price(of: "claude-haiku-5-5", inputTokens: 100_000)?.input == 0.1)
        #expect(prices.price(of: "claude-haiku-5-5", inputTokens: 100_001)?.input == 0.5)
        #expect(prices.price(of: "claude-haiku-5-5")?.cacheWrite == 0.125)
        #expect(prices.cost(usage, model: "unheard-of") == nil)
        usage.reportedCost = 0.25
        #expect(prices.cost(usage, model: "unheard-of") == 0.25)
        let own = try Prices(
            parsing: Array("models: {claude-opus-5-5: {input: 1, output: 2}}".utf8))
        #expect(prices.overridden(by: own).price(of: "claude-opus-5-5")?.output == 2)
        #expect(prices.overridden(by: own).price(of: "claude-sonnet-5-5")?.output == 10)
        #expect(prices.overridden(by: own).window(of: "claude-opus-5-5") == 1_000_000)
    }

    @Test
    func `a window is said with a price or alone, and overrides alone`() throws {
        let prices = try Prices.builtIn()
        #expect(prices.window(of: "claude-sonnet-4-5-20250929") == 200_000)
        #expect(prices.window(of: "unheard-of") == nil)
        let own = try Prices(
            parsing: Array(
                "models: {claude-opus-5-5: {window: 5}, local: {window: 9}, x: {input: 1, output: 2}}"
                    .utf8
            ))
        let both = prices.overridden(by: own)
        #expect(both.window(of: "claude-opus-5-5") == 5 && both.window(of: "local") == 9)
        #expect(both.price(of: "claude-opus-5-5")?.input == 4)
        #expect(both.price(of: "local") == nil && both.window(of: "x") == nil)
    }

    @Test(arguments: [
        ("models: [", 1), ("date: x", 1), ("models:\n  a: {input: 1}", 2),
        ("models:\n  a:\n    input: x\n    output: 1", 3),
        ("models:\n  a:\n    input: 1\n    output: 1\n    windo: 3", 5),
        ("models:\n  a:\n    window: 0", 3), ("models:\n  a: {}", 2),
    ])
    func `a price file that is wrong names its line`(_ text: String, _ line: Int) {
        do throws(Prices.Problem) {
            _ = try Prices(parsing: Array(text.utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.line == line)
        }
    }
}

struct ModelGateTests {
    @Test(arguments: 0..<20)
    func `every call gets its turn through a narrow gate`(_ round: Int) async throws {
        let script = try ModelScript(parsing: Array("default: [{text: x}]".utf8))
        let service = ModelService(
            ScriptedModel(script), gate: ModelGate(width: 1), budgets: BudgetKeeper(),
            prices: try Prices.builtIn(), isFree: true)
        let request = ModelRequest(model: "m", messages: [.user("\(round)")])
        try await withThrowingTaskGroup(of: Double?.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await service.respond(to: request, owners: ["run"]) { _ in }.cost
                }
            }
            for try await cost in group { #expect(cost == 0) }
        }
    }
}

struct ProgramGateTests {
    private static func keeper(_ time: ManualTime) -> Timekeeper {
        Timekeeper(
            now: { time.now },
            sleep: { duration throws(CancellationError) in try await time.wait(duration) })
    }

    @Test func `a refusal that one program tells of holds the start of the others`() async throws {
        let time = ManualTime(at: start, isAutomatic: true)
        let gate = ModelGate(time: Self.keeper(time))
        let first = try await gate.start(of: "claude")
        await gate.answered(first)
        var limit = ModelError(.rateLimited, provider: "claude", model: "m")
        limit.retryAfter = .seconds(30)
        await gate.heard(limit)
        let second = try await gate.start(of: "claude")
        #expect(time.now == later(30))
        await gate.ended(second, ModelError(.overloaded, provider: "claude", model: "m"))
    }

    @Test func `failures that programs tell of open the breaker`() async throws {
        let time = ManualTime(at: start, isAutomatic: true)
        let gate = ModelGate(
            breaker: CircuitBreaker(threshold: 3, pause: .seconds(10)), longestWait: .seconds(5),
            time: Self.keeper(time))
        for _ in 0..<3 {
            await gate.heard(ModelError(.serverFault, provider: "codex", model: "m"))
        }
        let error = await #expect(throws: ModelError.self) { _ = try await gate.start(of: "codex") }
        #expect(error?.kind == .suspended(.seconds(10)))
    }
}
