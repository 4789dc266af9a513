import Base
import CLibgit2

/// Name of a git object: the SHA-1 of its content.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// Takes 20 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 20 else { return nil }
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        for (index, byte) in bytes.enumerated() {
            switch index {
            case 0..<8: words.0 = words.0 << 8 | UInt64(byte)
            case 8..<16: words.1 = words.1 << 8 | UInt64(byte)
            default: words.2 = words.2 << 8 | UInt32(byte)
            }
        }
        (high, middle, low) = words
    }

    /// Takes 40 hexadecimal digits.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 40, let bytes = [UInt8](hexadecimal: text) else { return nil }
        self.init(bytes: bytes)
    }

    init(_ id: git_oid) {
        let bytes = withUnsafeBytes(of: id.id) { Array($0) }
        func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        (high, middle, low) = (word(0..<8), word(8..<16), UInt32(word(16..<20)))
    }

    /// For calls of the library.
    var raw: git_oid {
        var id = git_oid()
        let source = bytes
        withUnsafeMutableBytes(of: &id.id) { $0.copyBytes(from: source) }
        return id
    }

    /// 20 bytes.
    package var bytes: [UInt8] {
        func split(_ word: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
            withUnsafeBytes(of: word.bigEndian) { Array($0) }
        }
        return split(high) + split(middle) + split(low)
    }

    /// 40 lower-case hexadecimal digits.
    package var description: String { bytes.hexadecimal }

    /// The first ten digits: for people only.
    package var short: String { String(description.prefix(10)) }

    /// The ID that means "none" where git writes one.
    package static let zero = ObjectID(high: 0, middle: 0, low: 0)

    /// The tree without entries, which need not be stored.
    package static let emptyTree = ObjectID(
        high: 0x4b82_5dc6_42cb_6eb9, middle: 0xa060_e54b_f8d6_9288, low: 0xfbee_4904)

    private init(high: UInt64, middle: UInt64, low: UInt32) {
        (self.high, self.middle, self.low) = (high, middle, low)
    }

    package static func < (a: ObjectID, b: ObjectID) -> Bool {
        (a.high, a.middle, a.low) < (b.high, b.middle, b.low)
    }
}
