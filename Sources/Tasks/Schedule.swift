package import Base

/// What the scheduler wants done.
package enum ScheduleAction: Hashable, Sendable {
    /// Start a pending task as this attempt, from the merge of what these tasks made: in the order
    /// to merge them, none of them contained in another. An empty basis is the plan's base.
    case start(TaskID, attempt: Int, basis: [TaskID])
    /// Skip a pending task, because that one failed, was killed or was itself left out.
    case skip(TaskID, because: TaskID)
}

/// Decides which tasks of a plan start when: pure, and the same answer for the same states.
///
/// Of two tasks with a common scope the one that comes first runs first, and the other starts from
/// what it made. First is what stands first in ``order``: the plan's, with what a task waits for moved
/// before it. Tasks that only read collide with nothing.
package struct Schedule: Sendable {
    /// The order in which colliding tasks run, and in which everything is decided.
    package let order: [TaskID]
    private let tasks: [TaskID: PlannedTask]
    /// For each task those before it in the order that collide with it.
    private let predecessors: [TaskID: [TaskID]]

    /// Throws when tasks wait for each other, which no checked plan has.
    package init(_ plan: Plan) throws(TaskCycle) {
        let order = try TaskGraph(plan.tasks).order
        let tasks = Dictionary(plan.tasks.map { ($0.id, $0) }) { first, _ in first }
        var predecessors: [TaskID: [TaskID]] = [:]
        for (number, id) in order.enumerated() {
            predecessors[id] = order[..<number].filter { other in
                guard let mine = tasks[id], let theirs = tasks[other] else { return false }
                return mine.collides(with: theirs)
            }
        }
        self.order = order
        self.tasks = tasks
        self.predecessors = predecessors
    }

    /// Everything to do now, skips first. A task without a state is pending.
    ///
    /// At most `jobs` tasks run at a time, at least one. While draining nothing is decided: what
    /// runs may end, and the rest stays pending for the next time.
    package func decide(
        _ states: [TaskID: TaskState], jobs: Int, draining: Bool = false
    ) -> [ScheduleAction] {
        if draining { return [] }
        var states = states
        var actions: [ScheduleAction] = []
        // In this order a skipped task comes before those that wait for it.
        for id in order {
            guard case .pending = state(id, in: states), let cause = cause(of: id, in: states)
            else { continue }
            states[id] = .skipped(because: cause)
            actions.append(.skip(id, because: cause))
        }
        var free = max(jobs, 1) - order.count { state($0, in: states).isRunning }
        for id in order where free > 0 {
            guard case .pending(let attempt) = state(id, in: states), isReady(id, in: states)
            else { continue }
            actions.append(.start(id, attempt: attempt, basis: basis(of: id, in: states)))
            states[id] = .running(attempt: attempt)
            free -= 1
        }
        return actions
    }

    /// True when every task has ended.
    package func isFinished(_ states: [TaskID: TaskState]) -> Bool {
        order.allSatisfy { state($0, in: states).isTerminal }
    }

    /// What a pending task still waits for: dependencies, and tasks with a common scope.
    package func blockers(of id: TaskID, in states: [TaskID: TaskState]) -> [TaskID] {
        order.filter { other in
            if dependencies(of: id).contains(other) || isBefore(other, id) {
                return !state(other, in: states).isTerminal
            }
            // A revived task may come back while a later one with its scope runs.
            return isBefore(id, other) && state(other, in: states).isRunning
        }
    }

    private func isReady(_ id: TaskID, in states: [TaskID: TaskState]) -> Bool {
        blockers(of: id, in: states).isEmpty
    }

    private func isBefore(_ first: TaskID, _ second: TaskID) -> Bool {
        predecessors[second]?.contains(first) ?? false
    }

    private func dependencies(of id: TaskID) -> [TaskID] {
        tasks[id]?.after.filter { tasks[$0] != nil } ?? []
    }

    private func state(_ id: TaskID, in states: [TaskID: TaskState]) -> TaskState {
        states[id] ?? .initial
    }

    /// The task because of which this one cannot start any more.
    private func cause(of id: TaskID, in states: [TaskID: TaskState]) -> TaskID? {
        for dependency in dependencies(of: id) {
            switch state(dependency, in: states) {
            case .failed, .killed: return dependency
            case .skipped(let cause): return cause
            case .pending, .running, .completed: continue
            }
        }
        return nil
    }
}

// What a task starts from.
extension Schedule {
    /// The tasks whose work a task starts from, as far as the states tell.
    package func basis(of id: TaskID, in states: [TaskID: TaskState]) -> [TaskID] {
        let direct = bases(in: states)[id]?.direct ?? []
        return order.filter { direct.contains($0) }
    }

    /// A task's basis, and everything that is in it.
    private struct Basis {
        var direct: Set<TaskID> = []
        var all: Set<TaskID> = []
    }

    /// In the order, what a task starts from is known before the task.
    private func bases(in states: [TaskID: TaskState]) -> [TaskID: Basis] {
        var known: [TaskID: Basis] = [:]
        for id in order {
            var candidates = Set(predecessors[id, default: []].filter { hasWork($0, in: states) })
            for dependency in dependencies(of: id) where isCompleted(dependency, in: states) {
                if hasWork(dependency, in: states) {
                    candidates.insert(dependency)
                } else {
                    // It made nothing itself; what it started from is what it leaves.
                    candidates.formUnion(known[dependency]?.direct ?? [])
                }
            }
            var basis = Basis(direct: candidates, all: candidates)
            for candidate in candidates {
                let contained = known[candidate]?.all ?? []
                basis.direct.subtract(contained)
                basis.all.formUnion(contained)
            }
            known[id] = basis
        }
        return known
    }

    private func isCompleted(_ id: TaskID, in states: [TaskID: TaskState]) -> Bool {
        if case .completed = state(id, in: states) { true } else { false }
    }

    /// True when a task left a branch that differs from what it started from.
    private func hasWork(_ id: TaskID, in states: [TaskID: TaskState]) -> Bool {
        tasks[id]?.reads == false && state(id, in: states) == .completed(changed: true)
    }
}
