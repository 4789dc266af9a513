/// A file's bytes, split into lines once.
///
/// A line includes its newline, so a last line without one differs from the same text with one.
/// A carriage return is part of its line. Lines are counted from 0.
package struct LineTable: Sendable {
    /// The whole file, unchanged.
    package let bytes: [UInt8]
    /// Where each line starts, and after them the length of the file.
    private let offsets: [Int]

    /// Splits in one pass over the bytes.
    package init(_ bytes: [UInt8]) {
        var offsets: [Int] = []
        bytes.withUnsafeBytes { raw in
            // 24 bytes: short for an average source line; more lines than that only grow the array.
            offsets.reserveCapacity(raw.count / 24 + 2)
            offsets.append(0)
            var start = 0
            while start < raw.count {
                start = LineScan.lineEnd(raw, from: start)
                offsets.append(start)
            }
        }
        self.bytes = bytes
        self.offsets = offsets
    }

    /// Splits the text's UTF-8.
    package init(_ text: some StringProtocol) { self.init(Array(text.utf8)) }

    /// Number of lines; an empty file has none.
    package var count: Int { offsets.count - 1 }

    /// Where the line's bytes are in `bytes`.
    func byteRange(of line: Int) -> Range<Int> { offsets[line]..<offsets[line + 1] }

    /// The lines' bytes, newlines included; shares the table's storage.
    package func bytes(of lines: Range<Int>) -> ArraySlice<UInt8> {
        bytes[offsets[lines.lowerBound]..<offsets[lines.upperBound]]
    }

    /// How many lines at the start, and of the others how many at the end, are the same in both.
    func commonEnds(with other: LineTable) -> (first: Int, last: Int) {
        bytes.withUnsafeBytes { mine in
            other.bytes.withUnsafeBytes { theirs in
                let prefix = LineScan.commonPrefix(mine, 0, theirs, 0)
                var first = 0
                while first < min(count, other.count), offsets[first + 1] <= prefix,
                    other.offsets[first + 1] == offsets[first + 1]
                {
                    first += 1
                }
                let suffix = LineScan.commonSuffix(mine, theirs)
                let shift = theirs.count - mine.count
                var last = 0
                // A line has to start there in both: the bytes before may be others.
                while last < min(count, other.count) - first,
                    mine.count - offsets[count - last - 1] <= suffix,
                    other.offsets[other.count - last - 1] == offsets[count - last - 1] + shift
                {
                    last += 1
                }
                return (first, last)
            }
        }
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
        if range.count < 8 { return mix(hash ^ short(raw, range)) }
        var at = range.lowerBound
        while at + 8 <= range.upperBound {
            hash = mix(hash ^ load(raw, at))
            at += 8
        }
        // The last eight bytes, of which some were in the word before.
        return mix(hash ^ load(raw, range.upperBound - 8))
    }

    static func areEqual(
        _ a: UnsafeRawBufferPointer, _ aRange: Range<Int>, _ b: UnsafeRawBufferPointer,
        _ bRange: Range<Int>
    ) -> Bool {
        guard aRange.count == bRange.count else { return false }
        if aRange.count < 8 { return short(a, aRange) == short(b, bRange) }
        var at = aRange.lowerBound
        let shift = bRange.lowerBound - aRange.lowerBound
        while at + 8 <= aRange.upperBound {
            if load(a, at) != load(b, at + shift) { return false }
            at += 8
        }
        return load(a, aRange.upperBound - 8) == load(b, bRange.upperBound - 8)
    }

    /// Fewer than eight bytes as one number, which the number of them is not part of.
    private static func short(_ raw: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
        var word: UInt64 = 0
        for at in range { word = word << 8 | UInt64(raw[at]) }
        return word
    }

    /// How many bytes are the same in both, from an offset in each.
    static func commonPrefix(
        _ a: UnsafeRawBufferPointer, _ aStart: Int, _ b: UnsafeRawBufferPointer, _ bStart: Int
    ) -> Int {
        let limit = min(a.count - aStart, b.count - bStart)
        var count = 0
        while count + 8 <= limit {
            let difference = load(a, aStart + count) ^ load(b, bStart + count)
            if difference != 0 { return count + difference.trailingZeroBitCount / 8 }
            count += 8
        }
        while count < limit, a[aStart + count] == b[bStart + count] { count += 1 }
        return count
    }

    /// How many bytes are the same at the end of both.
    static func commonSuffix(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        let limit = min(a.count, b.count)
        var count = 0
        while count + 8 <= limit {
            let difference = load(a, a.count - count - 8) ^ load(b, b.count - count - 8)
            if difference != 0 { return count + difference.leadingZeroBitCount / 8 }
            count += 8
        }
        while count < limit, a[a.count - count - 1] == b[b.count - count - 1] { count += 1 }
        return count
    }

    private static func load(_ raw: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        return product.high ^ product.low ^ value >> 29
    }
}
