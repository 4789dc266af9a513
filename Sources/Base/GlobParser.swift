/// One component of a pattern without braces.
enum GlobComponent {
    /// `**`.
    case anyDepth
    case pieces([Piece])

    enum Piece {
        case literal(UInt32)
        case oneOf(UnitSet)
        case star
        case slash
    }
}

/// Reads a pattern and expands its braces.
struct GlobParser {
    /// Characters of a pattern after expansion. It bounds the work of an overlap test, which grows
    /// with the product of two patterns.
    static let limit = 1024

    private typealias Placed = (piece: GlobComponent.Piece, offset: Int)

    private let text: [Unicode.Scalar]
    private var at = 0
    private var depth = 0

    init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

    /// Every pattern that the braces stand for, as components.
    mutating func alternatives() throws(GlobError) -> [[GlobComponent]] {
        guard text.count <= GlobParser.limit else {
            throw GlobError(offset: GlobParser.limit, reason: .tooLong(limit: GlobParser.limit))
        }
        var out: [[GlobComponent]] = []
        for alternative in try sequence() { out.append(try components(of: alternative)) }
        return out
    }

    /// Reads up to the end, or inside braces up to a comma or the closing brace.
    private mutating func sequence() throws(GlobError) -> [[Placed]] {
        var alternatives: [[Placed]] = [[]]
        while at < text.count {
            let start = at
            var choices: [[Placed]] = []
            switch text[at] {
            case "{": choices = try braces()
            case "}" where depth == 0:
                throw GlobError(offset: at, reason: .unopenedBrace)
            case "}",
                "," where depth > 0:
                return alternatives
            default: choices = [[(try piece(), start)]]
            }
            // What the product of the two lists will hold; an empty alternative costs too.
            let size =
                alternatives.count * choices.reduce(0) { $0 + $1.count + 1 }
                + choices.count * alternatives.reduce(0) { $0 + $1.count }
            guard size <= GlobParser.limit else {
                throw GlobError(offset: start, reason: .tooLong(limit: GlobParser.limit))
            }
            alternatives = alternatives.flatMap { head in choices.map { head + $0 } }
        }
        return alternatives
    }

    private mutating func braces() throws(GlobError) -> [[Placed]] {
        let start = at
        depth += 1
        defer { depth -= 1 }
        var choices: [[Placed]] = []
        repeat {
            at += 1
            choices += try sequence()
        } while at < text.count && text[at] == ","
        guard at < text.count else { throw GlobError(offset: start, reason: .unclosedBrace) }
        at += 1
        return choices
    }

    private mutating func piece() throws(GlobError) -> GlobComponent.Piece {
        let unit = text[at]
        switch unit {
        case "/":
            at += 1
            return .slash
        case "*":
            at += 1
            return .star
        case "?":
            at += 1
            return .oneOf(.component)
        case "[": return .oneOf(try characterClass())
        case "\\":
            let escaped = try escape()
            return escaped == "/" ? .slash : .literal(escaped.value)
        default:
            at += 1
            return .literal(unit.value)
        }
    }

    private mutating func escape() throws(GlobError) -> Unicode.Scalar {
        guard at + 1 < text.count else { throw GlobError(offset: at, reason: .trailingEscape) }
        at += 2
        return text[at - 1]
    }

    private mutating func characterClass() throws(GlobError) -> UnitSet {
        let start = at
        at += 1
        let isNegated = at < text.count && ["!", "^"].contains(text[at])
        if isNegated { at += 1 }
        var ranges: [ClosedRange<UInt32>] = []
        // A bracket that comes first is a member, as in every shell.
        while at < text.count, text[at] != "]" || ranges.isEmpty {
            if text[at...].starts(with: ["[", ":"]) {
                throw GlobError(offset: at, reason: .namedClass)
            }
            let place = at
            let first = try classMember()
            var last = first
            if at + 1 < text.count, text[at] == "-", text[at + 1] != "]" {
                at += 1
                last = try classMember()
            }
            guard first <= last else { throw GlobError(offset: place, reason: .reversedRange) }
            ranges.append(first.value...last.value)
        }
        guard at < text.count else { throw GlobError(offset: start, reason: .unclosedClass) }
        at += 1
        let set = UnitSet(ranges, isNegated: isNegated)
        guard !set.isEmpty else { throw GlobError(offset: start, reason: .emptyClass) }
        return set
    }

    private mutating func classMember() throws(GlobError) -> Unicode.Scalar {
        if text[at] == "\\" { return try escape() }
        at += 1
        return text[at - 1]
    }

    private func components(of pieces: [Placed]) throws(GlobError) -> [GlobComponent] {
        guard !pieces.isEmpty else { throw GlobError(offset: 0, reason: .empty) }
        var out: [GlobComponent] = []
        var rest = pieces[...]
        while true {
            let part = rest.prefix { if case .slash = $0.piece { false } else { true } }
            rest = rest.dropFirst(part.count)
            guard let first = part.first else {
                let offset = rest.first?.offset ?? text.count
                let reason: GlobError.Reason = out.isEmpty ? .leadingSlash : .emptyComponent
                throw GlobError(offset: offset, reason: reason)
            }
            try checkDots(part.map(\.piece), at: first.offset)
            out.append(GlobComponent(part.map(\.piece)))
            guard rest.popFirst() != nil else { return out }
            // A final slash: everything below.
            if rest.isEmpty { return out + [.anyDepth] }
        }
    }

    private func checkDots(_ pieces: [GlobComponent.Piece], at offset: Int) throws(GlobError) {
        let dots = pieces.filter { if case .literal(UnitSet.dot) = $0 { true } else { false } }
        if dots.count == pieces.count, dots.count <= 2 {
            throw GlobError(offset: offset, reason: .dotComponent)
        }
    }
}

extension GlobComponent {
    fileprivate init(_ pieces: [Piece]) {
        if case (.star, .star)? = pieces.count == 2 ? (pieces[0], pieces[1]) : nil {
            self = .anyDepth
        } else {
            self = .pieces(pieces)
        }
    }

    /// True when only one name fits.
    var isLiteral: Bool {
        guard case .pieces(let pieces) = self else { return false }
        return pieces.allSatisfy { if case .literal = $0 { true } else { false } }
    }
}
