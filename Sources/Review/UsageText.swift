package import Base

/// What models used and may use, in words.
package enum UsageText {
    /// Of all these usages together, as in `treeguild.run/1`; nil where no model answered.
    package static func words(_ used: [JSON]) -> String? {
        func sum(_ keys: String...) -> Int {
            used.reduce(0) { sum, usage in
                keys.reduce(sum) { $0 + (usage[$1]?.intValue ?? 0) }
            }
        }
        let turns = sum("turns")
        guard turns > 0 else { return nil }
        let tokens = sum(
            "input_tokens", "cache_read_tokens", "cache_creation_tokens", "output_tokens")
        let costs = used.map { $0["cost_usd"]?.doubleValue }
        let cost =
            costs.contains(nil)
            ? "cost unknown"
            : (used.contains { $0["cost_estimated"]?.boolValue ?? false } ? "about " : "")
                + Text.dollars(costs.reduce(0) { $0 + ($1 ?? 0) })
        return "\(Text.count(turns, "turn")), \(tokens) tokens, \(cost)"
    }

    /// A budget as in a plan, such as `$1.50, 40 turns`; nil without a limit.
    package static func words(budget: JSON?) -> String? {
        let limits = [
            budget?["usd"]?.doubleValue.map { Text.dollars($0) },
            budget?["tokens"]?.intValue.map { "\($0) tokens" },
            budget?["turns"]?.intValue.map { Text.count($0, "turn") },
            budget?["minutes"]?.doubleValue.map { Text.elapsed(seconds: $0 * 60) },
        ].compactMap { $0 }
        return limits.isEmpty ? nil : limits.joined(separator: ", ")
    }
}
