package import Base

/// Tells a program that hangs from one that works without a word. Pure.
package struct StallWatch: Hashable, Sendable {
    /// What to do now.
    package enum Verdict: Hashable, Sendable {
        /// Look again after so long, or earlier: what it did between two looks is judged as a whole.
        case wait(Duration)
        /// It has neither said nor done anything for so long.
        case stalled(Duration)
    }

    /// How long it may neither say nor do anything.
    package var limit: Duration
    private var since: Timestamp
    private var looked: Timestamp
    private var processor = 0.0

    /// Less processor time than this share is no work: programs that wait wake up now and then.
    private static let idleShare = 0.02

    /// It has just begun.
    package init(limit: Duration, now: Timestamp) {
        self.limit = limit
        since = now
        looked = now
    }

    /// It said something.
    package mutating func heard(at now: Timestamp) { since = max(since, now) }

    /// Looks at it.
    ///
    /// - Parameter processor: Seconds of processor time that it and all that it started have used; less than before
    ///   where some of that has ended, which counts as work.
    package mutating func look(at now: Timestamp, processor: Double) -> Verdict {
        let work = processor - self.processor
        let least = now.since(looked) / .seconds(1) * Self.idleShare
        if work < 0 || work > least { since = now }
        (self.processor, looked) = (processor, now)
        let silence = now.since(since)
        return silence >= limit ? .stalled(silence) : .wait(limit - silence)
    }
}
