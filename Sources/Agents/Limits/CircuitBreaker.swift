package import Base

/// Keeps everybody from a provider that fails again and again. Pure.
package struct CircuitBreaker: Sendable, Equatable {
    /// Where it stands.
    package enum State: Sendable, Equatable {
        /// Calls pass; so many failed in a row.
        case closed(failures: Int)
        /// No call passes until then.
        case open(until: Timestamp)
        /// One call passes and decides.
        case halfOpen
    }

    /// What a call may do.
    package enum Answer: Sendable, Equatable {
        case pass
        case wait(Duration)
        /// Another call decides first.
        case waitForProbe
    }

    /// Where it stands.
    package private(set) var state = State.closed(failures: 0)
    private let threshold: Int
    private let longestPause: Duration
    private let firstPause: Duration
    private var pause: Duration

    /// Opens after `threshold` failures in a row, for `pause`, doubled each time that the probe fails.
    package init(
        threshold: Int = 5, pause: Duration = .seconds(15), longestPause: Duration = .seconds(240)
    ) {
        self.threshold = threshold
        self.pause = pause
        firstPause = pause
        self.longestPause = longestPause
    }

    /// Asks for a call; `pass` in the half-open state makes that call the probe.
    package mutating func ask(now: Timestamp) -> Answer {
        switch state {
        case .closed: return .pass
        case .halfOpen: return .waitForProbe
        case .open(let until):
            if until > now { return .wait(until.since(now)) }
            state = .halfOpen
            return .pass
        }
    }

    /// A call got an answer, be it a refusal of that one request.
    package mutating func succeeded() {
        state = .closed(failures: 0)
        pause = firstPause
    }

    /// The provider failed.
    package mutating func failed(now: Timestamp) {
        switch state {
        case .closed(let failures) where failures + 1 < threshold:
            state = .closed(failures: failures + 1)
        case .closed:
            state = .open(until: now.advanced(by: pause))
        case .halfOpen:
            pause = min(pause * 2, longestPause)
            state = .open(until: now.advanced(by: pause))
        // A call that began before it opened.
        case .open: break
        }
    }

    /// The probe was cancelled before it could tell.
    package mutating func abandoned(now: Timestamp) {
        if state == .halfOpen { state = .open(until: now) }
    }
}
