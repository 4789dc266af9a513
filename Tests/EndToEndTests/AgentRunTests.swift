import Base
import TestSupport
import Testing

/// Runs whose workers and verifier are models.
struct AgentRunTests {
    private static let tasks = ["-t", "left=Make it rye.", "-t", "right=Make it wheat."]
    private static let check = "c=grep -q rye menu.txt && grep -q wheat menu.txt"

    @Test func `two models collide, a third one resolves it, and the check passes`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(ScriptedModels.collision, for: trial)
        defer { models.stop() }
        let answer = try trial.treeguild(
            ["run", "--run-id", "r1", "--json", "--verifier", "builtin", "--check", Self.check]
                + Self.tasks)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.ends == ["left": "completed changed", "right": "completed changed"])
        #expect(run.verdict == "passed")
        #expect(
            try trial.text("menu.txt", at: "treeguild/r1/merged") == "soup\nrye\nwheat\ncheese\n")
        let left = run.task("left")
        #expect(left["kind"] == "local_agent" && left["summary"] == "It is rye now.")
        #expect(left["usage"]?["turns"] == 4 && left["usage"]?["tool_uses"] == 3)
        #expect((left["usage"]?["input_tokens"]?.intValue ?? 0) > 0)
        let document = try answer.json
        let verifier = try #require(document["merge"]?["verifiers"]?.arrayValue?.last)
        #expect(verifier["agent"] == "builtin" && verifier["verdict"] == "passed")
        #expect(verifier["usage"]?["turns"] == 3)
        // Three answers of the right one, four of the left, three of the verifier.
        #expect(document["usage"]?["turns"] == 10)
        let parts = [left["usage"], run.task("right")["usage"], verifier["usage"]]
        let tokens = parts.compactMap { $0?["input_tokens"]?.intValue }
        #expect(document["usage"]?["input_tokens"]?.intValue == tokens.reduce(0, +))
        let told = try trial.treeguild(["status", "r1", "--json"])
        #expect(try told.json["usage"] == document["usage"])
        // The worker's own commit is its branch; the other one's work was committed for it.
        #expect(try trial.repository.git("log", "-1", "--format=%s", "treeguild/r1/left") == "rye")
        let log = try trial.treeguild(["show", "r1/left", "--log"])
        #expect(log.output.contains("> Edit menu.txt") && log.output.contains("It is rye now."))
        let events = try trial.treeguild(
            ["log", "r1", "--task", "left", "--kind", "agent.activity", "--json"])
        #expect(events.output.contains("Edit menu.txt"))
        let transcript = try trial.treeguild(["show", "r1/left", "--transcript"]).output
        #expect(transcript.contains("Make it rye.") && transcript.contains("turn 4"))
        let watched = try trial.treeguild(["watch", "r1"])
        #expect(watched.errors.contains("left turn 2 · Edit menu.txt"), "\(watched.errors)")
        #expect(watched.output.contains("2/2 tasks done"))
        #expect(try trial.repository.git("status", "--porcelain") == "")
        #expect(try trial.leftTrees() == [])
    }

    @Test(arguments: ["kill", "stop"])
    func `a worker that was interrupted goes on in its tree, with its whole context`(_ how: String)
        throws
    {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            left:
              when: {prompt: "*Make it rye*"}
              steps:
                - {tool: Read, input: {file_path: menu.txt}}
                - {tool: Edit, input: {file_path: menu.txt, old_string: bread, new_string: rye}}
                - {tool: Bash, input: {command: "echo here >$HOME/pipe; cat $HOME/gate"}}
                - {tool: Write, input: {file_path: new.txt, content: "new\\n"}}
                - {text: "It is rye now."}
            """, for: trial)
        defer { models.stop() }
        try trial.makePipe("pipe")
        try trial.makePipe("gate")
        let program = try Background(
            trial, ["run", "--run-id", "r1", "-t", "left=Make it rye.", "--json"])
        #expect(try trial.awaitLine("pipe") == "here")
        program.send(how == "kill" ? 9 : 15)
        let ended = try program.end()
        #expect(ended.status == (how == "kill" ? 137 : 130), "\(ended.errors)")
        let left = try trial.treeguild(["status", "r1", "--json"])
        #expect(
            try JSON(parsing: left.output)["interruption"]?["code"]
                == (how == "kill" ? "died" : "terminate"))
        let answer = try trial.resume()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try trial.markedProcesses() == [])
        let run = try RunDocument(answer)
        #expect(run.end("left") == "completed changed")
        // Nothing was done twice: the five answers are those of one conversation.
        #expect(run.task("left")["usage"]?["turns"] == 5)
        #expect(run.task("left")["attempts"] == 1)
        #expect(try trial.text("menu.txt", at: "treeguild/r1/merged") == "soup\nrye\ncheese\n")
        #expect(try trial.text("new.txt", at: "treeguild/r1/merged") == "new\n")
    }

    @Test(arguments: [false, true])
    func `what is sent to a worker is before it at its next turn`(_ isKilled: Bool) throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            left:
              rules:
                - {when: {last: "*dark*"}, tool: Write, input: {file_path: a.txt, content: "dark\\n"}}
              steps:
                - {tool: Bash, input: {command: "echo here >$HOME/pipe; cat $HOME/gate"}}
                - {text: "Nothing was said."}
                - {text: "Dark it is."}
            """, for: trial)
        defer { models.stop() }
        try trial.makePipe("pipe")
        try trial.makePipe("gate")
        let program = try Background(
            trial, ["run", "--run-id", "r1", "-t", "left=Make it rye.", "--json"])
        #expect(try trial.awaitLine("pipe") == "here")
        #expect(try trial.treeguild(["send", "r1/left", "Make", "it", "dark."]).status == 0)
        #expect(try trial.awaitEvent("request.send.handled"))
        // The message is in the memory of the process then, and nowhere else but in the ledger.
        if isKilled { program.send(9) } else { try trial.release("gate") }
        let ended = try program.end()
        let answer = isKilled ? try trial.resume() : ended
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(try RunDocument(answer).task("left")["summary"] == "Dark it is.")
        #expect(try trial.text("a.txt", at: "treeguild/r1/left") == "dark\n")
    }

    @Test func `what an agent keeps in its memory is no escape, even without a sandbox`() throws {
        let trial = try Trial()
        try trial.repository.write(
            ".claude/agents/keeper.md",
            "---\nname: keeper\ndescription: keeps\nmemory: local\n---\nYou keep notes.\n")
        try trial.repository.commit("keeper")
        let folder = trial.repository.path.appending(".treeguild/agent-memory-local/keeper")
        let models = try ScriptedModels(
            """
            any:
              - {tool: Write, input: {file_path: \(folder)/MEMORY.md, content: "- a note\\n"}}
              - {text: "Noted."}
            """, for: trial)
        defer { models.stop() }
        let answer = try trial.treeguild([
            "run", "--run-id", "r1", "-t", "a=Keep it.", "--agent", "keeper", "--no-sandbox",
            "--json",
        ])
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try Files.read(folder.appending("MEMORY.md")) == Array("- a note\n".utf8))
        #expect(try trial.repository.git("status", "--porcelain") == "")
    }

    @Test func `what commands print is not read through links, nor written where they lead`() throws
    {
        let trial = try Trial()
        try Files.replace(trial.home.appending("secret"), with: "PRIVATE-KEY-XYZ\n".utf8)
        try Files.makeFolder(trial.home.appending("away"))
        let models = try ScriptedModels(
            """
            any:
              - tool: Bash
                input:
                  command: |
                    D=$(dirname $TREEGUILD_RESULT_FILE); S=$(dirname $D)/shell
                    rm -f $S/shell-1.log; ln -s $HOME/secret $S/shell-1.log; ln -s $HOME/secret $S/shell-1.log.1
                    ln -s $HOME/away/x $D/shell-2.folder; mv $S $S.old; ln -s $HOME/away $S
                    echo one
              - {tool: Bash, input: {command: "echo two"}}
              - {tool: Bash, input: {command: "echo three >c.txt; cat c.txt"}}
              - {text: "Done."}
            """, for: trial)
        defer { models.stop() }
        let answer = try trial.treeguild(["run", "--run-id", "r1", "-t", "a=Try it.", "--json"])
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        let transcript = try trial.treeguild(["show", "r1/a", "--transcript"]).output
        #expect(transcript.contains("one") && transcript.contains("three"), "\(transcript)")
        #expect(!transcript.contains("PRIVATE-KEY-XYZ"))
        // Where the worker may write itself, its own shell follows its own link.
        #expect(try Files.list(trial.home.appending("away")) == ["x"])
    }

    @Test func `counts that no service can mean end nothing but their sum`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            any:
              - {text: "I look.", tool: Read, input: {file_path: menu.txt}, usage: {input: 9223372036854775807, output: 9223372036854775807}}
              - {text: "Done.", usage: {input: 9000000000000000000, output: 9000000000000000000}}
            """, for: trial)
        defer { models.stop() }
        let answer = try trial.treeguild(["run", "--run-id", "r1", "-t", "a=Try it.", "--json"])
        // A history of so many tokens fits no window.
        #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
        let usage = try RunDocument(answer).task("a")["usage"]
        #expect(answer.output.contains("prices.yaml"), "\(answer.output)")
        #expect((usage?["input_tokens"]?.intValue ?? 0) >= 1 << 40)
    }

    @Test func `a key that is refused leaves a run to be resumed, and says what to do`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            any:
              - {fail: [401], tool: Write, input: {file_path: a.txt, content: "a\\n"}}
              - {text: "Done."}
            """, for: trial)
        defer { models.stop() }
        let first = try trial.treeguild(["run", "--run-id", "r1", "-t", "a=Do it.", "--json"])
        #expect(first.status == 130, "\(first.output)\(first.errors)")
        #expect(first.errors.contains("does not accept the key"), "\(first.errors)")
        #expect(first.errors.contains("treeguild resume r1"))
        let why = try JSON(parsing: first.output)["interruption"]
        #expect(why?["code"] == "service")
        #expect(why?["message"]?.stringValue?.contains("does not accept the key") == true)
        let told = try trial.treeguild(["status", "r1", "--json"])
        #expect(try JSON(parsing: told.output)["interruption"] == why)
        let runs = try trial.treeguild(["status", "--json"])
        #expect(try JSON(parsing: runs.output)["runs"]?.arrayValue?.first?["interruption"] == why)
        for words in [["status"], ["status", "r1"]] {
            #expect(try trial.treeguild(words).output.contains("does not accept the key"))
        }
        let answer = try trial.resume()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try JSON(parsing: answer.output)["interruption"] == .null)
        #expect(try trial.text("a.txt", at: "treeguild/r1/merged") == "a\n")
    }

    @Test func `what a rule asks about is denied where nobody can be asked, and counted`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            any:
              - {tool: Bash, input: {command: "git commit --allow-empty -qm x"}}
              - {tool: Write, input: {file_path: a.txt, content: "a\\n"}}
              - {text: "Not committed."}
            """, for: trial, adding: "permissions: {ask: ['Bash(git commit *)']}")
        defer { models.stop() }
        let answer = try trial.treeguild(["run", "--run-id", "r1", "-t", "a=Do it."])
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.output.contains("3 turns") && answer.output.contains("1 call not allowed"))
        #expect(try trial.repository.git("rev-list", "--count", "main..treeguild/r1/a") == "1")
    }

    @Test func `a budget that is used up fails the task and keeps its work`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            any:
              - tool: Write
                input: {file_path: a.txt, content: "a\\n"}
                usage: {input: 900000, output: 10}
              - {text: "Done."}
            """, for: trial)
        defer { models.stop() }
        let plan = "version: 1\nbudget: {tokens: 800000}\ntasks: [{id: a, prompt: Do it.}]"
        let answer = try trial.run(plan)
        #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.end("a") == "failed budget")
        #expect(try trial.anyPreserved(holding: "a.txt", of: "a") == "a\n")
    }

    @Test func `a task that only reads gets no tool that writes`() throws {
        let trial = try Trial()
        let models = try ScriptedModels("any: [{text: \"It says soup.\"}]", for: trial)
        defer { models.stop() }
        let plan = "version: 1\ntasks: [{id: a, reads: true, prompt: What does it say?}]"
        let answer = try trial.run(plan)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try RunDocument(answer).task("a")["summary"] == "It says soup.")
        #expect(models.tools.contains("Read") && !models.tools.contains("Edit"), "\(models.tools)")
    }

    @Test(
        arguments: [
            ("model: none", ["-t", "a=x"], "no name of a model"),
            ("model: nobody/m", ["-t", "a=x"], "no provider 'nobody'"),
            ("model: anthropic/claude-x", ["-t", "a=x"], "ANTHROPIC_API_KEY"),
            ("{}", ["-t", "a=x"], "no model is named"),
            ("model: opus", ["-t", "a=x", "--agent", "nobody"], "no agent 'nobody'"),
            ("model: opus", ["-t", "a=x", "--agent", "claude"], "claude"),
            ("permissions: {allow: [\"Bash(x\"]}", ["-c", "a=true"], "Bash(x"),
            ("providers: {p: {wire: smoke}}", ["-c", "a=true"], "smoke"),
        ] as [(String, [String], String)])
    func `who cannot work is said before anything is touched`(
        _ settings: String, _ words: [String], _ names: String
    ) throws {
        let trial = try Trial()
        let models = try ScriptedModels("any: [{text: hello}]", for: trial)
        defer { models.stop() }
        try trial.configure(settings)
        let before = try UserState(of: trial)
        let answer = try trial.treeguild(["run"] + words)
        #expect(answer.status == 2, "\(answer.errors)")
        #expect(answer.errors.contains(names), "\(answer.errors)")
        #expect(try UserState(of: trial) == before)
        #expect(
            Files.kind(of: trial.repository.path.appending(".git/treeguild")) == nil)
    }
}
