import Base

/// Which tools an agent gets: what it may not use is not in its catalogue.
package struct ToolSelection: Sendable {
    /// The tools that it gets.
    package let catalog: ToolCatalog
    /// True when its definition asks for all.
    package let hasWildcard: Bool
    /// Entries of the definition that name a tool it gets.
    package let validEntries: [String]
    /// Entries that name none.
    package let invalidEntries: [String]

    /// How an agent runs, as far as its tools depend on it.
    package struct Situation: Hashable, Sendable {
        /// Beside its caller, which nobody can ask.
        package var isAsync = true
        /// A member of a team, in this process.
        package var isTeammate = false
        /// Three tools are enough.
        package var isSimple = false
        /// The mode that it works in.
        package var mode: PermissionMode = .acceptEdits

        /// A worker of a run.
        package init() {}
    }

    /// What a simple worker has.
    package static let simpleTools: Set<String> = ["Bash", "Read", "Edit"]

    /// Taken from every agent: they belong to whoever leads, or would start agents without end.
    static let forbidden: Set<String> = [
        "TaskOutput", "ExitPlanMode", "EnterPlanMode", "Agent", "AskUserQuestion", "TaskStop",
        "Workflow",
    ]

    /// Taken from agents that do not come with the program.
    static let forbiddenToCustom: Set<String> = ["TaskOutput", "Workflow"]

    /// What an agent beside its caller may have at most.
    static let asyncTools: Set<String> = [
        "Read", "WebSearch", "TodoWrite", "Grep", "WebFetch", "Glob", "Bash", "BashOutput",
        "KillShell", "PowerShell", "Edit", "MultiEdit", "Write", "NotebookEdit", "Skill",
        "SyntheticOutput", "StructuredOutput", "ToolSearch", "EnterWorktree", "ExitWorktree",
    ]

    /// What members of a team have besides.
    static let teammateTools: Set<String> = [
        "TaskCreate", "TaskGet", "TaskList", "TaskUpdate", "SendMessage", "Agent",
    ]

    /// Selects from all tools of a worker, those of servers included.
    package init(
        for definition: AgentDefinition, in situation: Situation, from all: ToolCatalog
    ) {
        let denied = definition.disallowedTools.compactMap {
            // What cannot be read was reported when the definition was.
            try? PermissionRule($0)
        }
        var tools = all.tools.filter { tool in
            Self.mayHave(tool.definition, definition, situation)
                && !denied.contains { $0.means(tool.definition) }
        }
        if situation.isSimple {
            tools = tools.filter { Self.simpleTools.contains($0.definition.name) }
        }
        let entries = definition.tools ?? ["*"]
        hasWildcard = entries == ["*"]
        var valid: [String] = []
        var invalid: [String] = []
        var kept: Set<String> = []
        for entry in entries where entry != "*" {
            // See above.
            let rule = try? PermissionRule(entry)
            let meant = tools.filter { rule?.means($0.definition) ?? false }
            kept.formUnion(meant.map(\.definition.name))
            if meant.isEmpty { invalid.append(entry) } else { valid.append(entry) }
        }
        let wantsAll = entries.contains("*")
        catalog = ToolCatalog(
            tools.filter {
                // How a result is given is no matter of choice.
                wantsAll || kept.contains($0.definition.name)
                    || $0.definition.name == StructuredOutputTool.name
            })
        validEntries = valid
        invalidEntries = invalid
    }

    /// In the order that decides: servers' tools, plan mode, what all lack, what custom ones lack,
    /// what those beside their caller have.
    private static func mayHave(
        _ tool: ToolDefinition, _ definition: AgentDefinition, _ situation: Situation
    ) -> Bool {
        if tool.name.hasPrefix("mcp__") { return true }
        if tool.name == "ExitPlanMode", situation.mode == .plan { return true }
        if situation.isTeammate, situation.isAsync, teammateTools.contains(tool.name) {
            return true
        }
        if forbidden.contains(tool.name) { return false }
        if definition.source != .builtIn, forbiddenToCustom.contains(tool.name) { return false }
        return !situation.isAsync || asyncTools.contains(tool.name)
    }
}
