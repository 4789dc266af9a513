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

    /// Room for so many lines before the first growth.
    init(expecting lines: Int) {
        var capacity = 16
        while capacity < lines + lines / 2 { capacity *= 2 }
        slots = Array(repeating: 0, count: capacity)
        samples.reserveCapacity(lines)
    }

    /// One number per line of the file.
    mutating func ids(of table: LineTable) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(table.count)
        append(0..<table.count, of: table, to: &ids)
        return ids
    }

    /// The same for a file that is much like one that was numbered before: what both start and end with is not
    /// looked up again.
    mutating func ids(of table: LineTable, like known: LineTable, _ knownIDs: [Int32]) -> [Int32] {
        let common = known.commonEnds(with: table)
        var ids: [Int32] = []
        ids.reserveCapacity(table.count)
        ids += knownIDs.prefix(common.first)
        append(common.first..<table.count - common.last, of: table, to: &ids)
        ids += knownIDs.suffix(common.last)
        return ids
    }

    private mutating func append(_ lines: Range<Int>, of table: LineTable, to ids: inout [Int32]) {
        guard !lines.isEmpty else { return }
        tables.append(table)
        while (samples.count + lines.count) * 4 > slots.count * 3 { grow() }
        table.bytes.withUnsafeBytes { raw in
            for line in lines { ids.append(id(of: line, in: table, raw)) }
        }
    }

    private mutating func id(
        of line: Int, in table: LineTable, _ raw: UnsafeRawBufferPointer
    ) -> Int32 {
        let range = table.byteRange(of: line)
        let hash = LineScan.hash(raw, range)
        let tag = hash & 0xffff_ffff_0000_0000
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            if entry & 0xffff_ffff_0000_0000 == tag {
                let id = Int32(truncatingIfNeeded: entry) - 1
                let sample = samples[Int(id)]
                let isSame =
                    Int(sample.table) == tables.count - 1
                    ? LineScan.areEqual(raw, range, raw, table.byteRange(of: Int(sample.line)))
                    : tables[Int(sample.table)].holds(raw, range, at: Int(sample.line))
                if isSame { return id }
            }
            slot = (slot + 1) & mask
        }
        let id = Int32(samples.count)
        samples.append((Int32(tables.count - 1), Int32(line)))
        slots[slot] = tag | UInt64(id + 1)
        return id
    }

    private mutating func grow() {
        let capacity = slots.count * 2
        slots = Array(repeating: 0, count: capacity)
        for (id, sample) in samples.enumerated() {
            let hash = tables[Int(sample.table)].hash(of: Int(sample.line))
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = hash & 0xffff_ffff_0000_0000 | UInt64(id + 1)
        }
    }
}

extension LineTable {
    fileprivate func holds(
        _ raw: UnsafeRawBufferPointer, _ range: Range<Int>, at line: Int
    ) -> Bool {
        bytes.withUnsafeBytes { LineScan.areEqual(raw, range, $0, byteRange(of: line)) }
    }

    fileprivate func hash(of line: Int) -> UInt64 {
        bytes.withUnsafeBytes { LineScan.hash($0, byteRange(of: line)) }
    }
}
