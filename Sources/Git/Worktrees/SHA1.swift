/// SHA-1 of bytes at hand, for the trailer of an index file: libgit2 hashes only objects.
struct SHA1 {
    private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
        0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0
    )

    /// The 20 bytes of the hash.
    static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = SHA1()
        let whole = bytes.count / 64 * 64
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
            for at in stride(from: 0, to: whole, by: 64) {
                hash.take(UnsafeRawBufferPointer(rebasing: bytes[at..<at + 64]), words)
            }
            var tail = Array(bytes[whole...]) + [0x80]
            tail += [UInt8](repeating: 0, count: (120 - tail.count) % 64)
            withUnsafeBytes(of: UInt64(bytes.count * 8).bigEndian) { tail += $0 }
            tail.withUnsafeBytes { tail in
                for at in stride(from: 0, to: tail.count, by: 64) {
                    hash.take(UnsafeRawBufferPointer(rebasing: tail[at..<at + 64]), words)
                }
            }
        }
        let words = hash.state
        return [words.0, words.1, words.2, words.3, words.4].flatMap { word in
            withUnsafeBytes(of: word.bigEndian) { Array($0) }
        }
    }

    /// One block of 64 bytes; `words` is room for 80.
    @inline(__always)
    private mutating func take(
        _ block: UnsafeRawBufferPointer, _ words: UnsafeMutableBufferPointer<UInt32>
    ) {
        for at in 0..<16 {
            words[at] = UInt32(
                bigEndian: block.loadUnaligned(fromByteOffset: at &* 4, as: UInt32.self))
        }
        for at in 16..<80 {
            let word = words[at &- 3] ^ words[at &- 8] ^ words[at &- 14] ^ words[at &- 16]
            words[at] = word << 1 | word >> 31
        }
        var (a, b, c, d, e) = state
        @inline(__always) func round(_ mixed: UInt32, _ constant: UInt32, _ word: UInt32) {
            let next = (a << 5 | a >> 27) &+ mixed &+ e &+ constant &+ word
            (e, d, c, b, a) = (d, c, b << 30 | b >> 2, a, next)
        }
        for at in 0..<20 { round((b & c) | (~b & d), 0x5a82_7999, words[at]) }
        for at in 20..<40 { round(b ^ c ^ d, 0x6ed9_eba1, words[at]) }
        for at in 40..<60 { round((b & c) | (b & d) | (c & d), 0x8f1b_bcdc, words[at]) }
        for at in 60..<80 { round(b ^ c ^ d, 0xca62_c1d6, words[at]) }
        state = (
            state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e
        )
    }
}
