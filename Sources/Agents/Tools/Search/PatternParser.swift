/// Why a text is no regular expression.
struct PatternError: Error, Equatable, Sendable {
    /// Unicode scalars before the place.
    let offset: Int
    let reason: String
}

/// A regular expression as a tree.
indirect enum PatternNode: Sendable {
    case empty
    case set(ScalarSet)
    case assertion(PatternAssertion)
    case sequence([PatternNode])
    case choice([PatternNode])
    case repeated(PatternNode, from: Int, to: Int?, isLazy: Bool)
}

/// A condition on a place between two characters.
enum PatternAssertion: Hashable, Sendable {
    case lineStart, lineEnd, textStart, textEnd, wordBoundary, noWordBoundary, wordStart, wordEnd
}

/// Reads the syntax of Rust's `regex`, which ripgrep uses, as far as it is regular.
///
/// A `{` that begins no count is taken as itself: models write `interface{}`.
struct PatternParser {
    private var flags: Flags
    private let text: [Unicode.Scalar]
    private var at = 0
    private var depth = 0

    private struct Flags {
        var isCaseless = false
        var dotMatchesNewline = false
        var isLazy = false
        var ignoresSpace = false
    }

    init(_ pattern: String, isCaseless: Bool, dotMatchesNewline: Bool) {
        text = Array(pattern.unicodeScalars)
        flags = Flags(isCaseless: isCaseless, dotMatchesNewline: dotMatchesNewline)
    }

    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try choice()
        guard at == text.count else { throw error("unopened group") }
        return node
    }

    private func error(_ reason: String) -> PatternError {
        PatternError(offset: at, reason: reason)
    }

    private var next: Unicode.Scalar? { at < text.count ? text[at] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        at += 1
        return true
    }

    private mutating func choice() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth < 200 else { throw error("groups are nested too deep") }
        let outer = flags
        defer { flags = outer }
        var options = [try sequence()]
        while take("|") { options.append(try sequence()) }
        return options.count == 1 ? options[0] : .choice(options)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if flags.ignoresSpace, scalar.properties.isWhitespace || scalar == "#" {
                if scalar == "#" { while let other = next, other != "\n" { _ = take(other) } }
                at += next == nil ? 0 : 1
                continue
            }
            guard let atom = try atom() else { continue }
            nodes.append(try quantified(atom))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func quantified(_ atom: PatternNode) throws(PatternError) -> PatternNode {
        var node = atom
        while let scalar = next {
            var (low, high): (Int, Int?) = (0, nil)
            switch scalar {
            case "*": at += 1
            case "+":
                at += 1
                low = 1
            case "?":
                at += 1
                high = 1
            case "{":
                guard let count = count() else { return node }
                (low, high) = count
                guard high.map({ $0 >= low }) ?? true else { throw error("counts are reversed") }
                guard max(low, high ?? 0) <= 1000 else { throw error("count beyond 1000") }
            default: return node
            }
            let isLazy = take("?") != flags.isLazy
            node = .repeated(node, from: low, to: high, isLazy: isLazy)
        }
        return node
    }

    /// `{n}`, `{n,}`, `{n,m}`; nothing is taken where none stands.
    private mutating func count() -> (Int, Int?)? {
        guard let close = text[at...].firstIndex(of: "}") else { return nil }
        let inner = String(String.UnicodeScalarView(text[(at + 1)..<close]))
        let parts = inner.split(separator: ",", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let low = Int(parts[0]), low >= 0 else { return nil }
        var high: Int? = low
        if parts.count == 2 {
            high = Int(parts[1])
            if high == nil, !parts[1].isEmpty { return nil }
        }
        at = close + 1
        return (low, high)
    }

    /// Nil for a group that only sets flags.
    private mutating func atom() throws(PatternError) -> PatternNode? {
        let scalar = text[at]
        switch scalar {
        case "(": return try group()
        case "[":
            at += 1
            var set = try characterClass()
            set.isCaseless = flags.isCaseless
            return .set(set)
        case ".":
            at += 1
            return .set(.any(withNewline: flags.dotMatchesNewline))
        case "^":
            at += 1
            return .assertion(.lineStart)
        case "$":
            at += 1
            return .assertion(.lineEnd)
        case "*", "+", "?": throw error("nothing to repeat")
        case "\\": return try escape()
        default:
            at += 1
            return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        var set = ScalarSet(scalar)
        set.isCaseless = flags.isCaseless
        return .set(set)
    }

    private mutating func group() throws(PatternError) -> PatternNode? {
        let start = at
        at += 1
        if take("?") {
            if next == "P" || next == "<" {
                if take("P") == false || next == "<" { at += 1 }
                if next == "=" || next == "!" { throw error("look-around is not supported") }
                while let scalar = next, scalar != ">" { _ = take(scalar) }
                guard take(">") else { throw error("unclosed name of a group") }
            } else if next == "=" || next == "!" {
                throw error("look-around is not supported")
            } else {
                var isOn = true
                var inner = flags
                while let scalar = next, scalar != ":", scalar != ")" {
                    switch scalar {
                    case "-": isOn = false
                    case "i": inner.isCaseless = isOn
                    case "s": inner.dotMatchesNewline = isOn
                    case "U": inner.isLazy = isOn
                    case "x": inner.ignoresSpace = isOn
                    case "m", "u", "R": break
                    default: throw error("unknown flag \(scalar)")
                    }
                    at += 1
                }
                if take(")") {
                    // Until the end of the group around it, which puts its own flags back.
                    flags = inner
                    return nil
                }
                guard take(":") else { throw error("unclosed group") }
                let outer = flags
                flags = inner
                defer { flags = outer }
                let node = try choice()
                guard take(")") else { throw PatternError(offset: start, reason: "unclosed group") }
                return node
            }
        }
        let node = try choice()
        guard take(")") else { throw PatternError(offset: start, reason: "unclosed group") }
        return node
    }

    private mutating func escape() throws(PatternError) -> PatternNode {
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
    private mutating func classEscape() throws(PatternError) -> ScalarSet? {
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
    private mutating func characterClass() throws(PatternError) -> ScalarSet {
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
