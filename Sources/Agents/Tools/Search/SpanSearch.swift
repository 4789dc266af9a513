/// Finds where matches begin and end: leftmost, and of those the one that the pattern prefers.
struct SpanSearch {
    private let program: PatternProgram

    init(_ program: PatternProgram) { self.program = program }

    /// The first match at or behind an offset; linear in the text.
    func first(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
        var threads: [(place: Int, start: Int)] = []
        var found: Range<Int>?
        var at = start
        var before: PatternBorder = start == 0 ? .start : SpanSearch.border(text, before: start)
        while true {
            var behind = at
            let unit = at < text.count ? PatternUnit.decode(text, &behind) : PatternUnit.end
            let next = PatternBorder(of: unit)
            if found == nil { threads.append((0, at)) }
            if threads.isEmpty { return found }
            var closure = PatternClosure(program, before, next)
            var survivors: [(place: Int, start: Int)] = []
            var reached = 0
            scan: for thread in threads {
                closure.add(thread.place)
                for place in closure.places[reached...] {
                    switch program.instructions[place] {
                    case .match:
                        found = thread.start..<at
                        // Everything behind it is preferred less.
                        break scan
                    case .set(let set):
                        if unit != PatternUnit.end, program.contains(set, unit) {
                            survivors.append((place + 1, thread.start))
                        }
                    default: break
                    }
                }
                reached = closure.places.count
            }
            threads = survivors
            if at >= text.count { return found }
            before = next
            at = behind
        }
    }

    /// All matches that do not overlap.
    func all(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var out: [Range<Int>] = []
        var at = 0
        while at <= text.count, let range = first(in: text, from: at) {
            // An empty match right behind a match is none.
            if !(range.isEmpty && out.last?.upperBound == range.lowerBound) { out.append(range) }
            at = range.upperBound
            if range.isEmpty {
                if at >= text.count { break }
                _ = PatternUnit.decode(text, &at)
            }
        }
        return out
    }

    private static func border(
        _ text: UnsafeBufferPointer<UInt8>, before offset: Int
    ) -> PatternBorder {
        var at = offset - 1
        while at > 0, text[at] & 0xc0 == 0x80, offset - at < 4 { at -= 1 }
        return PatternBorder(of: PatternUnit.decode(text, &at))
    }
}
