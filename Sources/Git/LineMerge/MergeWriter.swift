/// Writes merged lines and conflict markers.
struct MergeWriter {
    private let base: LineTable
    private let ours: LineTable
    private let theirs: LineTable
    private let options: LineMerge.Options
    private(set) var result: LineMergeResult
    /// Lines written so far.
    private var line = 0
    /// Our next line that is not written yet: what no chunk covers is the same in all files.
    private var oursNext = 0

    init(base: LineTable, ours: LineTable, theirs: LineTable, options: LineMerge.Options) {
        self.base = base
        self.ours = ours
        self.theirs = theirs
        self.options = options
        result = LineMergeResult(bytes: [])
        result.bytes.reserveCapacity(max(ours.bytes.count, theirs.bytes.count) + 256)
    }

    /// Writes the whole file.
    mutating func write(_ chunks: [MergeChunk]) {
        for chunk in chunks {
            // Text that both sides agree on is among ours and follows with the next copy.
            if chunk.source == .both { continue }
            copy(ours, oursNext..<chunk.ours.lowerBound)
            switch chunk.source {
            case .both: break
            case .ours: copy(ours, chunk.ours)
            case .theirs: copy(theirs, chunk.theirs)
            case .conflict: settle(chunk)
            }
            oursNext = chunk.ours.upperBound
        }
        copy(ours, oursNext..<ours.count)
    }

    private mutating func settle(_ chunk: MergeChunk) {
        switch options.favor {
        case .markers:
            writeConflict(chunk)
        case .ours:
            copy(ours, chunk.ours)
        case .theirs:
            copy(theirs, chunk.theirs)
        case .union:
            copy(ours, chunk.ours, completing: true, hasReturn: needsReturn(chunk))
            copy(theirs, chunk.theirs)
        }
    }

    private mutating func writeConflict(_ chunk: MergeChunk) {
        let start = line
        let hasReturn = needsReturn(chunk)
        let labels = options.labels
        marker("<", labels.ours, hasReturn)
        copy(ours, chunk.ours, completing: true, hasReturn: hasReturn)
        if options.style != .merge {
            marker("|", labels.base, hasReturn)
            copy(base, chunk.base, completing: true, hasReturn: hasReturn)
        }
        marker("=", nil, hasReturn)
        copy(theirs, chunk.theirs, completing: true, hasReturn: hasReturn)
        marker(">", labels.theirs, hasReturn)
        result.conflicts.append(
            ConflictBlock(
                base: chunk.base, ours: chunk.ours, theirs: chunk.theirs, output: start..<line))
    }

    private mutating func marker(_ sign: Unicode.Scalar, _ label: String?, _ hasReturn: Bool) {
        let size = options.markerSize > 0 ? options.markerSize : 7
        result.bytes.append(
            contentsOf: repeatElement(UInt8(truncatingIfNeeded: sign.value), count: size))
        if let label { result.bytes += [0x20] + Array(label.utf8) }
        endLine(hasReturn)
        line += 1
    }

    /// Copies lines; `completing` gives a last line without a newline one.
    private mutating func copy(
        _ table: LineTable, _ lines: Range<Int>, completing: Bool = false, hasReturn: Bool = false
    ) {
        guard !lines.isEmpty else { return }
        result.bytes += table.bytes(of: lines)
        line += lines.count
        if completing, result.bytes.last != 0x0a { endLine(hasReturn) }
    }

    private mutating func endLine(_ hasReturn: Bool) {
        if hasReturn { result.bytes.append(0x0d) }
        result.bytes.append(0x0a)
    }

    /// Whether lines that the merge makes up end in CR LF: only if both sides' lines before the
    /// conflict and the base's first line do; a file that shows no line end has no say.
    private func needsReturn(_ chunk: MergeChunk) -> Bool {
        let votes = [
            endsInReturn(ours, max(chunk.ours.lowerBound - 1, 0)),
            endsInReturn(theirs, max(chunk.theirs.lowerBound - 1, 0)),
            endsInReturn(base, 0),
        ]
        return !votes.contains(false) && votes[2] == true
    }

    private func endsInReturn(_ table: LineTable, _ line: Int) -> Bool? {
        guard table.count > 0 else { return nil }
        let bytes = table.bytes(of: line..<line + 1)
        if bytes.last == 0x0a { return bytes.dropLast().last == 0x0d }
        // Only a file's last line has no newline; the one before it tells.
        return line == 0 ? nil : endsInReturn(table, line - 1)
    }
}
