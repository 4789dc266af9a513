/// Identifiers in a text: runs of letters, digits, `_` and bytes outside ASCII that do not start with a digit.
struct Tokens: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { rest = text }

    mutating func next() -> ArraySlice<UInt8>? {
        while let first = rest.first {
            let word = rest.prefix(while: Tokens.isWord)
            if word.isEmpty {
                rest.removeFirst()
                continue
            }
            rest = rest[word.endIndex...]
            if !(0x30...0x39).contains(first) { return word }
        }
        return nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }
}
