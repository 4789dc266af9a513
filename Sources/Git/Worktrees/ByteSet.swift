/// The bytes that a bracket of a pattern stands for.
struct ByteSet {
    private var members = [Bool](repeating: false, count: 256)

    /// Reads a bracket from its `[` and moves behind its `]`; nil when it does not end or names an unknown class.
    ///
    /// With `foldingCase` a range or class of capitals has the small letters too, a single capital has not: as in git.
    init?(_ text: [UInt8], at: inout Int, foldingCase: Bool) {
        var next = at + 1
        func peek(_ offset: Int = 0) -> UInt8? {
            next + offset < text.count ? text[next + offset] : nil
        }
        let isNegated = peek() == UInt8(ascii: "!") || peek() == UInt8(ascii: "^")
        if isNegated { next += 1 }
        var previous: UInt8?
        var isFirst = true
        while let byte = peek(), isFirst || byte != UInt8(ascii: "]") {
            isFirst = false
            if byte == UInt8(ascii: "\\") {
                guard let escaped = peek(1) else { return nil }
                members[Int(escaped)] = true
                previous = escaped
                next += 2
            } else if byte == UInt8(ascii: "-"), let low = previous, let end = peek(1),
                end != UInt8(ascii: "]")
            {
                next += 1
                var high = end
                if end == UInt8(ascii: "\\") {
                    next += 1
                    guard let escaped = peek() else { return nil }
                    high = escaped
                }
                if low <= high {
                    for member in low...high {
                        members[Int(member)] = true
                        if foldingCase { members[Int(IgnoreGlob.lowered(member))] = true }
                    }
                }
                previous = nil
                next += 1
            } else if byte == UInt8(ascii: "["), peek(1) == UInt8(ascii: ":"),
                let end = text[(next + 2)...].firstIndex(of: UInt8(ascii: "]")),
                end > next + 2, text[end - 1] == UInt8(ascii: ":")
            {
                let name = String(decoding: text[(next + 2)..<(end - 1)], as: UTF8.self)
                guard let isMember = ByteSet.classes[name] else { return nil }
                for member in 0..<256 where isMember(UInt8(member)) {
                    members[member] = true
                    if foldingCase { members[Int(IgnoreGlob.lowered(UInt8(member)))] = true }
                }
                previous = nil
                next = end + 1
            } else {
                members[Int(byte)] = true
                previous = byte
                next += 1
            }
        }
        guard peek() == UInt8(ascii: "]") else { return nil }
        at = next + 1
        if isNegated { members = members.map { !$0 } }
    }

    func contains(_ byte: UInt8) -> Bool { members[Int(byte)] }

    /// The same set without a byte.
    func removing(_ byte: UInt8) -> ByteSet {
        var copy = self
        copy.members[Int(byte)] = false
        return copy
    }

    /// POSIX classes for ASCII, which is all that git's patterns know.
    private static let classes: [String: @Sendable (UInt8) -> Bool] = [
        "alnum": { isLetter($0) || isDigit($0) }, "alpha": isLetter, "digit": isDigit,
        "blank": { $0 == 0x20 || $0 == 0x09 }, "cntrl": { $0 < 0x20 || $0 == 0x7f },
        "graph": { (0x21...0x7e).contains($0) }, "print": { (0x20...0x7e).contains($0) },
        "lower": { (0x61...0x7a).contains($0) }, "upper": { (0x41...0x5a).contains($0) },
        "punct": { (0x21...0x7e).contains($0) && !isLetter($0) && !isDigit($0) },
        "space": { $0 == 0x20 || (0x09...0x0d).contains($0) },
        "xdigit": { isDigit($0) || (0x61...0x66).contains($0 | 0x20) },
    ]

    @Sendable private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20)
    }

    @Sendable private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
