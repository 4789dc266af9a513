package import Base

/// Hands out the instructions of a skill.
struct SkillTool: Tool {
    var definition: ToolDefinition {
        ToolDefinition(
            name: "Skill",
            description: ToolTexts.skill,
            inputSchema: InputSchema.object([
                ("skill", InputSchema.text("The skill's name")),
                ("args?", InputSchema.text("What the skill is to work on")),
            ]), isReadOnly: true)
    }

    func accesses(
        of input: JSON, in context: ToolContext
    ) async throws(ToolRefusal) -> [Access] { [.skill(input.text("skill"))] }

    func call(_ input: JSON, in context: ToolContext) async -> ToolOutput {
        let name = input.text("skill")
        guard let skill = context.skills.skill(named: name) else {
            let names = context.skills.skills.map(\.name).joined(separator: ", ")
            return .error("There is no skill \(name). Skills: \(names.isEmpty ? "none" : names).")
        }
        let arguments = input.text("args")
        let task = arguments.isEmpty ? "" : "\n\nArguments: \(arguments)"
        return ToolOutput("Skill \(skill.name), from \(skill.folder):\n\n\(skill.text)\(task)")
    }
}

/// The skills that a worker can load.
package struct SkillSet: Sendable {
    /// Sorted by name.
    package let skills: [Skill]

    /// A set of these; of two with one name the first stays.
    package init(_ skills: [Skill]) {
        var seen: Set<String> = []
        self.skills = skills.filter { seen.insert($0.name).inserted }.sorted { $0.name < $1.name }
    }

    /// The skill of that name.
    package func skill(named name: String) -> Skill? { skills.first { $0.name == name } }

    /// Instructions for one kind of work.
    package struct Skill: Hashable, Sendable {
        /// What a model calls it.
        package let name: String
        /// When to use it.
        package let description: String
        /// All of its `SKILL.md` but the front matter.
        package let text: String
        /// Where its files lie.
        package let folder: AbsolutePath

        /// A skill of these parts.
        package init(name: String, description: String, text: String, folder: AbsolutePath) {
            self.name = name
            self.description = description
            self.text = text
            self.folder = folder
        }
    }
}
