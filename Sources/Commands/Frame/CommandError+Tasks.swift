import Base
import Tasks

extension PlanErrors: CommandErrorConvertible {
    var commandError: CommandError {
        let count = problems.count
        return CommandError(
            .usage, "bad_plan",
            "the plan cannot be used: \(count == 1 ? "one mistake" : "\(count) mistakes")",
            hint: "nothing was touched", details: problems.map(\.words))
    }
}

extension PlanProblem {
    /// `plan.yaml:12:5: tasks[2].after[0]: found "x", expected …`
    var words: String {
        var place = file
        if let line, let column { place += ":\(line):\(column)" }
        return [place, path, fault].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    private var fault: String {
        let plain = "found \(found), expected \(expected)"
        switch kind {
        case .unknownKey(let nearest):
            return "unknown key \(found), "
                + (nearest.map { "did you mean \"\($0)\"?" } ?? "expected \(expected)")
        case .unknownReference(let nearest?): return plain + "; did you mean \"\(nearest)\"?"
        case .missingKey: return "missing \(expected)"
        case .duplicate(let first): return "\(found) stands at \(first) already"
        case .cycle(let tasks):
            let chain = (tasks + tasks.prefix(1)).map(\.description)
            return "the tasks wait for each other: " + chain.joined(separator: " → ")
        case .conflictingKeys(let keys):
            return "only one can be given of \(Phrase.allOf(keys))"
        default: return plain
        }
    }
}
