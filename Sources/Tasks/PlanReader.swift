import Base

/// Reads typed values out of a plan's JSON and collects everything that is wrong.
///
/// A value that is wrong is reported and read as nil, so that the rest is looked at too.
struct PlanReader {
    let index: PlanIndex
    private(set) var problems: [PlanProblem] = []

    init(index: PlanIndex) { self.index = index }

    /// An object whose keys are known, with its place.
    struct Fields {
        let path: String
        let members: JSON.Members

        func path(_ key: String) -> String { PlanIndex.path(path, key) }
        func has(_ key: String) -> Bool { members[key] != nil }
    }

    /// Where a problem points: at the value of a path, or at its key.
    enum Spot { case key, value }

    mutating func report(
        _ kind: PlanProblem.Kind, at path: String, found: String, expected: String,
        spot: Spot = .value
    ) {
        let mark = spot == .key ? index.mark(ofKey: path) : index.mark(of: path)
        problems.append(
            PlanProblem(
                kind: kind, file: index.file, mark: mark, path: path, found: found,
                expected: expected))
    }

    mutating func reportWrongType(_ value: JSON, at path: String, expected: String) {
        report(.wrongType, at: path, found: describe(value, at: path), expected: expected)
    }

    /// What a value looks like, in few words.
    func describe(_ value: JSON, at path: String) -> String {
        switch value {
        // `.inf` and `.nan` are numbers to YAML and null to JSON.
        case .null: index.spelling(at: path).flatMap { $0.isEmpty ? nil : $0 } ?? "nothing"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): index.spelling(at: path) ?? text
        case .string(let text): PlanReader.quote(text)
        case .array: "a list"
        case .object: "a mapping"
        }
    }

    /// The text in quotes, control characters visible, cut when long.
    static func quote(_ text: String) -> String {
        "\"" + Text.truncate(Text.visible(text), to: 60) + "\""
    }
}

// Objects and lists.
extension PlanReader {
    mutating func fields(_ value: JSON, at path: String, keys: [String]) -> Fields? {
        guard let members = value.objectValue else {
            reportWrongType(value, at: path, expected: "a mapping")
            return nil
        }
        for pair in members.pairs where !keys.contains(pair.key) {
            report(
                .unknownKey(nearest: NearestName.find(pair.key, in: keys)),
                at: PlanIndex.path(path, pair.key), found: PlanReader.quote(pair.key),
                expected: "one of " + keys.joined(separator: ", "), spot: .key)
        }
        return Fields(path: path, members: members)
    }

    mutating func fields(_ owner: Fields, _ key: String, keys: [String]) -> Fields? {
        owner.members[key].flatMap { fields($0, at: owner.path(key), keys: keys) }
    }

    /// The items of a list with their paths; an absent one has none.
    mutating func items(_ owner: Fields, _ key: String) -> [(value: JSON, path: String)] {
        guard let value = owner.members[key] else { return [] }
        let path = owner.path(key)
        guard let items = value.arrayValue else {
            reportWrongType(value, at: path, expected: "a list")
            return []
        }
        return items.enumerated().map { ($0.element, "\(path)[\($0.offset)]") }
    }

    mutating func globs(_ owner: Fields, _ key: String) -> [Glob] {
        var globs: [Glob] = []
        for (value, path) in items(owner, key) {
            guard let text = text(value, at: path) else { continue }
            do {
                globs.append(try Glob(text))
            } catch {
                report(
                    .invalidPattern(error), at: path, found: PlanReader.quote(text),
                    expected: "a path pattern")
            }
        }
        return globs
    }

    mutating func texts(_ owner: Fields, _ key: String) -> [String] {
        var texts: [String] = []
        for (value, path) in items(owner, key) {
            if let text = text(value, at: path) { texts.append(text) }
        }
        return texts
    }
}

// Scalars.
extension PlanReader {
    /// A text that is not blank. With `spelled`, a number counts as the text it was written with.
    mutating func text(
        _ value: JSON, at path: String, expected: String = "text", spelled: Bool = false
    ) -> String? {
        if spelled, case .number(let number) = value { return index.spelling(at: path) ?? number }
        guard let text = value.stringValue else {
            reportWrongType(value, at: path, expected: expected)
            return nil
        }
        guard text.contains(where: { !$0.isWhitespace }), !text.utf8.contains(0) else {
            let words = expected == "text" ? "text that is not blank" : expected
            report(.invalidValue, at: path, found: PlanReader.quote(text), expected: words)
            return nil
        }
        return text
    }

