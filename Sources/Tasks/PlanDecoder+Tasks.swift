import Base

/// A task as it was read; its name may be all that is right.
struct TaskDraft {
    let path: String
    /// The name as it was written.
    var name: String?
    /// What it waits for, as it was written.
    var after: [(name: String, path: String)] = []
    var task: PlannedTask?
}

extension PlanDecoder {
    static let taskKeys = [
        "id", "title", "prompt", "prompt_file", "command", "touches", "after", "reads",
        "attempts", "retries", "timeout", "agent", "budget", "env",
    ]

    mutating func tasks(_ top: PlanReader.Fields, isRequired: Bool) -> [TaskDraft] {
        if isRequired, top.members["tasks"]?.arrayValue?.isEmpty ?? !top.has("tasks") {
            reader.report(
                .missingKey, at: "tasks", found: "nothing", expected: "tasks: at least one task")
        }
        return reader.items(top, "tasks").map { value, path in draft(value, at: path) }
    }

    private mutating func draft(_ value: JSON, at path: String) -> TaskDraft {
        guard let fields = reader.fields(value, at: path, keys: PlanDecoder.taskKeys) else {
            return TaskDraft(path: path)
        }
        let expected = "a name such as fix-1: lower-case letters, digits and -, at most 63"
        let name = required(fields, "id", expected: expected)
        let id = name.flatMap { TaskID($0) }
        if let name, id == nil {
            reader.report(
                .invalidName, at: fields.path("id"), found: PlanReader.quote(name),
                expected: expected)
        } else if let name, Plan.reservedIDs.contains(name) {
            reader.report(
                .reservedName, at: fields.path("id"), found: PlanReader.quote(name),
                expected: "another name: the run uses this one itself")
        }
        let work = work(fields)
        var draft = TaskDraft(path: path, name: name)
        draft.after = dependencies(fields)
        // Read all of it, so that everything wrong is found even when the name is.
        let title = reader.text(fields, "title")
        let touches = reader.globs(fields, "touches")
        let reads = reader.flag(fields, "reads")
        let attempts = reader.whole(fields, "attempts", in: 1...16)
        let retries = reader.whole(fields, "retries", in: 0...100)
        let timeout = reader.duration(fields, "timeout")
        let agent = agent(fields, role: .worker)
        let budget = budget(fields)
        let environment = reader.environment(fields)
        guard let id else { return draft }
        var task = PlannedTask(id: id, work: work ?? .prompt(""))
        task.title = title
        task.touches = touches
        task.after = draft.after.compactMap { TaskID($0.name) }
        task.reads = reads ?? false
        task.attempts = attempts ?? 1
        task.retries = retries ?? 0
        task.timeout = timeout
        task.agent = agent
        task.budget = budget
        task.environment = environment
        draft.task = task
        return draft
    }

    private mutating func dependencies(
        _ fields: PlanReader.Fields
    ) -> [(name: String, path: String)] {
        var after: [(name: String, path: String)] = []
        for (value, path) in reader.items(fields, "after") {
            if let name = reader.text(value, at: path, expected: "a task's id") {
                after.append((name, path))
            }
        }
        return after
    }

    private mutating func work(_ fields: PlanReader.Fields) -> TaskWork? {
        let present = ["prompt", "prompt_file", "command"].filter { fields.has($0) }
        guard present.count <= 1 else {
            reportConflict(fields, present)
            return nil
        }
        switch present.first {
        case "prompt": return reader.text(fields, "prompt").map { .prompt($0) }
        case "command": return command(fields)
        case "prompt_file": return promptFile(fields).map { .prompt($0) }
        default:
            reader.report(
                .missingKey, at: fields.path, found: "nothing",
                expected: "prompt, prompt_file or command")
            return nil
        }
    }

    private mutating func command(_ fields: PlanReader.Fields) -> TaskWork? {
        let named = fields.members["agent"]?.stringValue
        if fields.has("agent"), named != AgentChoice.commandName {
            reportConflict(fields, ["command", "agent"])
        }
        return reader.text(fields, "command").map { .command($0) }
    }

    private mutating func promptFile(_ fields: PlanReader.Fields) -> String? {
        guard let name = reader.text(fields, "prompt_file") else { return nil }
        let path = fields.path("prompt_file")
        func report(_ expected: String) {
            reader.report(
                .unreadableFile, at: path, found: PlanReader.quote(name), expected: expected)
        }
        guard let bytes = readFile(name) else {
            report("a file that can be read")
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            report("a file of UTF-8 text")
            return nil
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            report("a file that is not blank")
            return nil
        }
        return text
    }
}
