import Base
import TestSupport
import Testing

/// What a definition of the repository asks for, before and after the user has approved it.
struct AgentTrustTests {
    private static let file = ".claude/agents/free.md"

    private static func definition(_ more: String = "") -> String {
        """
        ---
        name: free
        description: asks nobody
        permissionMode: bypassPermissions
        hooks: {Stop: []}
        \(more)
        ---
        You work.
        """
    }

    private static let steps = """
        any:
          - {tool: Bash, input: {command: "rm -r kept"}}
          - {text: "Done."}
        """

    @Test func `a mode that asks nobody holds for the approved bytes of a definition alone`() throws
    {
        let trial = try Trial()
        try trial.repository.write(Self.file, Self.definition())
        try trial.repository.write("kept/a.txt", "a\n")
        try trial.repository.commit("free")
        let models = try ScriptedModels(
            Self.steps, for: trial, adding: "permissions: {mode: default}")
        defer { models.stop() }
        func run(_ id: String) throws -> Answer {
            try trial.treeguild([
                "run", "--run-id", id, "-t", "a=Do it.", "--agent", "free", "--no-sandbox",
                "--json",
            ])
        }
        func denials(_ answer: Answer) throws -> Int? {
            try RunDocument(answer).task("a")["denials"]?.intValue
        }
        let shown = try trial.treeguild(["agents", "show", "free"]).output
        #expect(shown.contains("permissionMode: waits for your approval: treeguild trust"))
        #expect(shown.contains("hooks: nothing carries them out"), "\(shown)")
        #expect(!shown.contains("bypassPermissions"), "\(shown)")

        let first = try run("r1")
        #expect(try denials(first) == 1, "\(first.output)")
        #expect(first.errors.contains("works without its permissionMode"), "\(first.errors)")
        #expect(first.errors.contains("treeguild trust"))

        let refused = try trial.treeguild(["trust"])
        #expect(refused.status == 3 && refused.output.contains("bypassPermissions"))
        let approved = try trial.treeguild(["trust", "--yes", "--json"])
        let agent = try #require(try approved.json["agents"]?.arrayValue?.first)
        #expect(agent["name"] == "free" && agent["state"] == "approved")
        let second = try run("r2")
        #expect(try denials(second) == 0, "\(second.output)\(second.errors)")
        #expect(!second.errors.contains("treeguild trust"), "\(second.errors)")
        let mode = try trial.treeguild(["agents", "show", "free"]).output
        #expect(mode.contains("bypassPermissions"), "\(mode)")

        // One byte more is another definition.
        try trial.repository.write(Self.file, Self.definition("maxTurns: 9"))
        #expect(try denials(run("r3")) == 1)
        #expect(try trial.treeguild(["trust", "--yes"]).status == 0)
        #expect(try denials(run("r4")) == 0)
        #expect(try trial.treeguild(["trust", "--revoke"]).output.contains("2 approvals"))
        #expect(try denials(run("r5")) == 1)
    }
}
