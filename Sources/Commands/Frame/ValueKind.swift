/// What an option's or an argument's value is: checked at parsing, shown in help, completed by shells.
enum ValueKind: Sendable, Equatable {
    case text
    /// A whole number of at least 1.
    case number
    /// An event's number: a whole number of at least 0.
    case sequence
    /// US dollars, at least 0.
    case money
    /// Such as `90`, `15m`, `2h`, `7d`.
    case duration
    /// `NAME=VALUE`, both not empty.
    case assignment
    case file, folder, branch, revision
    case run, runOrTask, runOrBranch
    /// The name of a command of this program.
    case command
    case choice([String])

    /// What stands in the way of `value`; nil when it is fine.
    func problem(with value: String) -> String? {
        switch self {
        case .number:
            return Int(value).map { $0 >= 1 } == true ? nil : "a whole number of at least 1"
        case .sequence:
            return Int(value).map { $0 >= 0 } == true ? nil : "a whole number of at least 0"
        case .money:
            let isMoney = Double(value).map { $0.isFinite && $0 >= 0 } == true
            return isMoney ? nil : "an amount of US dollars, such as 2.50"
        case .duration:
            let isDuration = Quantity.seconds(value) != nil
            return isDuration ? nil : "a duration, such as 90s, 15m, 2h or 7d"
        case .assignment:
            let parts = value.split(separator: "=", maxSplits: 1)
            let isAssignment = parts.count == 2 && !value.hasPrefix("=")
            return isAssignment ? nil : "NAME=VALUE"
        case .choice(let choices):
            return choices.contains(value) ? nil : Phrase.anyOf(choices)
        case .text, .file, .folder, .branch, .revision, .run, .runOrTask, .runOrBranch, .command:
            return value.isEmpty ? "something that is not empty" : nil
        }
    }
}

/// Small pieces of English.
enum Phrase {
    /// `a`, `a or b`, `a, b or c`.
    static func anyOf(_ words: [String]) -> String { joined(words, last: "or") }

    /// `a`, `a and b`, `a, b and c`.
    static func allOf(_ words: [String]) -> String { joined(words, last: "and") }

    private static func joined(_ words: [String], last: String) -> String {
        guard words.count > 1, let end = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(last) " + end
    }
}
