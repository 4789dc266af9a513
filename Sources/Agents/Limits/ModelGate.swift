import Base

/// Admits calls to one provider for all workers: rate limits, circuit breaker, calls at once.
package actor ModelGate {
    /// A call that was let through; to be given back once.
    package struct Admission: Sendable {
        fileprivate let number: Int
    }

    private let width: Int
    private let longestWait: Duration
    private let time: Timekeeper
    private var bucket = RateLimitBucket()
    private var breaker: CircuitBreaker
    private var running = 0
    private var next = 0
    private let waiters = Waiters()

    /// At most `width` calls at once; a wait for limits or breaker longer than `longestWait` is an
    /// error instead.
    package init(
        width: Int = .max, breaker: CircuitBreaker = CircuitBreaker(),
        longestWait: Duration = .seconds(300), time: Timekeeper = .system
    ) {
        self.width = width
        self.breaker = breaker
        self.longestWait = longestWait
        self.time = time
    }

    /// Where the breaker stands.
    package var breakerState: CircuitBreaker.State { breaker.state }

    /// Waits until the call may go. A cancelled wait throws.
    func admit(
        _ share: RateLimitBucket.Share, provider: String, model: String
    ) async throws(ModelError) -> Admission {
        while true {
            // A cancelled wait returns at once, so this comes first in every round.
            if Task.isCancelled { throw ModelError(.cancelled, provider: provider, model: model) }
            let changes = waiters.changes
            guard running < width else {
                await waiters.wait(since: changes)
                continue
            }
            if let wait = bucket.wait(for: share, now: time.now()) {
                guard wait <= longestWait else {
                    throw ModelError(.suspended(wait), provider: provider, model: model)
                }
                try await sleep(wait, provider: provider, model: model)
                continue
            }
            switch breaker.ask(now: time.now()) {
            case .pass:
                next += 1
                running += 1
                bucket.began(next, share)
                return Admission(number: next)
            case .waitForProbe: await waiters.wait(since: changes)
            case .wait(let wait):
                guard wait <= longestWait else {
                    throw ModelError(.suspended(wait), provider: provider, model: model)
                }
                try await sleep(wait, provider: provider, model: model)
            }
        }
    }

    /// The call got an answer.
    func succeeded(_ admission: Admission, _ report: RateLimitReport) {
        running -= 1
        bucket.ended(admission.number, report, blockedFor: nil, now: time.now())
        breaker.succeeded()
        waiters.wakeAll()
    }

    /// The call failed; a service that names a time to wait names it for everybody.
    func failed(_ admission: Admission, _ error: ModelError) {
        running -= 1
        let isLimit = error.kind == .rateLimited || error.kind == .overloaded
        bucket.ended(
            admission.number, error.limits, blockedFor: isLimit ? error.retryAfter : nil,
            now: time.now())
        if error.isProviderFault {
            breaker.failed(now: time.now())
        } else if error.kind == .cancelled {
            breaker.abandoned(now: time.now())
        } else {
            breaker.succeeded()
        }
        waiters.wakeAll()
    }

    /// A call that nobody admitted, for one that went past the gate.
    func counted() -> Admission {
        next += 1
        running += 1
        bucket.began(next, RateLimitBucket.Share(inputTokens: 0, outputTokens: 0))
        return Admission(number: next)
    }

    private func sleep(
        _ wait: Duration, provider: String, model: String
    ) async throws(ModelError) {
        do throws(CancellationError) { try await time.sleep(wait) } catch {
            throw ModelError(.cancelled, provider: provider, model: model)
        }
    }
}
