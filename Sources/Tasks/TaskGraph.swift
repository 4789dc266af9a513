package import Base

/// Tasks that wait for each other without end.
package struct TaskCycle: Error, Hashable, Sendable {
    /// Each waits for the next, and the last for the first.
    package let tasks: [TaskID]
}

/// Which task waits for which. Names that no task has are ignored.
package struct TaskGraph: Sendable {
    /// Every task after those it waits for, else in the plan's order: a task comes before one that
    /// the plan names earlier only where that, or one before it, waits for it.
    package let order: [TaskID]
    private let dependencies: [TaskID: [TaskID]]
    private let dependantsOf: [TaskID: [TaskID]]

    /// Throws the first cycle.
    package init(_ tasks: [PlannedTask]) throws(TaskCycle) {
        if let cycle = TaskGraph.cycles(in: tasks).first { throw TaskCycle(tasks: cycle) }
        let dependencies = TaskGraph.edges(of: tasks)
        var dependants: [TaskID: [TaskID]] = [:]
        for task in tasks {
            for dependency in dependencies[task.id] ?? [] {
                dependants[dependency, default: []].append(task.id)
            }
        }
        order = TaskGraph.order(of: tasks.map(\.id), dependencies)
        self.dependencies = dependencies
        dependantsOf = dependants
    }

    /// What a task waits for, in the order it names them.
    package func dependencies(of id: TaskID) -> [TaskID] { dependencies[id] ?? [] }

    /// What waits for a task itself, in the plan's order.
    package func dependants(of id: TaskID) -> [TaskID] { dependantsOf[id] ?? [] }

    /// Everything that waits for a task, directly or through others.
    package func descendants(of id: TaskID) -> Set<TaskID> { reach(from: id, by: dependantsOf) }

    /// Everything that a task waits for, directly or through others.
    package func ancestors(of id: TaskID) -> Set<TaskID> { reach(from: id, by: dependencies) }

    /// The tasks by the longest chain before them: none waits for another of its level.
    package var levels: [[TaskID]] {
        var level: [TaskID: Int] = [:]
        var levels: [[TaskID]] = []
        for id in order {
            let number = dependencies(of: id).compactMap { level[$0] }.max().map { $0 + 1 } ?? 0
            level[id] = number
            if number == levels.count { levels.append([]) }
            levels[number].append(id)
        }
        return levels
    }

    /// Each task right after what it waits for and the order does not have yet.
    private static func order(
        of ids: [TaskID], _ dependencies: [TaskID: [TaskID]]
    ) -> [TaskID] {
        var order: [TaskID] = []
        var placed: Set<TaskID> = []
        for id in ids {
            var open = [id]
            while let next = open.last {
                let missing = (dependencies[next] ?? []).filter { !placed.contains($0) }
                if missing.isEmpty {
                    open.removeLast()
                    if placed.insert(next).inserted { order.append(next) }
                } else {
                    open += missing.reversed()
                }
            }
        }
        return order
    }

    private func reach(from id: TaskID, by edges: [TaskID: [TaskID]]) -> Set<TaskID> {
        var reached: Set<TaskID> = []
        var open = edges[id] ?? []
        while let next = open.popLast() {
            if reached.insert(next).inserted { open += edges[next] ?? [] }
        }
        return reached
    }
}

// Cycles, for graphs that may have some.
extension TaskGraph {
    /// Cycles without a common task: enough of them that none is left once these are cut.
    package static func cycles(in tasks: [PlannedTask]) -> [[TaskID]] {
        let edges = edges(of: tasks)
        var left = tasks.map(\.id)
        var cycles: [[TaskID]] = []
        while true {
            // What is in no cycle is in the end free of dependencies.
            var members = Set(left)
            while let free = left.firstIndex(where: { id in
                !(edges[id] ?? []).contains { members.contains($0) }
            }) {
                members.remove(left.remove(at: free))
            }
            guard let start = left.first else { return cycles }
            let cycle = walk(from: start, along: edges, within: members)
            cycles.append(cycle)
            left.removeAll { cycle.contains($0) }
        }
    }

    /// Goes from task to dependency, each of which has one too, until a task comes again.
    private static func walk(
        from start: TaskID, along edges: [TaskID: [TaskID]], within members: Set<TaskID>
    ) -> [TaskID] {
        var way: [TaskID] = []
        var next: TaskID? = start
        while let id = next {
            if let first = way.firstIndex(of: id) { return Array(way[first...]) }
            way.append(id)
            next = edges[id]?.first { members.contains($0) }
        }
        return way
    }

    private static func edges(of tasks: [PlannedTask]) -> [TaskID: [TaskID]] {
        let known = Set(tasks.map(\.id))
        var edges: [TaskID: [TaskID]] = [:]
        for task in tasks {
            var seen: Set<TaskID> = []
            edges[task.id] = task.after.filter { known.contains($0) && seen.insert($0).inserted }
        }
        return edges
    }
}
