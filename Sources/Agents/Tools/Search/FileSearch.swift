import Glibc

/// Searches one file's content for a pattern.
struct FileSearch {
    private let program: PatternProgram
    private let isMultiline: Bool
    private var automaton: LineAutomaton

    init(_ program: PatternProgram, isMultiline: Bool) {
        self.program = program
        self.isMultiline = isMultiline
        automaton = LineAutomaton(program)
    }

    /// What was found in a file, lines counted from 0.
    struct Found {
        /// The lines that matches touch, in order.
        var lines: [Int] = []
        /// Offsets of the starts of all lines; only where lines will be shown.
        var starts: [Int] = []
        /// Each match, within the file, with its first line; only where they were asked for.
        var spans: [(line: Int, range: Range<Int>)] = []
        /// What a count of the file says.
        var count = 0
    }

    /// How much has to be known.
    enum Want { case existence, lines, spans }

    /// Nil for a binary file: one with NUL in its first 64 KiB.
    mutating func search(_ bytes: [UInt8], _ want: Want) -> Found? {
        bytes.withUnsafeBufferPointer { buffer in
            let head = min(buffer.count, 1 << 16)
            if let base = buffer.baseAddress, memchr(base, 0, head) != nil { return nil }
            return isMultiline ? whole(buffer, want) : byLines(buffer, want)
        }
    }

    private mutating func byLines(_ text: UnsafeBufferPointer<UInt8>, _ want: Want) -> Found {
        var found = Found()
        let literal = program.literal
        var line = 0
        var at = 0
        while at < text.count {
            if literal.count > 1 {
                // No match can be without these bytes: the lines before them need no look.
                guard let hit = FileSearch.find(literal, in: text, from: at) else { break }
                while let end = FileSearch.newline(text, from: at), end < hit {
                    line += 1
                    at = end + 1
                }
            }
            let end = FileSearch.newline(text, from: at) ?? text.count
            let slice = UnsafeBufferPointer(rebasing: text[at..<end])
            if automaton.matches(slice) {
                found.lines.append(line)
                if want == .existence {
                    found.count = 1
                    return found
                }
                if want == .spans {
                    for range in SpanSearch(program).all(in: slice) where !range.isEmpty {
                        found.spans.append((line, at + range.lowerBound..<at + range.upperBound))
                    }
                }
            }
            line += 1
            at = end + 1
        }
        found.count = found.lines.count
        if want != .existence, !found.lines.isEmpty { found.starts = FileSearch.starts(text) }
        return found
    }

    private func whole(_ text: UnsafeBufferPointer<UInt8>, _ want: Want) -> Found {
        var found = Found()
        let literal = program.literal
        if !literal.isEmpty, FileSearch.find(literal, in: text, from: 0) == nil { return found }
        if want == .existence {
            found.count = SpanSearch(program).first(in: text, from: 0) == nil ? 0 : 1
            return found
        }
        let starts = FileSearch.starts(text)
        var line = 0
        for range in SpanSearch(program).all(in: text) {
            if range.lowerBound >= text.count, range.isEmpty { continue }
            while line + 1 < starts.count, starts[line + 1] <= range.lowerBound { line += 1 }
            var last = line
            while last + 1 < starts.count, starts[last + 1] < range.upperBound { last += 1 }
            for one in line...last where found.lines.last.map({ $0 < one }) ?? true {
                found.lines.append(one)
            }
            found.spans.append((line, range))
            found.count += 1
        }
        found.starts = starts
        return found
    }

    private static func newline(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard start < text.count, let base = text.baseAddress,
            let hit = memchr(base + start, 10, text.count - start)
        else { return nil }
        return UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }

    /// Offset of the first occurrence.
    static func find(_ wanted: [UInt8], in text: UnsafeBufferPointer<UInt8>, from start: Int)
        -> Int?
    {
        guard let base = text.baseAddress, let first = wanted.first else { return nil }
        var at = start
        let last = text.count - wanted.count
        while at <= last {
            guard let hit = memchr(base + at, Int32(first), last - at + 1) else { return nil }
            let place = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
            if memcmp(base + place, wanted, wanted.count) == 0 { return place }
            at = place + 1
        }
        return nil
    }

    private static func starts(_ text: UnsafeBufferPointer<UInt8>) -> [Int] {
        var starts = text.isEmpty ? [] : [0]
        var at = 0
        while let end = newline(text, from: at) {
            at = end + 1
            if at < text.count { starts.append(at) }
        }
        return starts
    }
}
