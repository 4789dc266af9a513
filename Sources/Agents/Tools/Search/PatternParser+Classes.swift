/// What stands behind a backslash or between brackets.
extension PatternParser {
    mutating func escape() throws(PatternError) -> PatternNode {
        at += 1
        guard let scalar = next else { throw error("a backslash at the end") }
        if let assertion = PatternParser.assertions[scalar] {
            at += 1
            return .assertion(assertion)
        }
        if scalar.properties.numericType != nil, scalar != "0" {
            throw error("back-references are not supported")
        }
        if let set = try classEscape() { return .set(set) }
        return literal(try characterEscape())
    }

    private static let assertions: [Unicode.Scalar: PatternAssertion] = [
        "b": .wordBoundary, "B": .noWordBoundary, "A": .textStart, "z": .textEnd,
        "<": .wordStart, ">": .wordEnd,
    ]

    /// `\d`, `\p{L}` and their like; nil where no class stands.
    mutating func classEscape() throws(PatternError) -> ScalarSet? {
        guard let scalar = next else { return nil }
        let properties: [Unicode.Scalar: ScalarSet.Property] = [
            "d": .digit, "w": .word, "s": .space,
        ]
        let lower = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
        if let property = properties[lower] {
            at += 1
            return ScalarSet(property, isNegated: scalar != lower)
        }
        guard lower == "p" else { return nil }
        at += 1
        var name = ""
        if take("{") {
            while let part = next, part != "}" {
                name.unicodeScalars.append(part)
                at += 1
            }
            guard take("}") else { throw error("unclosed class") }
        } else if let part = next {
            name.unicodeScalars.append(part)
            at += 1
        }
        let isNegated = (scalar != lower) != name.hasPrefix("^")
        let known: [String: ScalarSet.Property] = [
            "l": .letter, "letter": .letter, "alphabetic": .letter, "lu": .upper,
            "uppercase": .upper, "ll": .lower, "lowercase": .lower, "n": .number, "nd": .digit,
            "p": .punctuation, "punctuation": .punctuation, "s": .symbol, "white_space": .space,
        ]
        guard let property = known[name.drop { $0 == "^" }.lowercased()] else {
            throw error("unknown Unicode class \(name)")
        }
        return ScalarSet(property, isNegated: isNegated)
    }

    /// The scalar behind a backslash; stands on the letter.
    private mutating func characterEscape() throws(PatternError) -> Unicode.Scalar {
        let scalar = text[at]
        at += 1
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "f": return "\u{c}"
        case "v": return "\u{b}"
        case "a": return "\u{7}"
        case "x": return try hexadecimal(2)
        case "u": return try hexadecimal(4)
        case "U": return try hexadecimal(8)
        default:
            guard !scalar.properties.isAlphabetic, scalar != "0" else {
                at -= 1
                throw error("unknown escape \\\(scalar)")
            }
            return scalar
        }
    }

    private mutating func hexadecimal(_ count: Int) throws(PatternError) -> Unicode.Scalar {
        var digits = ""
        if take("{") {
            while let scalar = next, scalar != "}" {
                digits.unicodeScalars.append(scalar)
                at += 1
            }
            at += 1
        } else {
            while digits.utf8.count < count, let scalar = next {
                digits.unicodeScalars.append(scalar)
                at += 1
            }
        }
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw error("not a hexadecimal number of a character")
        }
        return scalar
    }

    /// Behind the `[`.
    mutating func characterClass() throws(PatternError) -> ScalarSet {
        let start = at
        var set = ScalarSet()
        set.isNegated = take("^")
        var isFirst = true
        while let scalar = next, isFirst || scalar != "]" {
            isFirst = false
            if scalar == "[" {
                at += 1
                if let named = try posixClass() {
                    set.insert(named)
                } else {
                    set.insert(try characterClass())
                }
                continue
            }
            if scalar == "&", at + 1 < text.count, text[at + 1] == "&" {
                throw error("intersections of classes are not supported")
            }
            at += 1
            var low = scalar
            if scalar == "\\" {
                guard next != nil else { throw error("a backslash at the end") }
                if let inner = try classEscape() {
                    set.insert(inner)
                    continue
                }
                low = next == "b" ? "\u{8}" : try characterEscape()
                if low == "\u{8}" { at += 1 }
            }
            var high = low
            if next == "-", at + 1 < text.count, text[at + 1] != "]" {
                at += 1
                high = text[at]
                at += 1
                if high == "\\" {
                    guard next != nil else { throw error("a backslash at the end") }
                    high = try characterEscape()
                }
                guard low <= high else { throw error("a range is reversed") }
            }
            set.insert(low.value...high.value)
        }
        guard take("]") else { throw PatternError(offset: start - 1, reason: "unclosed class") }
        return set
    }

    /// `[:alpha:]` behind its first `[`; nil where none stands.
    private mutating func posixClass() throws(PatternError) -> ScalarSet? {
        guard next == ":", let end = text[(at + 1)...].firstIndex(of: ":"), end + 1 < text.count,
            text[end + 1] == "]"
        else { return nil }
        var name = String(String.UnicodeScalarView(text[(at + 1)..<end]))
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        let whole = Array("[:\(name == "word" ? "alnum" : name):]]".utf8)
        guard let (bytes, _) = ByteSet.parse(whole, from: 0) else {
            throw error("unknown class \(name)")
        }
        at = end + 2
        var set = ScalarSet()
        set.isNegated = isNegated
        for byte in UInt8.min...127
        where bytes.contains(byte) || (byte == 0x2f && ["punct", "graph", "print"].contains(name)) {
            set.insert(UInt32(byte)...UInt32(byte))
        }
        if name == "word" { set.insert(0x5f...0x5f) }
        return set
    }
}
