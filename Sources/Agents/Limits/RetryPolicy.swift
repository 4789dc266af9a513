package import Base
import HTTP

/// Whether and when a request is sent again. The numbers are those of the vendors' own clients.
package struct RetryPolicy: Sendable {
    /// Waits where the service names none: 0.5 s, doubled up to 8 s, cut by up to a quarter.
    package var backoff = Backoff(first: .milliseconds(500), longest: .seconds(8), tries: 3)
    /// The same for a service that has too much to do.
    package var overloaded = Backoff(first: .seconds(2), longest: .seconds(60), tries: 3)
    /// A service that asks for a longer wait is taken for out of reach.
    package var longestWait = Duration.seconds(120)
    /// A stream in which nothing comes is tried again as long as all such tries together take no longer.
    package var stalled = Duration.seconds(120)

    /// Three tries in all.
    package init() {}

    /// The same waits with another number of tries.
    package init(tries: Int) {
        backoff = Backoff(first: backoff.first, longest: backoff.longest, tries: tries)
        overloaded = Backoff(first: overloaded.first, longest: overloaded.longest, tries: tries)
    }

    /// Tries in all after this error.
    package func tries(after error: ModelError) -> Int {
        if case .transport(.idleTimeout(let limit)) = error.kind, limit > .zero {
            return min(backoff.tries, max(1, Int(stalled / limit)))
        }
        return error.kind == .overloaded ? overloaded.tries : backoff.tries
    }

    /// How long to wait before the next try; nil when there is none.
    package func wait(
        after error: ModelError, attempt: Int, using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        guard error.isTransient, attempt < tries(after: error) else { return nil }
        let waits = error.kind == .overloaded ? overloaded : backoff
        guard let usual = waits.wait(after: attempt, using: &generator) else { return nil }
        guard let asked = error.retryAfter else { return usual }
        return asked <= longestWait ? asked : nil
    }
}

/// The headers that say when to come back.
enum RetryAfter {
    /// `retry-after-ms`, else `retry-after` in seconds or as a date; nil where nothing above zero is
    /// said.
    static func read(_ headers: HTTPHeaders, now: Timestamp) -> Duration? {
        if let value = headers["retry-after-ms"].flatMap(Double.init), value > 0, value < 1e9 {
            return .milliseconds(Int64(value.rounded(.up)))
        }
        guard let text = headers["retry-after"] else { return nil }
        if let seconds = Double(text) {
            return seconds > 0 && seconds < 1e6
                ? .milliseconds(Int64((seconds * 1000).rounded(.up))) : nil
        }
        // By the server's own clock where it tells it.
        let from = headers["date"].flatMap { Timestamp(httpDate: $0) } ?? now
        guard let date = Timestamp(httpDate: text), date > from else { return nil }
        return date.since(from)
    }
}
