package import Base
package import HTTP

/// What an answer says about one kind of limit.
package struct RateLimitReport: Hashable, Sendable {
    /// What is counted.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case requests, tokens, inputTokens, outputTokens
    }

    /// How much of a limit is left, and when all of it is back.
    package struct Level: Hashable, Sendable {
        /// What may still be used.
        package let remaining: Int
        /// nil where the service doesn't say.
        package let reset: Timestamp?

        /// A level as a service says it.
        package init(remaining: Int, reset: Timestamp?) {
            self.remaining = remaining
            self.reset = reset
        }
    }

    /// What was said; kinds that were not mentioned are absent.
    package private(set) var levels: [Kind: Level] = [:]

    /// Nothing said.
    package init() {}

    /// What was said, by kind.
    package init(levels: [Kind: Level]) { self.levels = levels }

    /// Reads `anthropic-ratelimit-*` and `x-ratelimit-*`.
    package init(_ headers: HTTPHeaders, now: Timestamp) {
        let names: [(Kind, String)] = [
            (.requests, "requests"), (.tokens, "tokens"), (.inputTokens, "input-tokens"),
            (.outputTokens, "output-tokens"),
        ]
        for (kind, name) in names {
            if let left = headers["anthropic-ratelimit-\(name)-remaining"].flatMap({ Int($0) }) {
                let reset = headers["anthropic-ratelimit-\(name)-reset"]
                levels[kind] = Level(
                    remaining: left, reset: reset.flatMap { Timestamp(rfc3339: $0) })
            } else if let left = headers["x-ratelimit-remaining-\(name)"].flatMap({ Int($0) }) {
                let wait = headers["x-ratelimit-reset-\(name)"].flatMap(RateLimitReport.duration)
                levels[kind] = Level(remaining: left, reset: wait.map { now.advanced(by: $0) })
            }
        }
    }

    /// `1s`, `6m0s`, `20ms`, `1h2m3.5s`; nil for anything else.
    static func duration(_ text: String) -> Duration? {
        var rest = text[...]
        var sum = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), number < 1e6 else { return nil }
            switch unit {
            case "ms": sum += .milliseconds(number)
            case "s", "": sum += .seconds(number)
            case "m": sum += .seconds(number * 60)
            case "h": sum += .seconds(number * 3600)
            case "d": sum += .seconds(number * 86_400)
            default: return nil
            }
        }
        return sum
    }
}

/// The limits of a provider as all workers share them: what the last answers said, less what was let
/// through since. Pure.
package struct RateLimitBucket: Sendable {
    /// What one call takes of each kind.
    package struct Share: Sendable, Hashable {
        /// Estimated.
        package var inputTokens: Int
        /// At most.
        package var outputTokens: Int

        /// A call of that size.
        package init(inputTokens: Int, outputTokens: Int) {
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
        }

        fileprivate func amount(_ kind: RateLimitReport.Kind) -> Int {
            switch kind {
            case .requests: 1
            case .inputTokens: inputTokens
            case .outputTokens: outputTokens
            case .tokens: inputTokens + outputTokens
            }
        }
    }

    private var levels: [RateLimitReport.Kind: RateLimitReport.Level] = [:]
    private var underWay: [Int: Share] = [:]
    private var blockedUntil: Timestamp?

    /// Nothing known: everything passes.
    package init() {}

    /// How long a call has to wait; nil when it may go.
    package func wait(for share: Share, now: Timestamp) -> Duration? {
        var wait = Duration.zero
        if let blockedUntil, blockedUntil > now { wait = blockedUntil.since(now) }
        for (kind, level) in levels {
            // Without a time of reset the next answer is the only way to learn more.
            guard let reset = level.reset, reset > now else { continue }
            let taken = underWay.values.reduce(0) { $0 + $1.amount(kind) }
            // A call larger than the whole limit would wait for ever: alone it may go.
            if taken == 0, level.remaining > 0 { continue }
            if level.remaining - taken < share.amount(kind) { wait = max(wait, reset.since(now)) }
        }
        return wait > .zero ? wait : nil
    }

    /// A call goes.
    package mutating func began(_ call: Int, _ share: Share) { underWay[call] = share }

    /// A call is over; a 429 says how long everybody waits.
    package mutating func ended(
        _ call: Int, _ report: RateLimitReport, blockedFor: Duration?, now: Timestamp
    ) {
        underWay[call] = nil
        for (kind, level) in report.levels { levels[kind] = level }
        if let blockedFor {
            blockedUntil = max(blockedUntil ?? now, now.advanced(by: blockedFor))
        }
    }
}
