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
        self = withUnsafeBytes(of: id.id) { ObjectID(raw: $0, at: 0) }
    }

    /// Reads the 20 bytes from `offset` on, which must be there.
    init(raw bytes: UnsafeRawBufferPointer, at offset: Int) {
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        middle = UInt64(
            bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        low = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt32.self))
    }

    /// For calls of the library.
    var raw: git_oid {
        var id = git_oid()
        withUnsafeMutableBytes(of: &id.id) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
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
