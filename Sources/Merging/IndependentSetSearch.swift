/// Maximum independent set of a connected graph by branch and bound, with the reductions for degrees 0 and 1.
///
/// Vertices are bits, so that a degree is a count of bits.
struct IndependentSetSearch {
    private(set) var nodesLeft: Int
    /// False when the search was cut and the set may not be the largest.
    private(set) var isExact = true
    private let vertices: [Int]
    private let neighbours: [BitSet]
    private var best = BitSet(count: 0)

    /// - Parameters:
    ///   - vertices: a group of the graph, ascending.
    ///   - limit: nodes of the search before it is content with the best set so far.
    init(of vertices: [Int], neighbours: [Set<Int>], limit: Int) {
        self.vertices = vertices
        nodesLeft = limit
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
        best = greedy(all)
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

    private mutating func extend(taken: BitSet, rest: BitSet) {
        var (taken, rest) = (taken, rest)
        var found = easyOrWidest(rest)
        while let easy = found, easy.degree <= 1 {
            take(easy.vertex, &taken, &rest)
            found = easyOrWidest(rest)
        }
        guard taken.count + rest.count > best.count else { return }
        // The first of those with the highest degree, so that the answer is always the same.
        guard let widest = found?.vertex else {
            best = taken
            return
        }
        nodesLeft -= 1
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

    func countShared(with other: BitSet) -> Int {
        var count = 0
        for index in words.indices { count += (words[index] & other.words[index]).nonzeroBitCount }
        return count
    }
}
