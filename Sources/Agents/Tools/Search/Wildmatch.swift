/// A pattern of `.gitignore`, without its marks: git's wildmatch where `*` stays within a folder.
///
/// Linear in text times pattern, whatever the pattern is. Compares bytes.
struct Wildmatch: Sendable {
    private enum Token {
        case byte(UInt8)
        /// Anything but `/`.
        case any
        /// One of a class; a `/` is in none.
        case oneOf(ByteSet)
        /// Any number of bytes but `/`.
        case star
        /// `**/`: folders, or none.
        case folders
        /// `**` at the end: anything.
        case rest
    }

    private enum Form {
        case literal([UInt8])
        /// `*` and a text without a `/`.
        case suffix([UInt8])
        case tokens([Token])
        /// A pattern that git refuses: it matches nothing.
        case never
    }

    private let form: Form

    init(_ pattern: some Collection<UInt8>) {
        guard let tokens = Wildmatch.tokens(Array(pattern)) else {
            form = .never
            return
        }
        var literal: [UInt8] = []
        for case .byte(let byte) in tokens { literal.append(byte) }
        if literal.count == tokens.count {
            form = .literal(literal)
        } else if case .star? = tokens.first, literal.count == tokens.count - 1,
            !literal.contains(0x2f)
        {
            form = .suffix(literal)
        } else {
            form = .tokens(tokens)
        }
    }

    func matches(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        switch form {
        case .never: return false
        case .literal(let bytes): return text.elementsEqual(bytes)
        case .suffix(let bytes):
            return text.count >= bytes.count && text.suffix(bytes.count).elementsEqual(bytes)
                && !text.dropLast(bytes.count).contains(0x2f)
        case .tokens(let tokens): return Wildmatch.run(tokens, text)
        }
    }

    /// The set of places in the pattern at which a text so far may stand.
    private static func run(_ tokens: [Token], _ text: some Collection<UInt8>) -> Bool {
        if tokens.count < 64 { return runInWord(tokens, text) }
        var active = [Bool](repeating: false, count: tokens.count + 1)
        // Inside `**/`, where only a slash leads on.
        var inside = active
        func enter(_ place: Int, _ states: inout [Bool]) {
            var place = place
            while !states[place] {
                states[place] = true
                guard place < tokens.count else { return }
                switch tokens[place] {
                case .star, .folders, .rest: place += 1
                default: return
                }
            }
        }
        enter(0, &active)
        for byte in text {
            var next = [Bool](repeating: false, count: tokens.count + 1)
            var nextInside = next
            for place in tokens.indices where active[place] || inside[place] {
                switch tokens[place] {
                case .byte(let wanted): if byte == wanted { enter(place + 1, &next) }
                case .any: if byte != 0x2f { enter(place + 1, &next) }
                case .oneOf(let set): if set.contains(byte) { enter(place + 1, &next) }
                case .star: if byte != 0x2f { enter(place, &next) }
                case .rest: enter(place, &next)
                case .folders:
                    nextInside[place] = true
                    if byte == 0x2f { enter(place + 1, &next) }
                }
            }
            (active, inside) = (next, nextInside)
        }
        return active[tokens.count]
    }

    /// The same with the set in one word: most patterns are short, and paths are many.
    private static func runInWord(_ tokens: [Token], _ text: some Collection<UInt8>) -> Bool {
        var passing: UInt64 = 0
        for (place, token) in tokens.enumerated() {
            switch token {
            case .star, .folders, .rest: passing |= 1 << UInt64(place)
            default: break
            }
        }
        func entered(_ place: Int) -> UInt64 {
            var bit = UInt64(1) << UInt64(place)
            var out = bit
            while passing & bit != 0 {
                bit <<= 1
                out |= bit
            }
            return out
        }
        var active = entered(0)
        var inside: UInt64 = 0
        for byte in text {
            var next: UInt64 = 0
            var nextInside: UInt64 = 0
            var left = (active | inside) & ~(UInt64(1) << UInt64(tokens.count))
            while left != 0 {
                let place = left.trailingZeroBitCount
                left &= left - 1
                switch tokens[place] {
                case .byte(let wanted): if byte == wanted { next |= entered(place + 1) }
                case .any: if byte != 0x2f { next |= entered(place + 1) }
                case .oneOf(let set): if set.contains(byte) { next |= entered(place + 1) }
                case .star: if byte != 0x2f { next |= entered(place) }
                case .rest: next |= entered(place)
                case .folders:
                    nextInside |= 1 << UInt64(place)
                    if byte == 0x2f { next |= entered(place + 1) }
                }
            }
            (active, inside) = (next, nextInside)
            if active | inside == 0 { return false }
        }
        return active & (1 << UInt64(tokens.count)) != 0
    }

