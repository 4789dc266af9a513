import Base
import TestSupport
import Testing

/// What models may use, and what happens when it is used up.
struct AgentBudgetTests {
    @Test(arguments: [
        ("tokens: 100000", "the budget of task a, 100000 tokens, allows no further call"),
        ("turns: 1", "the budget of task a allows no more than 1 turn"),
        ("usd: 0.1", "the budget of task a, $0.1"),
    ])
    func `a task's own budget ends it alone, its retries included`(
        _ limit: String, _ words: String
    ) throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            any:
              - tool: Write
                input: {file_path: a.txt, content: "a\\n"}
                usage: {input: 150000, output: 10}
              - {text: "Done."}
            """, for: trial)
        defer { models.stop() }
        if limit.hasPrefix("usd") { try models.price(trial) }
        let plan = """
            version: 1
            tasks:
              - {id: a, prompt: Do it., retries: 3, budget: {\(limit)}}
              - {id: b, prompt: Do it., budget: {turns: 2}}
            """
        let answer = try trial.run(plan)
        #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.end("a") == "failed budget" && run.end("b") == "completed changed")
        #expect(run.task("a")["error"]?["message"]?.stringValue?.hasPrefix(words) == true)
        #expect(run.task("a")["attempts"] == 1)
        #expect(run.task("b")["budget"] == ["turns": 2])
        #expect(try trial.anyPreserved(holding: "a.txt", of: "a") == "a\n")
    }

    @Test func `what a task has used counts for its budget after a resume`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            any:
              - {tool: Read, input: {file_path: menu.txt}}
              - {tool: Bash, input: {command: "echo here >$HOME/pipe; cat $HOME/gate"}}
              - {text: "Done."}
            """, for: trial)
        defer { models.stop() }
        try trial.makePipe("pipe")
        try trial.makePipe("gate")
        let plan = try trial.plan(
            "version: 1\ntasks: [{id: a, prompt: Do it., budget: {turns: 2}}]")
        let program = try Background(trial, ["run", plan, "--run-id", "r1", "--json"])
        #expect(try trial.awaitLine("pipe") == "here")
        program.send(9)
        _ = try program.end()
        let answer = try trial.resume()
        let run = try RunDocument(answer)
        #expect(run.end("a") == "failed budget", "\(answer.output)\(answer.errors)")
        #expect(run.task("a")["usage"]?["turns"] == 2)
    }

    @Test(arguments: [
        ("budget: {usd: 5}\ntasks: [{id: a, prompt: Do it.}]", "the budget of the run"),
        ("tasks: [{id: a, prompt: Do it., budget: {usd: 5}}]", "the budget of task a"),
        (
            "budget: {usd: 5}\nverify: {agent: builtin}\ntasks: [{id: a, command: 'true'}]",
            "the agent 'builtin'"
        ),
    ])
    func `dollars for a model without a price are refused before anything is made`(
        _ plan: String, _ words: String
    ) throws {
        let trial = try Trial()
        let models = try ScriptedModels("any: [{text: hello}]", for: trial)
        defer { models.stop() }
        try models.price(trial)
        try trial.configure("models: {other: {input: 1, output: 1}}\n", file: "prices.yaml")
        let answer = try trial.run("version: 1\n\(plan)")
        #expect(answer.status == 2, "\(answer.output)")
        for part in [words, "paid/scripted-1", "prices.yaml", "budget: {tokens:"] {
            #expect(answer.errors.contains(part), "\(answer.errors)")
        }
        #expect(Files.kind(of: trial.repository.path.appending(".git/treeguild")) == nil)
        try models.price(trial)
        #expect(try trial.run("version: 1\n\(plan)").status == 0)
    }
}
