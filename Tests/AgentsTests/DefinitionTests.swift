import Base
import TestSupport
import Testing
import YAML

@testable import Agents

struct DefinitionTests {
    private func read(_ text: String, _ source: AgentDefinition.Source = .project)
        -> AgentDefinitionReader
    {
        AgentDefinitionReader(
            Array(text.utf8), file: AbsolutePath("/r/a.md", relativeTo: Files.temporaryFolder),
            source: source)
    }

    @Test func `every field is read`() throws {
        let reader = read(
            """
            ---
            name: reviewer
            description: Reviews code
            tools: Read, Grep, Bash(git *), Agent(a, b)
            disallowedTools: [Write]
            model: sonnet
            permissionMode: plan
            maxTurns: 7
            skills: [one, two]
            mcpServers:
              - db
              - web: {command: serve}
            hooks: {SubagentStart: []}
            memory: project
            background: true
            effort: high
            isolation: worktree
            color: blue
            initialPrompt: Begin
            ---

            You review.
            """)
        let found = try #require(reader.definition)
        #expect(reader.problems.isEmpty)
        #expect(found.name == "reviewer" && found.whenToUse == "Reviews code")
        #expect(found.prompt == "You review.")
        #expect(found.tools == ["Read", "Grep", "Bash(git *)", "Agent(a, b)"])
        #expect(found.disallowedTools == ["Write"] && found.model == "sonnet")
        #expect(found.permissionMode == .plan && found.maxTurns == 7)
        #expect(
            found.skills == ["one", "two"]
                && found.mcpServers == ["db", ["web": ["command": "serve"]]])
        #expect(found.memory == .project && found.background && found.effort == "high")
        #expect(
            found.isolation == "worktree" && found.color == "blue" && found.initialPrompt == "Begin"
        )
        #expect(found.idleFields == ["hooks", "mcpServers"] && found.waitingFields.isEmpty)
        #expect(found.inForce.memory == .project)
        var shared = found
        shared.memory = .user
        #expect(shared.waitingFields == ["memory"] && shared.inForce.memory == nil)
        shared.permissionMode = .bypassPermissions
        #expect(shared.waitingFields == ["permissionMode", "memory"])
        #expect(shared.inForce.permissionMode == nil)
        shared.isApproved = true
        #expect(shared.inForce.memory == .user)
        #expect(shared.inForce.permissionMode == .bypassPermissions)
    }

    @Test(arguments: [
        ("no front matter", 1, DefinitionProblem.Kind.noFrontMatter),
        ("---\nname: a\n", 1, .openFrontMatter), ("---\n- a\n---\n", 2, .notMapping),
        ("---\ndescription: d\n---\nx", 1, .missing(field: "name")),
        ("---\nname: a\n---\nx", 1, .missing(field: "description")),
        (
            "---\nname: a\ndescription: d\nmaxTurns: none\n---\nx", 4,
            .invalid(field: "maxTurns", found: "none", expected: "a whole number above 0")
        ),
        (
            "---\nname: a\ndescription: d\n\nmemory: mine\n---\nx", 5,
            .invalid(field: "memory", found: "mine", expected: "one of user, project, local")
        ),
        (
            "---\nname: a\ndescription: d\nTools: x\n---\nx", 4,
            .unknownField("Tools", nearest: "tools")
        ),
        ("---\nname: a\ndescription: d\n---\n", 1, .emptyPrompt),
    ])
    func `what is wrong is told with its line`(
        _ text: String, _ line: Int, _ kind: DefinitionProblem.Kind
    ) {
        let reader = read(text)
        #expect(reader.problems.map(\.line) == [line] && reader.problems.map(\.kind) == [kind])
        #expect((reader.definition == nil) == !(reader.problems.first?.isWarning ?? true))
    }

    @Test func `broken YAML and bytes that are no text are told with their line`() {
        #expect(read("---\nname: [a\n---\nx").problems.first?.line ?? 0 >= 2)
        let bytes = Array("---\nname: a\n".utf8) + [0xff] + Array("\n---\n".utf8)
        let reader = AgentDefinitionReader(
            bytes, file: AbsolutePath("/r/a.md", relativeTo: Files.temporaryFolder), source: .user)
        #expect(reader.problems.map(\.kind) == [.notUTF8] && reader.problems.map(\.line) == [3])
    }

    @Test(arguments: ["-a", "a:b", "a b", "a/b", "_x", String(repeating: "a", count: 64)])
    func `a name that cannot be a name is refused`(_ name: String) {
        #expect(read("---\nname: \"\(name)\"\ndescription: d\n---\nx").definition == nil)
    }

    @Test func `the built-in agents are read without a complaint`() {
        #expect(BuiltInAgents.all.map(\.name) == ["general-purpose", "Explore", "Plan", "Verify"])
        #expect(BuiltInAgents.all.map(\.isOneShot) == [false, true, true, false])
        for agent in BuiltInAgents.all {
            let selection = ToolSelection(for: agent, in: .init(), from: .all)
            #expect(selection.invalidEntries == [], "\(agent.name)")
            #expect(agent.source.isAdministered && agent.file == nil)
        }
    }

    @Test func `nearer folders win, and what they hide is kept`() throws {
        let scratch = try Scratch()
        let root = scratch.path.appending("repo")
        func write(_ path: String, _ name: String, _ text: String) throws {
            let file = scratch.path.appending(path)
            try Files.makeFolder(file.parent)
            try Files.replace(
                file, with: "---\nname: \(name)\ndescription: d\n---\n\(text)".utf8)
        }
        try write("repo/.claude/agents/a.md", "a", "claude")
        try write("repo/.treeguild/agents/deep/a.md", "a", "ours")
        try write("repo/sub/.claude/agents/x.md", "a", "nearest")
        try write("home/.claude/agents/b.md", "b", "user")
        try write("home/.claude/agents/explore.md", "Explore", "mine")
        try Files.replace(root.appending(".claude/agents/bad.md"), with: "x".utf8)
        let home = scratch.path.appending("home")
        let places = AgentCatalog.places(
            folder: root.appending("sub"), repository: root, home: home, configuration: nil)
        let catalog = AgentCatalog.load(places)
        #expect(catalog.definition(named: "a")?.prompt == "nearest")
        #expect(catalog.definition(named: "b")?.source == .user)
        #expect(catalog.definition(named: "Explore")?.prompt == "mine")
        #expect(catalog.definition(named: "Explore")?.isOneShot == false)
        #expect(catalog.shadowed.map(\.prompt).prefix(2) == ["ours", "claude"])
        #expect(catalog.problems.map(\.kind) == [.noFrontMatter])
        #expect(catalog.problems.first?.file.name == "bad.md")
    }

    @Test func `workers lack the tools that are not theirs`() {
        struct Named: Tool {
            let definition: ToolDefinition
            init(_ name: String) {
                definition = ToolDefinition(name: name, description: "", inputSchema: .null)
            }
            func accesses(of: JSON, in: ToolContext) async throws(ToolRefusal) -> [Access] { [] }
            func call(_: JSON, in: ToolContext) async -> ToolOutput { ToolOutput("") }
        }
        let others = [
            "Agent", "TaskStop", "AskUserQuestion", "ExitPlanMode", "mcp__a__b", "TaskList",
            "Monitor",
        ]
        let all = ToolCatalog(ToolCatalog.all.tools + others.map(Named.init))
        func names(
            _ tools: String, _ denied: String = "",
            _ change: (inout ToolSelection.Situation) -> Void = { _ in }
        ) -> Set<String> {
            var situation = ToolSelection.Situation()
            change(&situation)
            let reader = read(
                "---\nname: x\ndescription: d\ntools: \"\(tools)\"\ndisallowedTools: \"\(denied)\"\n---\nx"
            )
            guard let definition = reader.definition else { return [] }
            return Set(ToolSelection(for: definition, in: situation, from: all).catalog.names)
        }
        let worker = names("*")
        #expect(worker == Set(ToolCatalog.all.names + ["mcp__a__b"]))
        #expect(names("*") { $0.mode = .plan }.contains("ExitPlanMode"))
        #expect(names("*") { $0.isTeammate = true }.isSuperset(of: ["TaskList", "Agent"]))
        #expect(names("*") { $0.isSimple = true } == ["Bash", "Read", "Edit"])
        #expect(names("Read, Bash(git *), Nope") == ["Read", "Bash", "StructuredOutput"])
        #expect(names("Read, Write", "Write") == ["Read", "StructuredOutput"])
        #expect(!names("*", "mcp__a").contains("mcp__a__b"))
        #expect(!names("*", "mcp__*").contains("mcp__a__b"))
    }
}
