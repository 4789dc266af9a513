package import Base

/// Tells a program that hangs from one that works without a word. Pure.
package struct StallWatch: Hashable, Sendable {
    /// What to do now.
    package enum Verdict: Hashable, Sendable {
        /// Look again after so long.
        case wait(Duration)
        case stalled
    }

    private let limit: Duration
    private var since: Timestamp
    private var processor: Double

    /// Less processor time than this share of the limit is no work: programs that wait wake up now and then.
    private static let idleShare = 0.005

    /// - Parameter limit: How long it may neither say nor do anything.
    package init(limit: Duration, now: Timestamp) {
        self.limit = limit
        since = now
        processor = 0
    }

    /// It said something.
    package mutating func heard(at now: Timestamp) { since = max(since, now) }

    /// Looks at it.
    ///
    /// - Parameter processor: Seconds of processor time that it and all that it started have used; less than before
    ///   where some of that has ended, which counts as work.
    package mutating func look(at now: Timestamp, processor: Double) -> Verdict {
        let work = processor - self.processor
        let least = limit / .seconds(1) * Self.idleShare
        let silence = now.since(since)
        guard silence >= limit else { return .wait(limit - silence) }
        self.processor = processor
        if work >= 0, work < least { return .stalled }
        since = now
        return .wait(limit)
    }
}