    mutating func text(_ owner: Fields, _ key: String) -> String? {
        owner.members[key].flatMap { text($0, at: owner.path(key)) }
    }

    /// A text that may be handed to git as a revision or a branch name: git itself judges the rest.
    mutating func revision(_ owner: Fields, _ key: String, expected: String) -> String? {
        guard let value = owner.members[key] else { return nil }
        let path = owner.path(key)
        guard let text = text(value, at: path, expected: expected, spelled: true) else {
            return nil
        }
        // A name that starts with a dash would be read as an option.
        guard !text.hasPrefix("-"), text.unicodeScalars.allSatisfy({ $0.value > 0x20 }) else {
            report(.invalidName, at: path, found: PlanReader.quote(text), expected: expected)
            return nil
        }
        return text
    }

    mutating func whole(_ owner: Fields, _ key: String, in range: ClosedRange<Int>) -> Int? {
        owner.members[key].flatMap { whole($0, at: owner.path(key), in: range) }
    }

    mutating func whole(_ value: JSON, at path: String, in range: ClosedRange<Int>) -> Int? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let number = value.doubleValue, number == number.rounded() else {
            reportWrongType(value, at: path, expected: expected)
            return nil
        }
        guard let number = Int(exactly: number), range.contains(number) else {
            report(.outOfRange, at: path, found: describe(value, at: path), expected: expected)
            return nil
        }
        return number
    }

    /// A number above zero.
    mutating func amount(_ owner: Fields, _ key: String, upTo limit: Double) -> Double? {
        guard let value = owner.members[key] else { return nil }
        let path = owner.path(key)
        let expected = "a number above 0, at most \(JSON.double(limit).compact)"
        guard let number = value.doubleValue else {
            reportWrongType(value, at: path, expected: expected)
            return nil
        }
        guard number > 0, number <= limit else {
            report(.outOfRange, at: path, found: describe(value, at: path), expected: expected)
            return nil
        }
        return number
    }

    mutating func flag(_ owner: Fields, _ key: String) -> Bool? {
        guard let value = owner.members[key] else { return nil }
        guard let flag = value.boolValue else {
            reportWrongType(value, at: owner.path(key), expected: "true or false")
            return nil
        }
        return flag
    }

    /// A time above zero: seconds as a number, or text such as `15m`.
    mutating func duration(_ owner: Fields, _ key: String) -> Duration? {
        guard let value = owner.members[key] else { return nil }
        let duration: Duration? =
            switch value {
            case .number: value.doubleValue.flatMap { Duration(inSeconds: $0) }
            case .string(let text): Duration(parsing: text)
            default: nil
            }
        guard let duration, duration > .zero else {
            let path = owner.path(key)
            report(
                .invalidDuration, at: path, found: describe(value, at: path),
                expected: "a duration above 0 such as 90, 90s, 15m, 2h or 7d")
            return nil
        }
        return duration
    }

    /// One word of a closed list.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ owner: Fields, _ key: String, _: Word.Type
    ) -> Word? where Word.RawValue == String {
        guard let value = owner.members[key] else { return nil }
        if let word = value.stringValue.flatMap(Word.init) { return word }
        let path = owner.path(key)
        report(
            .invalidValue, at: path, found: describe(value, at: path),
            expected: "one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
        return nil
    }

    /// Variables by name; a number counts as the text it was written with.
    mutating func environment(_ owner: Fields) -> [String: String] {
        guard let value = owner.members["env"] else { return [:] }
        let path = owner.path("env")
        guard let members = value.objectValue else {
            reportWrongType(value, at: path, expected: "a mapping of names to text")
            return [:]
        }
        var variables: [String: String] = [:]
        for pair in members.pairs {
            let place = PlanIndex.path(path, pair.key)
            guard checkVariable(pair.key, at: place) else { continue }
            switch pair.value {
            case .string(let text) where !text.utf8.contains(0): variables[pair.key] = text
            case .number(let text): variables[pair.key] = index.spelling(at: place) ?? text
            default: reportWrongType(pair.value, at: place, expected: "text, in quotes")
            }
        }
        return variables
    }

    mutating func checkVariable(_ name: String, at path: String) -> Bool {
        guard PlanName.isVariable(name) else {
            report(
                .invalidName, at: path, found: PlanReader.quote(name),
                expected: "a variable's name: letters, digits and _, no digit first", spot: .key)
            return false
        }
        guard !PlanName.isReservedVariable(name) else {
            report(
                .reservedName, at: path, found: PlanReader.quote(name),
                expected: "a name that does not start with GIT_ or TREEGUILD_", spot: .key)
            return false
        }
        return true
    }
}
