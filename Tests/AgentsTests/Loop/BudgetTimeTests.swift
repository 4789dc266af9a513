import Base
import TestSupport
import Testing

@testable import Agents

struct BudgetTimeTests {
    @Test
    func `a budget in time holds for calls to come`() async throws {
        let bench = try LoopBench()
        await bench.budgets.set(BudgetLimits(time: .zero), for: "run")
        #expect(
            try await bench.run("default: [{text: x}]").ending
                == .budget(.time(owner: "run", limit: .zero)))
        var budget = Budget(owner: "o", limits: BudgetLimits(time: .seconds(10)))
        let amount = Budget.Amount(money: nil, tokens: 1)
        let start = Timestamp(milliseconds: 1_000_000)
        budget.restore(Budget.Amount(money: 0, tokens: 0), turns: 0, elapsed: .seconds(4))
        #expect(budget.refusal(amount, model: "m", now: start) == nil)
        budget.reserve(1, amount, now: start)
        let later = { (seconds: Int64) in Timestamp(milliseconds: 1_000_000 + seconds * 1000) }
        #expect(budget.refusal(amount, model: "m", now: later(5)) == nil)
        #expect(
            budget.refusal(amount, model: "m", now: later(6))
                == .time(owner: "o", limit: .seconds(10)))
    }
}
