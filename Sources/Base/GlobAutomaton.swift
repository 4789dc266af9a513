/// A nondeterministic automaton over the characters of paths.
///
/// Paths have no empty component, which no state needs to know: it is checked beside the automaton.
struct GlobAutomaton: Sendable {
    private struct Edge {
        let units: UnitSet
        let target: Int
        var isSeparator: Bool { units.ranges.first?.upperBound == UnitSet.slash }
    }

    private var edges: [[Edge]] = []
    /// Moves that take no character.
    private var jumps: [Int?] = []
    private var accepting: [Bool] = []
    private var starts: [Int] = []

    /// Adds one way to match.
    mutating func add(_ components: [GlobComponent]) {
        var state = addState()
        starts.append(state)
        for component in components.dropLast() {
            switch component {
            case .anyDepth:
                addDescent(from: state)
                let next = addState()
                jumps[state] = next
                state = next
            case .pieces(let pieces):
                let end = add(pieces, from: state)
                state = addState()
                edges[end].append(Edge(units: .separator, target: state))
            }
        }
        guard let last = components.last else { return }
        guard case .pieces(let pieces) = last else {
            accepting[addDescent(from: state)] = true
            return
        }
        let end = add(pieces, from: state)
        accepting[end] = true
        if last.isLiteral {
            let below = addState()
            edges[end].append(Edge(units: .separator, target: below))
            accepting[addDescent(from: below)] = true
        }
    }

    private mutating func addState() -> Int {
        edges.append([])
        jumps.append(nil)
        accepting.append(false)
        return edges.count - 1
    }

    /// Any number of components from a state, each with its slash; returns the state inside one.
    @discardableResult
    private mutating func addDescent(from state: Int) -> Int {
        let inside = addState()
        edges[state].append(Edge(units: .component, target: inside))
        edges[inside].append(Edge(units: .component, target: inside))
        edges[inside].append(Edge(units: .separator, target: state))
        return inside
    }

    private mutating func add(_ pieces: [GlobComponent.Piece], from start: Int) -> Int {
        var state = start
        for piece in pieces {
            let units: UnitSet
            switch piece {
            case .star:
                edges[state].append(Edge(units: .component, target: state))
                continue
            case .literal(let unit): units = UnitSet([unit...unit])
            case .oneOf(let set): units = set
            case .slash: units = .separator
            }
            let next = addState()
            edges[state].append(Edge(units: units, target: next))
            state = next
        }
        return state
    }

    /// True when the whole path takes some way from a start to an accepting state.
    func accepts(_ path: [UInt32]) -> Bool {
        var active = closure(starts)
        var isAtStart = true
        for unit in path {
            if unit == UnitSet.slash, isAtStart { return false }
            isAtStart = unit == UnitSet.slash
            var next: [Int] = []
            for state in active {
                for edge in edges[state] where edge.units.contains(unit) {
                    next.append(edge.target)
                }
            }
            active = closure(next)
            if active.isEmpty { return false }
        }
        return !isAtStart && active.contains { accepting[$0] }
    }

    private func closure(_ states: [Int]) -> [Int] {
        var out: [Int] = []
        for state in states {
            var next: Int? = state
            while let state = next, !out.contains(state) {
                out.append(state)
                next = jumps[state]
            }
        }
        return out
    }

    /// A shortest path that both accept: breadth first through the product of the two.
    func commonUnits(with other: GlobAutomaton) -> [UInt32]? {
        let width = other.edges.count
        var seen = [Bool](repeating: false, count: edges.count * width * 2)
        var queue: [Step] = []
        func visit(_ step: Step) {
            let place = step.place
            if seen[place.index(width)] { return }
            seen[place.index(width)] = true
            queue.append(step)
            if let next = jumps[place.a] { visit(step.moved(to: next, place.b)) }
            if let next = other.jumps[place.b] { visit(step.moved(to: place.a, next)) }
        }
        for a in starts {
            for b in other.starts {
                visit(Step(place: Place(a, b, isAtStart: true), unit: nil, previous: nil))
            }
        }
        var head = 0
        while head < queue.count {
            let step = queue[head].place
            if accepting[step.a], other.accepting[step.b], !step.isAtStart {
                return units(to: head, in: queue)
            }
            for mine in edges[step.a] {
                for theirs in other.edges[step.b] where mine.isSeparator == theirs.isSeparator {
                    if mine.isSeparator, step.isAtStart { continue }
                    let place = Place(mine.target, theirs.target, isAtStart: mine.isSeparator)
                    if seen[place.index(width)] { continue }
                    let common = mine.units.intersection(theirs.units)
                    guard let unit = common.example else { continue }
                    visit(Step(place: place, unit: unit, previous: head))
                }
            }
            head += 1
        }
        return nil
    }

    /// A node of the product: a state of each, and whether a component has just begun.
    private struct Place {
        let a: Int
        let b: Int
        let isAtStart: Bool

        init(_ a: Int, _ b: Int, isAtStart: Bool) {
            self.a = a
            self.b = b
            self.isAtStart = isAtStart
        }

        func index(_ width: Int) -> Int { (a * width + b) * 2 + (isAtStart ? 1 : 0) }
    }

    /// A node with the way to it.
    private struct Step {
        let place: Place
        /// The character that led here.
        let unit: UInt32?
        /// The step before that character, as an index of the queue.
        let previous: Int?

        /// The same way after a move that takes no character.
        func moved(to a: Int, _ b: Int) -> Step {
            let place = Place(a, b, isAtStart: self.place.isAtStart)
            return Step(place: place, unit: unit, previous: previous)
        }
    }

    private func units(to end: Int, in queue: [Step]) -> [UInt32] {
        var units: [UInt32] = []
        var index: Int? = end
        while let step = index.map({ queue[$0] }) {
            if let unit = step.unit { units.append(unit) }
            index = step.previous
        }
        return units.reversed()
    }
}
