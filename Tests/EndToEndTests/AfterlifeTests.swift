import Base
import TestSupport
import Testing

/// Tasks that get a message after they, or their whole run, have ended.
struct AfterlifeTests {
    private static let script = """
        left:
          when: {prompt: "*Make it rye*"}
          steps:
            - {tool: Read, input: {file_path: menu.txt}}
            - {tool: Edit, input: {file_path: menu.txt, old_string: bread, new_string: rye}}
            - {text: "It is rye now."}
            - {tool: Bash, input: {command: "cat menu.txt; [ -z \\"$GATE\\" ] || { echo here >$HOME/pipe; cat $HOME/gate; }"}}
            - {tool: Write, input: {file_path: later.txt, content: "later\\n"}}
            - {text: "There is a later file."}
        right:
          when: {prompt: "*Add a file*"}
          steps:
            - {tool: Write, input: {file_path: right.txt, content: "right\\n"}}
            - {text: "Added."}
        """
    private static let tasks = ["-t", "left=Make it rye.", "-t", "right=Add a file."]

    @Test(arguments: [false, true])
    func `a completed task of an ended run goes on from its work, and the result has both`(
        _ isKilled: Bool
    ) throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            isKilled ? Self.script.replacing("$GATE", with: "x") : Self.script, for: trial)
        defer { models.stop() }
        try trial.makePipe("pipe")
        try trial.makePipe("gate")
        let first = try trial.treeguild(["run", "--run-id", "r1", "--json"] + Self.tasks)
        #expect(first.status == 0, "\(first.errors)")
        let result = try trial.repository.git("rev-parse", "treeguild/r1/merged")
        let sent = try trial.treeguild(["send", "r1/left", "A", "file", "more."])
        #expect(sent.status == 0 && sent.errors.contains("treeguild resume r1"), "\(sent.errors)")
        #expect(sent.errors.contains("it had completed"))
        let answer: Answer
        if isKilled {
            let program = try Background(trial, ["resume", "r1", "--json"])
            #expect(try trial.awaitLine("pipe") == "here")
            program.send(9)
            _ = try program.end()
            answer = try trial.resume()
        } else {
            answer = try trial.resume()
        }
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.ends == ["left": "completed changed", "right": "completed changed"])
        #expect(run.task("left")["summary"] == "There is a later file.")
        // One conversation of six answers, the message in it.
        #expect(run.task("left")["usage"]?["turns"] == 6)
        #expect(run.task("left")["files"] == 2)
        #expect(
            try trial.treeguild(["show", "r1/left", "--transcript"]).output
                .contains("A file more."))
        #expect(try trial.text("menu.txt", at: "treeguild/r1/merged") == "soup\nrye\ncheese\n")
        #expect(try trial.text("later.txt", at: "treeguild/r1/merged") == "later\n")
        #expect(try trial.text("right.txt", at: "treeguild/r1/merged") == "right\n")
        // What the run had come to before is not lost.
        #expect(
            try trial.repository.git("rev-parse", "refs/treeguild/preserved/r1/merged") == result)
        #expect(try answer.json["cleanup"]?.arrayValue?.count == 2)
        #expect(try trial.leftTrees() == [])
        #expect(try trial.markedProcesses() == [])
        let landed = try trial.treeguild(["land", "r1", "--onto", "main"])
        #expect(landed.status == 0, "\(landed.errors)")
    }

    @Test func `a stopped task of an ended run goes on with the work that nobody had committed`()
        throws
    {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            left:
              when: {prompt: "*Make it rye*"}
              steps:
                - {tool: Write, input: {file_path: half.txt, content: "half\\n"}}
                - {tool: Bash, input: {command: "echo here >$HOME/pipe; cat $HOME/gate"}}
                - {tool: Bash, input: {command: "sed -i s/half/whole/ half.txt"}}
                - {text: "Whole."}
            after:
              when: {prompt: "*Look at it*"}
              steps:
                - {tool: Bash, input: {command: "cp half.txt copy.txt"}}
                - {text: "Copied."}
            """, for: trial)
        defer { models.stop() }
        try trial.makePipe("pipe")
        try trial.makePipe("gate")
        let plan = try trial.plan(
            """
            version: 1
            tasks:
              - {id: left, prompt: Make it rye.}
              - {id: after, prompt: Look at it., after: [left]}
            """)
        let program = try Background(trial, ["run", plan, "--run-id", "r1", "--json"])
        #expect(try trial.awaitLine("pipe") == "here")
        #expect(try trial.treeguild(["stop", "r1/left"]).status == 0)
        let ended = try RunDocument(try program.end())
        #expect(ended.ends == ["left": "killed stopped", "after": "skipped skipped"])
        let skipped = try trial.treeguild(["send", "r1/after", "Go on."])
        #expect(skipped.status == 1 && skipped.errors.contains("skipped"), "\(skipped.errors)")
        let sent = try trial.treeguild(["send", "r1/left", "Go on."])
        #expect(sent.status == 0 && sent.errors.contains("it was stopped"), "\(sent.errors)")
        let answer = try trial.resume()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(
            try RunDocument(answer).ends == [
                "left": "completed changed", "after": "completed changed",
            ])
        #expect(try trial.text("half.txt", at: "treeguild/r1/merged") == "whole\n")
        #expect(try trial.text("copy.txt", at: "treeguild/r1/merged") == "whole\n")
        #expect(try trial.leftTrees() == [])
    }

    @Test func `a task whose branch was removed is refused until that is brought back`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(Self.script, for: trial)
        defer { models.stop() }
        #expect(try trial.treeguild(["run", "--run-id", "r1"] + Self.tasks).status == 0)
        #expect(try trial.treeguild(["clean", "r1"]).status == 0)
        let refused = try trial.treeguild(["send", "r1/left", "A file more."])
        #expect(refused.status == 1, "\(refused.errors)")
        #expect(refused.errors.contains("its branch treeguild/r1/left is gone"))
        #expect(refused.errors.contains("treeguild undo r1/left"))
        #expect(try trial.treeguild(["status", "r1", "--json"]).json["status"] == "completed")
        #expect(try trial.treeguild(["undo", "r1/left"]).status == 0)
        #expect(try trial.treeguild(["send", "r1/left", "A file more."]).status == 0)
        let answer = try trial.resume()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try trial.text("later.txt", at: "treeguild/r1/left") == "later\n")
        #expect(try trial.leftTrees() == [])
    }

    @Test func `a task goes on again and again, in the tree that undo brought back as well`() throws
    {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            one:
              when: {prompt: "*Make it rye*"}
              steps:
                - {tool: Bash, input: {command: "echo 1 >>count.txt"}}
                - {text: "First."}
                - {tool: Bash, input: {command: "echo 2 >>count.txt"}}
                - {text: "Second."}
                - {tool: Bash, input: {command: "echo 3 >>count.txt"}}
                - {text: "Third."}
            """, for: trial)
        defer { models.stop() }
        // The second one gets the folder of the first.
        let run = try trial.treeguild([
            "run", "--run-id", "r1", "--jobs", "1", "-t", "one=Make it rye.", "--command",
            "two=echo two >two.txt",
        ])
        #expect(run.status == 0, "\(run.errors)")
        for (message, summary) in [("More.", "Second."), ("Still more.", "Third.")] {
            #expect(try trial.treeguild(["undo", "r1/one"]).status == 0)
            #expect(try trial.leftTrees().count == 1)
            #expect(try trial.treeguild(["send", "r1/one", message]).status == 0)
            let document = try RunDocument(try trial.resume())
            #expect(document.task("one")["summary"]?.stringValue == summary)
            #expect(try trial.leftTrees() == [])
        }
        #expect(try trial.text("count.txt", at: "treeguild/r1/merged") == "1\n2\n3\n")
    }
}