    private static func tokens(_ pattern: [UInt8]) -> [Token]? {
        var tokens: [Token] = []
        var at = 0
        while at < pattern.count {
            let byte = pattern[at]
            switch byte {
            case UInt8(ascii: "?"):
                tokens.append(.any)
                at += 1
            case UInt8(ascii: "\\"):
                guard at + 1 < pattern.count else { return nil }
                tokens.append(.byte(pattern[at + 1]))
                at += 2
            case UInt8(ascii: "["):
                guard let (set, end) = ByteSet.parse(pattern, from: at + 1) else { return nil }
                tokens.append(.oneOf(set))
                at = end
            case UInt8(ascii: "*"):
                let start = at
                while at < pattern.count, pattern[at] == byte { at += 1 }
                let opens = start == 0 || pattern[start - 1] == 0x2f
                if at - start >= 2, opens, at == pattern.count {
                    tokens.append(.rest)
                } else if at - start >= 2, opens, pattern[at] == 0x2f {
                    tokens.append(.folders)
                    at += 1
                } else {
                    tokens.append(.star)
                }
            default:
                tokens.append(.byte(byte))
                at += 1
            }
        }
        return tokens
    }
}

/// A set of bytes.
struct ByteSet: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (a: ByteSet, b: ByteSet) -> Bool { a.words == b.words }

    func hash(into hasher: inout Hasher) {
        for word in [words.0, words.1, words.2, words.3] { hasher.combine(word) }
    }

    func contains(_ byte: UInt8) -> Bool {
        let bit = UInt64(1) << UInt64(byte & 63)
        return switch byte >> 6 {
        case 0: words.0 & bit != 0
        case 1: words.1 & bit != 0
        case 2: words.2 & bit != 0
        default: words.3 & bit != 0
        }
    }

    mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    var inverted: ByteSet {
        var out = ByteSet()
        out.words = (~words.0, ~words.1, ~words.2, ~words.3)
        return out
    }

    mutating func remove(_ byte: UInt8) {
        var others = inverted
        others.insert(byte)
        self = others.inverted
    }

    /// A class after its `[`, and the offset behind its `]`; nil when it has no end.
    static func parse(_ pattern: [UInt8], from start: Int) -> (ByteSet, Int)? {
        var set = ByteSet()
        var at = start
        let isNegated = at < pattern.count && [0x21, 0x5e].contains(pattern[at])
        if isNegated { at += 1 }
        var isFirst = true
        var previous: UInt8 = 0
        while at < pattern.count, isFirst || pattern[at] != 0x5d {
            isFirst = false
            var byte = pattern[at]
            if byte == UInt8(ascii: "-"), previous != 0, at + 1 < pattern.count,
                pattern[at + 1] != 0x5d
            {
                at += 1
                if pattern[at] == 0x5c {
                    at += 1
                    guard at < pattern.count else { return nil }
                }
                if previous <= pattern[at] { for one in previous...pattern[at] { set.insert(one) } }
                previous = 0
            } else if byte == 0x5b, at + 1 < pattern.count, pattern[at + 1] == 0x3a {
                let (start, from) = (at, at + 2)
                guard let close = pattern[from...].firstIndex(of: 0x5d) else { return nil }
                if close > from, pattern[close - 1] == 0x3a {
                    let name = String(decoding: pattern[from..<close - 1], as: UTF8.self)
                    guard let members = named[name] else { return nil }
                    for one in UInt8.min...127 where members(one) { set.insert(one) }
                    at = close
                    previous = 0
                } else {
                    at = start
                    set.insert(byte)
                    previous = byte
                }
            } else {
                if byte == 0x5c {
                    at += 1
                    guard at < pattern.count else { return nil }
                    byte = pattern[at]
                }
                set.insert(byte)
                previous = byte
            }
            at += 1
        }
        guard at < pattern.count else { return nil }
        if isNegated { set = set.inverted }
        set.remove(0x2f)
        return (set, at + 1)
    }

    private static let named: [String: @Sendable (UInt8) -> Bool] = [
        "alpha": { isLetter($0) }, "digit": { isDigit($0) },
        "alnum": { isLetter($0) || isDigit($0) },
        "upper": { (0x41...0x5a).contains($0) }, "lower": { (0x61...0x7a).contains($0) },
        "space": { $0 == 0x20 || (0x09...0x0d).contains($0) },
        "blank": { $0 == 0x20 || $0 == 0x09 },
        "cntrl": { $0 < 0x20 || $0 == 0x7f }, "print": { (0x20...0x7e).contains($0) },
        "graph": { (0x21...0x7e).contains($0) },
        "punct": { (0x21...0x7e).contains($0) && !isLetter($0) && !isDigit($0) },
        "xdigit": { isDigit($0) || (0x61...0x66).contains($0 | 0x20) },
    ]

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
