/// Finds the lines in which a pattern matches: a deterministic machine that is made while it runs.
///
/// Linear in the text. Not for two searches at once.
struct LineAutomaton {
    private let program: PatternProgram
    /// Of each state the next for 128 scalars and the end of a line; -1 where not known yet.
    private var table: [Int32] = []
    private var others: [UInt64: Int32] = [:]
    private var states: [State] = []
    private var known: [State: Int32] = [:]

    private struct State: Hashable {
        let threads: [Int32]
        let before: PatternBorder
    }

    private static let width = 129
    private static let matched = Int32.max
    private static let dead = Int32.max - 1
    /// States that are kept: a pattern may have very many.
    private static let stateLimit = 4000

    init(_ program: PatternProgram) {
        self.program = program
        _ = intern(State(threads: [], before: .start))
    }

    /// True when the line, without its end, has a match.
    mutating func matches(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        var state: Int32 = 0
        var at = 0
        while at < line.count {
            let byte = line[at]
            var next: Int32
            if byte < 128 {
                at += 1
                next = table[Int(state) * LineAutomaton.width + Int(byte)]
                if next < 0 { next = step(&state, UInt32(byte)) }
            } else {
                let unit = PatternUnit.decode(line, &at)
                let key = UInt64(UInt32(bitPattern: state)) << 32 | UInt64(unit)
                next = others[key] ?? -1
                if next < 0 { next = step(&state, unit) }
            }
            if next == LineAutomaton.matched { return true }
            state = next
        }
        var next = table[Int(state) * LineAutomaton.width + 128]
        if next < 0 { next = step(&state, PatternUnit.end) }
        return next == LineAutomaton.matched
    }

    private mutating func step(_ state: inout Int32, _ unit: UInt32) -> Int32 {
        if states.count > LineAutomaton.stateLimit {
            // Starts anew with the present state in the second place.
            let present = states[Int(state)]
            (table, others, states, known) = ([], [:], [], [:])
            _ = intern(State(threads: [], before: .start))
            state = intern(present)
        }
        let from = states[Int(state)]
        var closure = PatternClosure(program, from.before, PatternBorder(of: unit))
        for thread in from.threads { closure.add(Int(thread)) }
        closure.add(0)
        let result: Int32
        if closure.hasMatch {
            result = LineAutomaton.matched
        } else if unit == PatternUnit.end {
            result = LineAutomaton.dead
        } else {
            var next: [Int32] = []
            for place in closure.places {
                if case .set(let set) = program.instructions[place], program.contains(set, unit) {
                    next.append(Int32(place + 1))
                }
            }
            result = intern(State(threads: next.sorted(), before: PatternBorder(of: unit)))
        }
        if unit < 128 {
            table[Int(state) * LineAutomaton.width + Int(unit)] = result
        } else if unit == PatternUnit.end {
            table[Int(state) * LineAutomaton.width + 128] = result
        } else {
            others[UInt64(UInt32(bitPattern: state)) << 32 | UInt64(unit)] = result
        }
        return result
    }

    private mutating func intern(_ state: State) -> Int32 {
        if let number = known[state] { return number }
        let number = Int32(states.count)
        states.append(state)
        known[state] = number
        table += repeatElement(-1, count: LineAutomaton.width)
        return number
    }
}

/// One scalar of a text, and what stands for none.
enum PatternUnit {
    /// A byte that is no part of valid UTF-8: in no set.
    static let invalid: UInt32 = 0x11_0000
    static let end: UInt32 = 0x11_0001

    /// Reads one scalar and moves behind it.
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> UInt32 {
        let first = bytes[at]
        at += 1
        if first < 0x80 { return UInt32(first) }
        let length = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
        guard first >= 0xc2, first < 0xf5, at + length <= bytes.count else { return invalid }
        var value = UInt32(first) & (length == 1 ? 0x1f : length == 2 ? 0x0f : 0x07)
        for place in at..<at + length {
            guard bytes[place] & 0xc0 == 0x80 else { return invalid }
            value = value << 6 | UInt32(bytes[place] & 0x3f)
        }
        let least: UInt32 = length == 1 ? 0x80 : length == 2 ? 0x800 : 0x1_0000
        guard value >= least, Unicode.Scalar(value) != nil else { return invalid }
        at += length
        return value
    }
}

/// What stands on one side of a place, as far as assertions ask.
enum PatternBorder: Hashable, Sendable {
    case start, end, newline, word, other

    init(of unit: UInt32) {
        if unit == PatternUnit.end {
            self = .end
        } else if unit == 10 {
            self = .newline
        } else {
            let isWord = Unicode.Scalar(unit).map { scalar in
                scalar.value < 128
                    ? scalar == "_" || scalar.properties.isAlphabetic
                        || (0x30...0x39).contains(scalar.value)
                    : ScalarSet.Property.word.contains(scalar)
            }
            self = isWord == true ? .word : .other
        }
    }

    func holds(_ assertion: PatternAssertion, before next: PatternBorder) -> Bool {
        let (left, right) = (self == .word, next == .word)
        return switch assertion {
        case .lineStart: self == .start || self == .newline
        case .lineEnd: next == .end || next == .newline
        case .textStart: self == .start
        case .textEnd: next == .end
        case .wordBoundary: left != right
        case .noWordBoundary: left == right
        case .wordStart: !left && right
        case .wordEnd: left && !right
        }
    }
}

/// The instructions that can be reached without reading, in the order of preference.
struct PatternClosure {
    private let program: PatternProgram
    private let before: PatternBorder
    private let next: PatternBorder
    private var seen: [Bool]
    private var pending: [Int] = []
    private(set) var places: [Int] = []
    private(set) var hasMatch = false

    init(_ program: PatternProgram, _ before: PatternBorder, _ next: PatternBorder) {
        self.program = program
        self.before = before
        self.next = next
        seen = Array(repeating: false, count: program.instructions.count)
    }

    /// Adds what a place leads to; a match ends the preference order behind it.
    mutating func add(_ start: Int) {
        pending.append(start)
        while let place = pending.popLast() {
            if seen[place] { continue }
            seen[place] = true
            switch program.instructions[place] {
            case .jump(let target): pending.append(target)
            case .split(let first, let second):
                pending.append(second)
                pending.append(first)
            case .assertion(let assertion):
                if before.holds(assertion, before: next) { pending.append(place + 1) }
            case .set: places.append(place)
            case .match:
                hasMatch = true
                places.append(place)
            }
        }
    }
}
