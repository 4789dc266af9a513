/// A file's bytes, split into lines and hashed once.
///
/// A line includes its newline, so a last line without one differs from the same text with one.
/// A carriage return is part of its line. Lines are counted from 0.
package struct LineTable: Sendable {
    /// The whole file, unchanged.
    package let bytes: [UInt8]
    /// Where each line starts, and after them the length of the file.
    private let offsets: [Int]
    /// One hash per line; equal lines have equal hashes.
    let hashes: [UInt64]

    /// Splits and hashes at once, in one pass over the bytes.
    package init(_ bytes: [UInt8]) {
        var offsets = [0]
        var hashes: [UInt64] = []
        bytes.withUnsafeBytes { raw in
            // 32 bytes: an average source line; more lines than that only grow the arrays.
            offsets.reserveCapacity(raw.count / 32 + 2)
            hashes.reserveCapacity(raw.count / 32 + 1)
            var start = 0
            while start < raw.count {
                let end = LineScan.lineEnd(raw, from: start)
                hashes.append(LineScan.hash(raw, start..<end))
                offsets.append(end)
                start = end
            }
        }
        self.bytes = bytes
        self.offsets = offsets
        self.hashes = hashes
    }

    /// Splits the text's UTF-8.
    package init(_ text: some StringProtocol) { self.init(Array(text.utf8)) }

    /// Number of lines; an empty file has none.
    package var count: Int { hashes.count }

    /// Where the line's bytes are in `bytes`.
    func byteRange(of line: Int) -> Range<Int> { offsets[line]..<offsets[line + 1] }

    /// The lines' bytes, newlines included; shares the table's storage.
    package func bytes(of lines: Range<Int>) -> ArraySlice<UInt8> {
        bytes[offsets[lines.lowerBound]..<offsets[lines.upperBound]]
    }

    /// Whether git calls the content binary: a NUL in its first 8,000 bytes.
    package var isBinary: Bool { LineTable.isBinary(bytes) }

    /// Whether git calls the content binary: a NUL in its first 8,000 bytes.
    package static func isBinary(_ bytes: [UInt8]) -> Bool {
        // 8000: FIRST_FEW_BYTES of git's buffer_is_binary.
        bytes.withUnsafeBytes { LineScan.hasZero($0, before: min($0.count, 8000)) }
    }
}

/// Reads eight bytes at a time, since splitting and hashing touch every byte of every file.
enum LineScan {
    /// The offset after the first newline at or after `start`, or the end.
    static func lineEnd(_ raw: UnsafeRawBufferPointer, from start: Int) -> Int {
        let newlines: UInt64 = 0x0a0a_0a0a_0a0a_0a0a
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = start
        while at + 8 <= raw.count {
            let word = load(raw, at) ^ newlines
            // The lowest byte that was a newline is marked exactly; higher marks may be false.
            let marks = (word &- ones) & ~word & (ones << 7)
            if marks != 0 { return at + marks.trailingZeroBitCount / 8 + 1 }
            at += 8
        }
        while at < raw.count {
            if raw[at] == 0x0a { return at + 1 }
            at += 1
        }
        return raw.count
    }

    /// Whether a byte before `end` is 0.
    static func hasZero(_ raw: UnsafeRawBufferPointer, before end: Int) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = 0
        while at + 8 <= end {
            let word = load(raw, at)
            if (word &- ones) & ~word & (ones << 7) != 0 { return true }
            at += 8
        }
        while at < end {
            if raw[at] == 0 { return true }
            at += 1
        }
        return false
    }

    static func hash(_ raw: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: range.count) &* 0x9e37_79b9_7f4a_7c15
        var at = range.lowerBound
        while at + 8 <= range.upperBound {
            hash = mix(hash ^ load(raw, at))
            at += 8
        }
        var tail: UInt64 = 0
        while at < range.upperBound {
            tail = tail << 8 | UInt64(raw[at])
            at += 1
        }
        return mix(hash ^ tail)
    }

    static func areEqual(
        _ a: UnsafeRawBufferPointer, _ aRange: Range<Int>, _ b: UnsafeRawBufferPointer,
        _ bRange: Range<Int>
    ) -> Bool {
        guard aRange.count == bRange.count else { return false }
        var at = aRange.lowerBound
        let shift = bRange.lowerBound - aRange.lowerBound
        while at + 8 <= aRange.upperBound {
            if load(a, at) != load(b, at + shift) { return false }
            at += 8
        }
        while at < aRange.upperBound {
            if a[at] != b[at + shift] { return false }
            at += 1
        }
        return true
    }

    private static func load(_ raw: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        return product.high ^ product.low ^ value >> 29
    }
}
