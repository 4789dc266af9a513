package import Base

/// Tokens of one call, each counted once, whatever the service adds up.
package struct ModelUsage: Hashable, Sendable {
    /// Read anew.
    package var input = 0 { didSet { input = Self.bounded(input) } }
    /// Read from the service's cache.
    package var cacheRead = 0 { didSet { cacheRead = Self.bounded(cacheRead) } }
    /// Put into the cache for five minutes, or for a time that the service doesn't say.
    package var cacheWrite = 0 { didSet { cacheWrite = Self.bounded(cacheWrite) } }
    /// Put into the cache for an hour.
    package var cacheWriteLong = 0 { didSet { cacheWriteLong = Self.bounded(cacheWriteLong) } }
    /// Written, thinking included.
    package var output = 0 { didSet { output = Self.bounded(output) } }
    /// Of ``output``: thinking.
    package var thinking = 0 { didSet { thinking = Self.bounded(thinking) } }
    /// What the service itself says that it cost, in dollars.
    package var reportedCost: Double?
    /// The service said nothing: the numbers are from the length of the text.
    package var isEstimated = false

    /// Nothing used.
    package init() {}

    /// What a service says is bounded, so that sums of it are numbers too.
    private static func bounded(_ tokens: Int) -> Int { min(max(tokens, 0), 1 << 40) }

    /// The whole prompt.
    package var totalInput: Int { input + cacheRead + cacheWrite + cacheWriteLong }

    /// A rough count for text, 4 bytes a token.
    package static func estimate(bytes: Int) -> Int { (bytes + 3) / 4 }

    /// Sums; a cost is known only where both are.
    package static func + (a: ModelUsage, b: ModelUsage) -> ModelUsage {
        var sum = ModelUsage()
        sum.input = a.input + b.input
        sum.cacheRead = a.cacheRead + b.cacheRead
        sum.cacheWrite = a.cacheWrite + b.cacheWrite
        sum.cacheWriteLong = a.cacheWriteLong + b.cacheWriteLong
        sum.output = a.output + b.output
        sum.thinking = a.thinking + b.thinking
        if let first = a.reportedCost, let second = b.reportedCost {
            sum.reportedCost = first + second
        }
        sum.isEstimated = a.isEstimated || b.isEstimated
        return sum
    }

    /// For transcripts and the ledger.
    package var json: JSON {
        [
            "input_tokens": .int(input), "output_tokens": .int(output),
            "cache_read_tokens": .int(cacheRead),
            "cache_creation_tokens": .int(cacheWrite + cacheWriteLong),
            "thinking_tokens": .int(thinking), "estimated": .bool(isEstimated),
        ]
    }
}
