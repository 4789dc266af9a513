/// A regular expression as instructions of a nondeterministic machine.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case set(Int)
        /// The first is preferred.
        case split(Int, Int)
        case jump(Int)
        case assertion(PatternAssertion)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// For each set which of the first 128 scalars it has.
    private(set) var ascii: [ByteSet] = []
    /// Bytes that every match holds, where some are known.
    let literal: [UInt8]

    /// 20,000 instructions: a larger pattern is a mistake, and searching would be slow.
    static let limit = 20_000

    /// Compiles a pattern in the syntax of ripgrep.
    init(
        _ pattern: String, isCaseless: Bool = false, isMultiline: Bool = false
    ) throws(PatternError) {
        var parser = PatternParser(
            pattern, isCaseless: isCaseless, dotMatchesNewline: isMultiline)
        let node = try parser.parse()
        literal = PatternProgram.literal(of: node)
        try add(node)
        instructions.append(.match)
        ascii = sets.map { set in
            var out = ByteSet()
            for value in UInt8.min...127 where set.contains(Unicode.Scalar(value)) {
                out.insert(value)
            }
            return out
        }
    }

    func contains(_ set: Int, _ unit: UInt32) -> Bool {
        if unit < 128 { return ascii[set].contains(UInt8(truncatingIfNeeded: unit)) }
        return Unicode.Scalar(unit).map { sets[set].contains($0) } ?? false
    }

    private mutating func add(_ node: PatternNode) throws(PatternError) {
        guard instructions.count < PatternProgram.limit else {
            throw PatternError(offset: 0, reason: "the pattern is too large")
        }
        switch node {
        case .empty: break
        case .set(let set):
            let index = sets.firstIndex(of: set) ?? sets.count
            if index == sets.count { sets.append(set) }
            instructions.append(.set(index))
        case .assertion(let assertion): instructions.append(.assertion(assertion))
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .choice(let nodes):
            var jumps: [Int] = []
            for (index, node) in nodes.enumerated() {
                guard index < nodes.count - 1 else {
                    try add(node)
                    break
                }
                let split = instructions.count
                instructions.append(.split(split + 1, 0))
                try add(node)
                jumps.append(instructions.count)
                instructions.append(.jump(0))
                instructions[split] = .split(split + 1, instructions.count)
            }
            for jump in jumps { instructions[jump] = .jump(instructions.count) }
        case .repeated(let node, let low, let high, let isLazy):
            for _ in 0..<low { try add(node) }
            func split(_ inside: Int, _ after: Int) -> Instruction {
                isLazy ? .split(after, inside) : .split(inside, after)
            }
            guard let high else {
                let start = instructions.count
                instructions.append(.jump(0))
                try add(node)
                instructions.append(.jump(start))
                instructions[start] = split(start + 1, instructions.count)
                return
            }
            var splits: [Int] = []
            for _ in low..<max(low, high) {
                splits.append(instructions.count)
                instructions.append(.jump(0))
                try add(node)
            }
            for place in splits { instructions[place] = split(place + 1, instructions.count) }
        }
    }

    /// The longest run of plain characters that no match can be without.
    private static func literal(of node: PatternNode) -> [UInt8] {
        var best: [UInt8] = []
        var run: [UInt8] = []
        func close() {
            if run.count > best.count { best = run }
            run = []
        }
        func visit(_ node: PatternNode) {
            switch node {
            case .set(let set):
                if let scalar = set.single, !set.isCaseless || !scalar.hasCase, scalar != "\n" {
                    run += String(Character(scalar)).utf8
                } else {
                    close()
                }
            case .sequence(let nodes): nodes.forEach(visit)
            case .repeated(let inner, let low, _, _):
                close()
                if low > 0 { visit(inner) }
                close()
            case .choice: close()
            case .empty, .assertion: break
            }
        }
        visit(node)
        close()
        return best
    }
}

extension Unicode.Scalar {
    /// True when another case of it exists, or it may be another's case.
    fileprivate var hasCase: Bool { properties.isCased || properties.changesWhenCaseMapped }
}
