import TestSupport

/// Files and edited copies of them, made from a seed.
struct DiffCorpus {
    enum Kind: CaseIterable {
        /// Every line differs.
        case distinct
        /// Some lines differ, many are braces, blank lines and the like.
        case code
        /// Two to seven different lines in all.
        case tinyAlphabet
        /// Lines that occur far more than 64 times, between few others.
        case frequent
        /// Few lines, several hundred times, both sides unrelated.
        case unrelated
    }

    var random: SeededRandom

    init(seed: UInt64) {
        // Neighbouring seeds of this generator give one sequence, shifted; its outputs do not.
        var first = SeededRandom(seed: seed)
        random = SeededRandom(seed: first.next())
    }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    /// A line without its newline.
    mutating func line(_ kind: Kind, alphabet: Int) -> String {
        let braces = [
            "", "}", "    }", "{", "        return 0;", "    end", "#endif", "    else {",
        ]
        switch kind {
        case .distinct:
            return "line \(number(0..<1_000_000))"
        case .code:
            return chance(45) ? braces[number(0..<braces.count)] : "    call(\(number(0..<60)));"
        case .tinyAlphabet, .unrelated:
            return "symbol \(number(0..<alphabet))"
        case .frequent:
            return chance(12) ? "rare \(number(0..<30))" : "common \(number(0..<alphabet))"
        }
    }

    mutating func lines(_ kind: Kind, alphabet: Int, scale: Int = 1) -> [String] {
        let count =
            switch kind {
            case .frequent: number(100..<260) * scale
            case .unrelated: number(70..<250) * scale
            default: number(0..<40) * scale
            }
        return (0..<count).map { _ in line(kind, alphabet: alphabet) }
    }

    /// A copy with a few insertions, deletions, replacements, and blocks doubled or moved.
    mutating func edited(_ lines: [String], _ kind: Kind, alphabet: Int) -> [String] {
        var lines = lines
        if kind == .unrelated, chance(60) { return self.lines(kind, alphabet: alphabet) }
        for _ in 0..<number(1..<6) {
            let at = number(0..<lines.count + 1)
            let end = min(lines.count, at + number(0..<5))
            switch number(0..<6) {
            case 0: lines.insert(line(kind, alphabet: alphabet), at: at)
            case 1: lines.removeSubrange(at..<end)
            case 2: lines.insert(contentsOf: lines[at..<end], at: number(0..<lines.count + 1))
            case 3:
                let block = Array(lines[at..<end])
                lines.removeSubrange(at..<end)
                lines.insert(contentsOf: block, at: number(0..<lines.count + 1))
            default:
                let replacement = (0..<number(0..<4)).map { _ in line(kind, alphabet: alphabet) }
                lines.replaceSubrange(at..<end, with: replacement)
            }
        }
        return lines
    }

    /// How lines end in one file.
    enum Ending: CaseIterable {
        case newline
        case returnNewline
        case mixed
    }

    mutating func bytes(_ lines: [String], _ ending: Ending, isComplete: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, line) in lines.enumerated() {
            bytes += line.utf8
            // By its content, so that both sides mix alike.
            let hasReturn = ending == .returnNewline || (ending == .mixed && line.count % 2 == 0)
            if index < lines.count - 1 || isComplete { bytes += hasReturn ? [13, 10] : [10] }
        }
        return bytes
    }

    /// A base and `sides` copies of it, edited independently but often at the same places.
    mutating func files(_ kind: Kind, sides: Int, scale: Int = 1) -> (
        base: [UInt8], sides: [[UInt8]]
    ) {
        let alphabet = number(2..<8)
        let base = lines(kind, alphabet: alphabet, scale: scale)
        let ending = chance(70) ? .newline : chance(50) ? Ending.returnNewline : .mixed
        let common = chance(30) ? edited(base, kind, alphabet: alphabet) : base
        let files = (0..<sides).map { _ in
            let lines = edited(common, kind, alphabet: alphabet)
            let own = chance(95) ? ending : .newline
            return bytes(lines, own, isComplete: chance(85))
        }
        return (bytes(base, ending, isComplete: chance(85)), files)
    }

    /// Two long files with blocks in common, between stretches of lines that are each file's own
    /// or frequent in both: what Myers' shortcuts are about.
    mutating func patchwork() -> (base: [UInt8], side: [UInt8]) {
        var base: [String] = []
        var side: [String] = []
        let frequency = number(5..<60)
        for section in 0..<number(4..<12) {
            let block = (0..<number(10..<60)).map { "block \(section) line \($0)" }
            for isBase in [true, false] {
                let stretch = (0..<number(0..<250)).map { line -> String in
                    if chance(frequency) { return "frequent \(number(0..<3))" }
                    if chance(4) { return "block \(number(0..<12)) line \(number(0..<60))" }
                    return "\(isBase) \(section) \(line)"
                }
                if isBase { base += stretch + block } else { side += stretch + block }
            }
        }
        return (
            bytes(base, .newline, isComplete: true), bytes(side, .newline, isComplete: true)
        )
    }

    /// Two very long files of frequent lines with an edit every twenty lines or so.
    ///
    /// Only above 65,536 lines in all does Myers' search go on long enough to look for long
    /// diagonals.
    mutating func longRevision() -> (base: [UInt8], side: [UInt8]) {
        let base = (0..<36_000).map { _ in "frequent \(number(0..<4))" }
        var side: [String] = []
        for line in base {
            switch number(0..<100) {
            case 0..<3: if chance(50) { side += [line, "frequent \(number(0..<4))"] }
            case 3..<6: side.append("frequent \(number(0..<4))")
            default: side.append(line)
            }
        }
        return (
            bytes(base, .newline, isComplete: true), bytes(side, .newline, isComplete: true)
        )
    }
}
