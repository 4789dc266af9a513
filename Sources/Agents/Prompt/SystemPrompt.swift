package import Base

/// What a worker is told before its assignment, in parts: those that change least come first, so that
/// workers of one run share the beginning of their requests.
package struct SystemPrompt: Hashable, Sendable {
    /// In order; each ends without a newline.
    package let parts: [String]
    /// How many of the parts, from the first, other workers of the same kind have too.
    package let shared: Int

    /// A prompt that was made before.
    package init(parts: [String], shared: Int) {
        self.parts = parts
        self.shared = shared
    }

    /// All parts as one text.
    package var text: String { parts.joined(separator: "\n\n") }

    /// What the prompt of one worker is made of.
    package struct Facts: Sendable {
        /// Who the worker is.
        package var definition: AgentDefinition
        /// Where it works.
        package var tree: AbsolutePath
        /// The branch of the tree.
        package var branch: String
        /// The commit that the tree started from.
        package var base: String?
        /// The name of the operating system and its version.
        package var platform: String
        /// Such as `2026-01-02`.
        package var date: String
        /// The model's name.
        package var model: String?
        /// Shared with others; nil where that is off.
        package var scratchpad: AbsolutePath?
        /// What the worker keeps, with the excerpt of its entry file.
        package var memory: (memory: AgentMemory, excerpt: String?)?
        /// The repository's and the user's instructions.
        package var instructions: [InstructionFile] = []
        /// Skills whose text is wanted from the start.
        package var skills: [SkillSet.Skill] = []
        /// Skills that can be loaded, by name and description.
        package var roster: [SkillSet.Skill] = []

        /// The facts that every worker has.
        package init(
            definition: AgentDefinition, tree: AbsolutePath, branch: String, platform: String,
            date: String
        ) {
            self.definition = definition
            self.tree = tree
            self.branch = branch
            self.platform = platform
            self.date = date
        }
    }

    /// Makes the prompt; pure.
    package init(_ facts: Facts) {
        var parts = [facts.definition.prompt]
        // Agents that look once need no house rules: their report is all that stays.
        if !facts.definition.isOneShot {
            for file in facts.instructions { parts.append(file.section) }
        }
        for skill in facts.skills { parts.append("# Skill \(skill.name)\n\n\(skill.text)") }
        if !facts.roster.isEmpty {
            let list = facts.roster.map { "- \($0.name): \($0.description)" }
            parts.append("# Skills that can be loaded\n\n" + list.joined(separator: "\n"))
        }
        if let scratchpad = facts.scratchpad {
            parts.append(
                SystemPrompt.fill(
                    PackageResources.prompt_scratchpad_md, ["scratchpad": scratchpad.description]))
        }
        if let (memory, excerpt) = facts.memory {
            let head = SystemPrompt.fill(
                PackageResources.prompt_memory_md,
                ["folder": memory.folder.description, "entry": AgentMemory.entryName])
            parts.append(head + "\n\n" + (excerpt ?? "(The memory is empty.)"))
        }
        shared = parts.count
        parts.append(
            SystemPrompt.fill(
                PackageResources.prompt_tree_md,
                [
                    "tree": facts.tree.description, "branch": facts.branch,
                    "scratchpad": facts.scratchpad == nil ? "" : ", or in the scratchpad",
                ]))
        parts.append(SystemPrompt.environment(facts))
        self.parts = parts
    }

    private static func environment(_ facts: Facts) -> String {
        var lines = [
            "# Environment", "", "Folder: \(facts.tree)", "Branch: \(facts.branch)",
        ]
        if let base = facts.base { lines.append("Started from: \(base)") }
        lines += ["Platform: \(facts.platform)", "Date: \(facts.date)"]
        if let model = facts.model { lines.append("Model: \(model)") }
        return lines.joined(separator: "\n")
    }

    /// A text with `{name}` replaced; other braces stay, and what is put in is not looked at again.
    static func fill(_ bytes: [UInt8], _ values: [String: String]) -> String {
        var out = ""
        var rest = ToolTexts.text(bytes)[...]
        while let open = rest.firstIndex(of: "{") {
            out += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}"),
                let value = values[String(rest[rest.index(after: open)..<close])]
            else {
                out.append("{")
                rest = rest.dropFirst()
                continue
            }
            out += value
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }
}

/// The first message to a worker: its assignment, which has to stand for itself.
package enum AssignmentText {
    /// Puts the assignment together with what the coordinator knows.
    ///
    /// - Parameters:
    ///   - task: The task's name.
    ///   - touches: Patterns of paths that it may change; empty for all.
    package static func make(
        task: String, assignment: String, touches: [String] = [], goal: String? = nil
    ) -> String {
        var parts = ["# Assignment: \(task)", assignment]
        if let goal { parts.insert("The run's goal, of which this is one part: \(goal)", at: 1) }
        if !touches.isEmpty {
            parts.append(
                "Change only files that match: \(touches.map { "`\($0)`" }.joined(separator: ", ")). Others are working on the rest at this moment."
            )
        }
        return parts.joined(separator: "\n\n")
    }
}
