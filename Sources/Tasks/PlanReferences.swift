import Base

/// What must hold between the parts of a plan.
enum PlanReferences {
    /// Reports doubled and unknown names, cycles, and tasks that no worker can do.
    static func check(_ plan: Plan, _ drafts: [TaskDraft], _ reader: inout PlanReader) {
        checkNames(drafts, &reader)
        for draft in drafts { checkDependencies(of: draft, among: drafts, &reader) }
        checkCycles(drafts, &reader)
        for draft in drafts {
            guard let task = draft.task, case .prompt = task.work,
                plan.agent(for: task) == .named(AgentChoice.commandName)
            else { continue }
            reader.report(
                .conflictingKeys(["prompt", "agent"]), at: draft.path,
                found: "a prompt for the agent \"\(AgentChoice.commandName)\"",
                expected: "a command, or an agent that takes a prompt")
        }
    }

    private static func checkNames(_ drafts: [TaskDraft], _ reader: inout PlanReader) {
        var seen: [String: String] = [:]
        for draft in drafts {
            guard let name = draft.name else { continue }
            let path = PlanIndex.path(draft.path, "id")
            if let first = seen[name] {
                reader.report(
                    .duplicate(first: first), at: path, found: PlanReader.quote(name),
                    expected: "each id once")
            } else {
                seen[name] = path
            }
        }
    }

    private static func checkDependencies(
        of draft: TaskDraft, among drafts: [TaskDraft], _ reader: inout PlanReader
    ) {
        let known = drafts.compactMap(\.name)
        var seen: [String: String] = [:]
        for (name, path) in draft.after {
            if let first = seen[name] {
                reader.report(
                    .duplicate(first: first), at: path, found: PlanReader.quote(name),
                    expected: "each task once")
                continue
            }
            seen[name] = path
            if !known.contains(name) {
                reader.report(
                    .unknownReference(nearest: NearestName.find(name, in: known)), at: path,
                    found: PlanReader.quote(name), expected: "the id of a task of this plan")
            }
        }
    }

    private static func checkCycles(_ drafts: [TaskDraft], _ reader: inout PlanReader) {
        let tasks = drafts.compactMap(\.task)
        for cycle in TaskGraph.cycles(in: tasks) {
            guard let draft = drafts.first(where: { $0.task?.id == cycle.first }),
                let next = cycle.count > 1 ? cycle[1] : cycle.first,
                let place = draft.after.first(where: { $0.name == next.description })
            else { continue }
            let names = (cycle + cycle.prefix(1)).map(\.description).joined(separator: " → ")
            reader.report(
                .cycle(cycle), at: place.path, found: names,
                expected: "no task that waits for itself")
        }
    }
}
