/// Gives equal lines of several files one number, so that comparing lines is comparing integers.
///
/// Numbers count from 0 in the order in which lines are first met; bytes decide, not hashes.
struct LineInterner {
    /// One past the greatest number given.
    var count: Int { samples.count }

    private var tables: [LineTable] = []
    /// For each number, a line that has it.
    private var samples: [(table: Int32, line: Int32)] = []
    /// Open addressing: the hash's upper half, then the number + 1; 0 is a free slot.
    private var slots: [UInt64]
    private var mask: Int

    /// Room for so many lines before the first growth.
    init(expecting lines: Int) {
        var capacity = 16
        while capacity < lines + lines / 2 { capacity *= 2 }
        slots = Array(repeating: 0, count: capacity)
        mask = capacity - 1
    }

    /// One number per line of the file.
    mutating func ids(of table: LineTable) -> [Int32] {
        tables.append(table)
        let own = Int32(tables.count - 1)
        var ids: [Int32] = []
        ids.reserveCapacity(table.count)
        table.bytes.withUnsafeBytes { raw in
            for line in 0..<table.count {
                ids.append(id(of: line, in: table, raw, own: own))
            }
        }
        return ids
    }

    private mutating func id(
        of line: Int, in table: LineTable, _ raw: UnsafeRawBufferPointer, own: Int32
    ) -> Int32 {
        let hash = table.hashes[line]
        let tag = hash & 0xffff_ffff_0000_0000
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            if entry & 0xffff_ffff_0000_0000 == tag {
                let id = Int32(truncatingIfNeeded: entry) - 1
                let sample = samples[Int(id)]
                let other = tables[Int(sample.table)]
                let otherRange = other.byteRange(of: Int(sample.line))
                let isSame = other.bytes.withUnsafeBytes {
                    LineScan.areEqual(raw, table.byteRange(of: line), $0, otherRange)
                }
                if isSame { return id }
            }
            slot = (slot + 1) & mask
        }
        let id = Int32(samples.count)
        samples.append((own, Int32(line)))
        slots[slot] = tag | UInt64(id + 1)
        if samples.count * 4 > slots.count * 3 { grow() }
        return id
    }

    private mutating func grow() {
        let capacity = slots.count * 2
        mask = capacity - 1
        slots = Array(repeating: 0, count: capacity)
        for (id, sample) in samples.enumerated() {
            let hash = tables[Int(sample.table)].hashes[Int(sample.line)]
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = hash & 0xffff_ffff_0000_0000 | UInt64(id + 1)
        }
    }
}
