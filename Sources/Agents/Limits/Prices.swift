import Base
import YAML

/// What models cost and hold, by name.
package struct Prices: Sendable {
    /// Dollars for a million tokens.
    package struct Price: Hashable, Sendable {
        /// Read anew.
        package var input: Double
        /// Written.
        package var output: Double
        /// Read from the cache.
        package var cacheRead: Double
        /// Put into the cache for five minutes.
        package var cacheWrite: Double
        /// Put into the cache for an hour.
        package var cacheWriteLong: Double

        /// Dollars for tokens.
        func cost(_ usage: ModelUsage) -> Double {
            let sum =
                Double(usage.input) * input + Double(usage.output) * output
                + Double(usage.cacheRead) * cacheRead + Double(usage.cacheWrite) * cacheWrite
                + Double(usage.cacheWriteLong) * cacheWriteLong
            return sum / 1_000_000
        }
    }

    /// A price for prompts of more than so many tokens.
    struct Tier: Hashable, Sendable {
        let above: Int
        let price: Price
    }

    /// What is known of one model.
    private struct Model: Sendable {
        /// In order of prompt size; empty for a model without a price.
        var tiers: [Tier]
        var window: Int?
    }

    /// A price file that cannot be read.
    package struct Problem: Error, Hashable, Sendable {
        /// 1-based; 0 where no line is to blame.
        package let line: Int
        /// What was expected, in words for a sentence.
        package let expected: String
    }

    private var models: [String: Model] = [:]
    /// The day that the built-in prices are of, `YYYY-MM-DD`.
    package private(set) var date = ""

    /// The prices that the program was built with.
    package static func builtIn() throws(Problem) -> Prices {
        try Prices(parsing: PackageResources.prices_yaml)
    }

    /// Reads `{date, models: {NAME: {input, output, cache_read?, cache_write?, cache_write_long?, window?,
    /// above?: [{tokens, …}]}}}`. Cache prices that are not said are 0.1, 1.25 and 2 times the input's; a model
    /// may have a `window` alone.
    package init(parsing bytes: some Collection<UInt8>) throws(Problem) {
        let node: YAMLNode
        do throws(YAMLError) { node = try YAMLNode(parsing: bytes) } catch {
            throw Problem(line: error.line, expected: "YAML")
        }
        date = node["date"]?.scalar?.text ?? ""
        guard let entries = node["models"]?.entries else {
            throw Problem(line: node.mark.line, expected: "'models' with a mapping")
        }
        for entry in entries {
            models[entry.key] = try Prices.model(entry.value)
        }
    }

    private static func model(_ node: YAMLNode) throws(Problem) -> Model {
        let window = try node["window"].map { value throws(Problem) in
            try whole(value, "window")
        }
        // Of a model on the user's own machine the window may be all that there is to say.
        if window != nil, node.entries?.map(\.key) == ["window"] {
            return Model(tiers: [], window: window)
        }
        var tiers = [Tier(above: 0, price: try price(node, besides: ["window", "above"]))]
        for item in node["above"]?.items ?? [] {
            guard let tokens = item["tokens"] else {
                throw Problem(line: item.mark.line, expected: "'tokens' with a number")
            }
            tiers.append(
                Tier(
                    above: try whole(tokens, "tokens"),
                    price: try price(item, besides: ["tokens"])))
        }
        return Model(tiers: tiers.sorted { $0.above < $1.above }, window: window)
    }

    private static func whole(_ value: YAMLNode, _ key: String) throws(Problem) -> Int {
        guard let number = value.json.intValue, number > 0 else {
            throw Problem(line: value.mark.line, expected: "'\(key)' with a number")
        }
        return number
    }

    private static let keys = ["input", "output", "cache_read", "cache_write", "cache_write_long"]

    private static func price(_ node: YAMLNode, besides: [String]) throws(Problem) -> Price {
        let known = keys + besides
        if let other = node.entries?.first(where: { !known.contains($0.key) }) {
            throw Problem(
                line: other.value.mark.line,
                expected: "\(known.joined(separator: ", ")), found '\(other.key)'")
        }
        func number(_ key: String) throws(Problem) -> Double? {
            guard let value = node[key] else { return nil }
            guard let number = value.json.doubleValue, number >= 0 else {
                throw Problem(line: value.mark.line, expected: "'\(key)' with dollars")
            }
            return number
        }
        guard let input = try number("input"), let output = try number("output") else {
            throw Problem(line: node.mark.line, expected: "'input' and 'output'")
        }
        return Price(
            input: input, output: output, cacheRead: try number("cache_read") ?? input * 0.1,
            cacheWrite: try number("cache_write") ?? input * 1.25,
            cacheWriteLong: try number("cache_write_long") ?? input * 2)
    }

    /// These prices, with those of `others` in place of the ones for the same models.
    package func overridden(by others: Prices) -> Prices {
        var result = self
        result.models.merge(others.models) { mine, other in
            Model(
                tiers: other.tiers.isEmpty ? mine.tiers : other.tiers,
                window: other.window ?? mine.window)
        }
        return result
    }

    /// Tokens that the model holds, the answer included; nil where nobody said.
    package func window(of model: String) -> Int? {
        (models[model] ?? models[Prices.withoutDate(model)])?.window
    }

    /// The price for a prompt of that size; nil for a model that nobody priced. A date at the end of
    /// the model's name does not count.
    package func price(of model: String, inputTokens: Int = 0) -> Price? {
        let bare = Prices.withoutDate(model)
        guard let tiers = (models[model] ?? models[bare])?.tiers else { return nil }
        return tiers.last { inputTokens > $0.above || $0.above == 0 }?.price
    }

    /// `claude-opus-4-5-20251101` without the last part.
    private static func withoutDate(_ model: String) -> String {
        guard let cut = model.lastIndex(of: "-") else { return model }
        let tail = model[model.index(after: cut)...]
        return tail.count == 8 && tail.allSatisfy(\.isNumber) ? String(model[..<cut]) : model
    }

    /// Dollars for what was used; nil where the model has no price and the service named no cost.
    package func cost(_ usage: ModelUsage, model: String) -> Double? {
        if let cost = usage.reportedCost { return cost }
        guard let price = price(of: model, inputTokens: usage.totalInput) else { return nil }
        return price.cost(usage)
    }
}
