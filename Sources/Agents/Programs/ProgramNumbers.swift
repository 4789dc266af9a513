import Base

extension JSON {
    /// A count of tokens or calls, whatever a program wrote: never negative, never so large that a sum overflows.
    var count: Int {
        guard let number = doubleValue, number > 0 else { return 0 }
        return number < Double(ModelUsage.mostTokens) ? Int(number) : ModelUsage.mostTokens
    }

    /// Dollars that can be added up; nil for what is no amount.
    var dollars: Double? {
        guard let number = doubleValue, number >= 0, number < 1e9 else { return nil }
        return number
    }

    /// Milliseconds as a wait, a day at most.
    var wait: Duration? {
        guard let number = doubleValue, number >= 0 else { return nil }
        return .milliseconds(Int(min(number, 86_400_000)))
    }

    /// A text that says something.
    var said: String? {
        guard let text = stringValue, !text.allSatisfy(\.isWhitespace) else { return nil }
        return text
    }

    /// The object that a line holds; bytes that are not UTF-8 are replaced. Nil for anything else.
    init?(line: ArraySlice<UInt8>) {
        // What is no JSON is noise to whoever asks.
        guard line.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{"),
            let value = (try? JSON(parsing: line))
                ?? (try? JSON(parsing: String(decoding: line, as: UTF8.self))),
            case .object = value
        else { return nil }
        self = value
    }
}

extension ModelUsage {
    /// No program that tells the truth reports more: 2^40.
    static let mostTokens = 1 << 40

    /// The sum, kept in bounds however often a program reports.
    func adding(_ other: ModelUsage) -> ModelUsage {
        (self + other).map { min($0, ModelUsage.mostTokens) }
    }

    /// What is more than in `other`, number by number.
    func less(_ other: ModelUsage) -> ModelUsage {
        var rest = self
        rest.input -= other.input
        rest.cacheRead -= other.cacheRead
        rest.cacheWrite -= other.cacheWrite
        rest.cacheWriteLong -= other.cacheWriteLong
        rest.output -= other.output
        rest.thinking -= other.thinking
        return rest.map { max($0, 0) }
    }

    private func map(_ change: (Int) -> Int) -> ModelUsage {
        var result = self
        result.input = change(input)
        result.cacheRead = change(cacheRead)
        result.cacheWrite = change(cacheWrite)
        result.cacheWriteLong = change(cacheWriteLong)
        result.output = change(output)
        result.thinking = change(thinking)
        return result
    }
}

/// The tokens of answers that a program may report several times each. Keeps a bounded number of them.
struct AnswerUsage: Sendable {
    /// Of all answers together, each with what was said of it last.
    private(set) var total = ModelUsage()
    private var latest: [(id: String, usage: ModelUsage)] = []

    /// Answers whose tokens may still change.
    private static let kept = 64

    /// Takes a report; true for an answer that was not reported before.
    mutating func report(_ id: String, _ usage: ModelUsage) -> Bool {
        if let index = latest.lastIndex(where: { $0.id == id }) {
            // Later reports of an answer say at least as much.
            total = total.adding(usage.less(latest[index].usage))
            latest[index].usage = usage.less(latest[index].usage).adding(latest[index].usage)
            return false
        }
        total = total.adding(usage)
        latest.append((id, usage))
        if latest.count > AnswerUsage.kept { latest.removeFirst() }
        return true
    }

    /// Forgets the tokens, which were reported in another way, not the answers.
    mutating func settle() { total = ModelUsage() }
}
