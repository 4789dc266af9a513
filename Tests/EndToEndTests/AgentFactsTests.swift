import Base
import Glibc
import TestSupport
import Testing

/// What is told of a worker's model, and what it knows of it.
struct AgentFactsTests {
    @Test func `a transcript begins with provider, model and wire`() throws {
        let trial = try Trial()
        let models = try ScriptedModels("any: [{text: \"Done.\"}]", for: trial)
        defer { models.stop() }
        #expect(try trial.treeguild(["run", "--run-id", "r1", "-t", "a=Do it."]).status == 0)
        let text = try trial.treeguild(["show", "r1/a", "--transcript"]).output
        #expect(text.hasPrefix("general-purpose on local/scripted-1 (anthropic) · "), "\(text)")
        let json = try trial.treeguild(["show", "r1/a", "--transcript", "--json"]).json
        let start = try #require(json["transcript"]?.arrayValue?.first)
        #expect(start["provider"] == "local" && start["wire"] == "anthropic")
    }

    @Test func `a window that prices.yaml names is when a history is summed up`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            any:
              rules:
                - {when: {last: "*about to be cut off*"}, text: "So far nothing was written."}
                - {when: {last: "*So far nothing was written*"}, text: "Done."}
              steps:
                - tool: Read
                  input: {file_path: menu.txt}
                  usage: {input: 30000, output: 10}
                - {text: "Done."}
            """, for: trial)
        defer { models.stop() }
        func events(_ id: String) throws -> String {
            let answer = try trial.treeguild(["run", "--run-id", id, "-t", "a=Do it."])
            #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
            return try trial.treeguild(["show", "\(id)/a", "--log"]).output
        }
        #expect(try !events("r1").contains("# summed up"))
        try trial.configure("models: {scripted-1: {window: 32000}}\n", file: "prices.yaml")
        #expect(try events("r2").contains("# summed up"))
    }

    @Test func `a definition that is named and cannot be read is told with file and line`() throws {
        let trial = try Trial()
        try trial.repository.write(
            ".claude/agents/r.md", "---\nname: r\ndescription: d\nmaxTurns: many\n---\nx\n")
        let models = try ScriptedModels("any: [{text: \"Done.\"}]", for: trial)
        defer { models.stop() }
        for words in [["run", "-t", "a=x", "--agent", "r"], ["agents", "show", "r"]] {
            let answer = try trial.treeguild(words)
            #expect(answer.status == 2)
            #expect(answer.errors.contains("there is no agent 'r'"))
            #expect(
                answer.errors.contains("/.claude/agents/r.md:4: maxTurns: found 'many'"),
                "\(answer.errors)")
        }
    }

    @Test func `a link in the place of a memory is named, with what to do`() throws {
        let trial = try Trial()
        try trial.repository.write(
            ".claude/agents/keeper.md",
            "---\nname: keeper\ndescription: keeps\nmemory: project\n---\nYou keep notes.\n")
        let link = trial.repository.path.appending(".treeguild/agent-memory")
        try Files.makeFolder(link.parent)
        #expect(symlink("/tmp", link.description) == 0)
        try trial.repository.commit("keeper")
        let models = try ScriptedModels("any: [{text: \"Done.\"}]", for: trial)
        defer { models.stop() }
        let answer = try trial.treeguild(["run", "-t", "a=Do it.", "--agent", "keeper"])
        #expect(answer.status == 1)
        #expect(answer.output.contains("the agent 'keeper' cannot keep its memory"))
        #expect(answer.output.contains("put a folder in its place"), "\(answer.output)")
    }
}
