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
    let text: [Unicode.Scalar]
    var at = 0
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

    func error(_ reason: String) -> PatternError {
        PatternError(offset: at, reason: reason)
    }

    var next: Unicode.Scalar? { at < text.count ? text[at] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
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

    func literal(_ scalar: Unicode.Scalar) -> PatternNode {
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
}
