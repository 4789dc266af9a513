/// Maximum independent set of a connected graph by branch and bound, with the reductions for degrees 0 and 1.
///
/// Vertices are bits, so that a degree is a count of bits.
struct IndependentSetSearch {
    private(set) var nodesLeft: Int
    /// False when the search was cut and the set may not be the largest.
    private(set) var isExact = true
    private let vertices: [Int]
    private let neighbours: [BitSet]
    /// What a node takes from the limit: it looks at all vertices, each in as many words.
    private let cost: Int
    private var best = BitSet(count: 0)

    /// - Parameters:
    ///   - vertices: a group of the graph, ascending.
    ///   - limit: nodes of the search before it is content with the best set so far; those of a large group count several times.
    init(of vertices: [Int], neighbours: [Set<Int>], limit: Int) {
        self.vertices = vertices
        nodesLeft = limit
        cost = 1 + vertices.count * vertices.count / (64 * 64)
        let index = Dictionary(
            vertices.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        self.neighbours = vertices.map { vertex in
            var bits = BitSet(count: vertices.count)
            for other in neighbours[vertex] { if let bit = index[other] { bits.insert(bit) } }
            return bits
        }
    }

    mutating func run() -> [Int] {
        let all = BitSet(full: vertices.count)
        best = improved(greedy(all))
        extend(taken: BitSet(count: vertices.count), rest: all)
        return best.members.map { vertices[$0] }
    }

    /// Takes a vertex of minimum degree again and again; ties go to the lower one.
    private func greedy(_ all: BitSet) -> BitSet {
        var rest = all
        var taken = BitSet(count: vertices.count)
        while let next = least(rest) { take(next, &taken, &rest) }
        return taken
    }

    /// Gives a vertex up for two that conflict with none but it, as long as there are such.
    private func improved(_ set: BitSet) -> BitSet {
        var taken = set
        var isBetter = true
        while isBetter {
            isBetter = false
            for vertex in taken.members {
                guard let two = replacement(of: vertex, in: taken) else { continue }
                taken.remove(vertex)
                taken.insert(two.0)
                taken.insert(two.1)
                isBetter = true
            }
        }
        return taken
    }

    /// Two vertices that do not conflict with each other, and of the set with `vertex` alone.
    private func replacement(of vertex: Int, in taken: BitSet) -> (Int, Int)? {
        var candidates = neighbours[vertex]
        for other in neighbours[vertex].members where degree(other, taken) > 1 {
            candidates.remove(other)
        }
        for one in candidates.members {
            candidates.remove(one)
            var others = candidates
            others.subtract(neighbours[one])
            if let other = others.first(from: 0) { return (one, other) }
        }
        return nil
    }

    /// The first vertex of minimum degree.
    private func least(_ rest: BitSet) -> Int? {
        var found: (vertex: Int, degree: Int)?
        var next = rest.first(from: 0)
        while let vertex = next {
            let degree = degree(vertex, rest)
            if degree < found?.degree ?? .max { found = (vertex, degree) }
            next = rest.first(from: vertex + 1)
        }
        return found?.vertex
    }

    /// The first vertex that can be taken at once, with a degree of 0 or 1, or else the first one of maximum degree.
    private func easyOrWidest(_ rest: BitSet) -> (vertex: Int, degree: Int)? {
        var widest: (vertex: Int, degree: Int)?
        var next = rest.first(from: 0)
        while let vertex = next {
            let degree = degree(vertex, rest)
            if degree <= 1 { return (vertex, degree) }
            if degree > widest?.degree ?? -1 { widest = (vertex, degree) }
            next = rest.first(from: vertex + 1)
        }
        return widest
    }

    private func degree(_ vertex: Int, _ rest: BitSet) -> Int {
        neighbours[vertex].countShared(with: rest)
    }

    private func take(_ vertex: Int, _ taken: inout BitSet, _ rest: inout BitSet) {
        taken.insert(vertex)
        rest.remove(vertex)
        rest.subtract(neighbours[vertex])
    }

    /// Whether covering `rest` with groups in which all conflict takes more of them than a number: one at most of each
    /// can be taken.
    private func cliques(covering rest: BitSet, moreThan limit: Int) -> Bool {
        var rest = rest
        var count = 0
        while let vertex = rest.first(from: 0) {
            count += 1
            if count > limit { return true }
            rest.remove(vertex)
            var common = rest
            common.formIntersection(neighbours[vertex])
            while let other = common.first(from: 0) {
                rest.remove(other)
                common.formIntersection(neighbours[other])
            }
        }
        return count > limit
    }

    private mutating func extend(taken: BitSet, rest: BitSet) {
        var (taken, rest) = (taken, rest)
        var found = easyOrWidest(rest)
        while let easy = found, easy.degree <= 1 {
            take(easy.vertex, &taken, &rest)
            found = easyOrWidest(rest)
        }
        let missing = best.count - taken.count
        guard rest.count > missing, cliques(covering: rest, moreThan: missing) else { return }
        // The first of those with the highest degree, so that the answer is always the same.
        guard let widest = found?.vertex else {
            best = taken
            return
        }
        nodesLeft -= cost
        guard nodesLeft > 0 else {
            isExact = false
            return
        }
        var (with, without) = (taken, rest)
        take(widest, &with, &without)
        extend(taken: with, rest: without)
        rest.remove(widest)
        extend(taken: taken, rest: rest)
    }
}

/// A set of small whole numbers.
struct BitSet: Hashable {
    private var words: [UInt64]

    /// Empty, with room for numbers below `count`.
    init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    /// All numbers below `count`.
    init(full count: Int) {
        self.init(count: count)
        for number in 0..<count { insert(number) }
    }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Ascending.
    var members: [Int] {
        var found: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                found.append(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return found
    }

    /// The lowest member that is not below a number.
    func first(from number: Int) -> Int? {
        var index = number / 64
        guard index < words.count else { return nil }
        var word = words[index] & (UInt64.max << UInt64(number % 64))
        while word == 0 {
            index += 1
            guard index < words.count else { return nil }
            word = words[index]
        }
        return index * 64 + word.trailingZeroBitCount
    }

    mutating func insert(_ number: Int) { words[number / 64] |= 1 << UInt64(number % 64) }

    mutating func remove(_ number: Int) { words[number / 64] &= ~(1 << UInt64(number % 64)) }

    mutating func subtract(_ other: BitSet) {
        for index in words.indices { words[index] &= ~other.words[index] }
    }

    mutating func formIntersection(_ other: BitSet) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    func countShared(with other: BitSet) -> Int {
        var count = 0
        for index in words.indices { count += (words[index] & other.words[index]).nonzeroBitCount }
        return count
    }
}
