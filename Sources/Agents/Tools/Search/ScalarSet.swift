/// A set of Unicode scalars as a regular expression writes it.
struct ScalarSet: Hashable, Sendable {
    /// Classes of Unicode that patterns name.
    enum Property: Hashable, Sendable {
        case word, digit, space, letter, upper, lower, number, punctuation, symbol

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            let properties = scalar.properties
            switch self {
            case .letter: return properties.generalCategory.isLetter
            case .upper: return properties.generalCategory == .uppercaseLetter
            case .lower: return properties.generalCategory == .lowercaseLetter
            case .digit: return properties.generalCategory == .decimalNumber
            case .space: return properties.isWhitespace
            case .number:
                return [.decimalNumber, .letterNumber, .otherNumber]
                    .contains(properties.generalCategory)
            case .punctuation: return properties.generalCategory.isPunctuation
            case .symbol: return properties.generalCategory.isSymbol
            case .word:
                // Unicode's annex on regular expressions (UTS #18, compatibility properties).
                return properties.isAlphabetic || properties.isJoinControl
                    || [
                        .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber,
                        .connectorPunctuation,
                    ].contains(properties.generalCategory)
            }
        }
    }

    private struct Member: Hashable, Sendable {
        let property: Property
        let isNegated: Bool
    }

    private var ranges: [ClosedRange<UInt32>] = []
    private var members: [Member] = []
    private var nested: [ScalarSet] = []
    var isNegated = false
    /// Whether the other case of a scalar counts as the scalar.
    var isCaseless = false

    init() {}

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    init(_ property: Property, isNegated: Bool = false) {
        members = [Member(property: property, isNegated: isNegated)]
    }

    /// Everything but a newline, or everything.
    static func any(withNewline: Bool) -> ScalarSet {
        var set = ScalarSet()
        if !withNewline { set.ranges = [10...10] }
        set.isNegated = true
        return set
    }

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }
    mutating func insert(_ set: ScalarSet) { nested.append(set) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var isIn = holds(scalar)
        if !isIn, isCaseless {
            let properties = scalar.properties
            isIn = [properties.lowercaseMapping, properties.uppercaseMapping].contains { text in
                let scalars = text.unicodeScalars
                return scalars.count == 1 && scalars.first.map(holds) ?? false
            }
        }
        return isIn != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
            || members.contains { $0.property.contains(scalar) != $0.isNegated }
            || nested.contains { $0.contains(scalar) }
    }

    /// The one scalar of a set that is a plain character.
    var single: Unicode.Scalar? {
        guard !isNegated, members.isEmpty, nested.isEmpty, ranges.count == 1,
            let range = ranges.first, range.count == 1
        else { return nil }
        return Unicode.Scalar(range.lowerBound)
    }
}

extension Unicode.GeneralCategory {
    var isLetter: Bool {
        switch self {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            true
        default: false
        }
    }

    var isPunctuation: Bool {
        switch self {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }

    var isSymbol: Bool {
        switch self {
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
        default: false
        }
    }
}
