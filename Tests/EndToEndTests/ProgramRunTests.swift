import Base
import TestSupport
import Testing

/// Runs whose workers are agent programs, played by stand-ins.
struct ProgramRunTests {
    private static let plan = """
        version: 1
        tasks:
          - {id: left, agent: claude, prompt: Make it rye.}
          - {id: right, agent: codex, prompt: Make it wheat.}
          - {id: third, agent: aider, prompt: Make it oats.}
          - {id: own, command: "echo own >own.txt"}

        """

    @Test func `programs beside commands have branches, usage, logs and transcripts`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: """
                take; hello s-1; call Bash "sed"; sed -i s/bread/rye/ menu.txt; git commit -qam rye
                echo "$ANTHROPIC_API_KEY" >>key.txt; say "the key is $ANTHROPIC_API_KEY"
                echo "${OPENAI_API_KEY:-none} $CLAUDE_CONFIG_DIR" >"$HOME/seen"; done_ "It is rye now."
                """,
            codex: """
                cat >/dev/null; thread th-1; echo wheat >wheat.txt; message "It is wheat now."; turn
                """,
            aider: """
                echo history >.aider.chat.history.md; echo oats >oats.txt; echo "Applied edit to oats.txt"
                echo "Tokens: 1.2k sent, 30 received. Cost: \\$0.01 message, \\$0.01 session."
                """)
        let answer = try trial.run(
            Self.plan,
            adding: ["ANTHROPIC_API_KEY": "sk-secret-1", "OPENAI_API_KEY": "sk-secret-2"])
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(
            run.ends == [
                "left": "completed changed", "right": "completed changed",
                "third": "completed changed", "own": "completed changed",
            ])
        let left = run.task("left")
        #expect(left["kind"] == "local_agent" && left["summary"] == "It is rye now.")
        #expect(left["usage"]?["cost_usd"]?.doubleValue == 0.25)
        #expect(run.task("right")["usage"]?["output_tokens"] == 3)
        #expect(
            try trial.repository.git("log", "-1", "--format=%s", "treeguild/r1/left~1") == "rye")
        // A program's own files are no part of its work, and one program's key is not another's.
        #expect(try trial.text("oats.txt", at: "treeguild/r1/third") == "oats\n")
        #expect(try trial.text(".aider.chat.history.md", at: "treeguild/r1/third") == nil)
        #expect(try trial.lines("seen").first?.hasPrefix("sk-secret-2") == false)
        #expect(try trial.lines("seen").first?.contains("/left/1.0/out/home") == true)
        let log = try trial.treeguild(["show", "r1/left", "--log"]).output
        #expect(log.contains("[secret]") && !log.contains("sk-secret-1"))
        let transcript = try trial.treeguild(["show", "r1/left", "--transcript"]).output
        #expect(transcript.contains("claude on claude-x") && transcript.contains("> Bash sed"))
        #expect(transcript.contains("It is rye now.") && !transcript.contains("sk-secret-1"))
        let watched = try trial.treeguild(["watch", "r1"])
        #expect(watched.errors.contains("left turn 1 · Bash sed"), "\(watched.errors)")
        #expect(try trial.repository.git("status", "--porcelain") == "")
        #expect(try trial.leftTrees() == [])
    }

    @Test func `what is sent reaches a program that reads, and waits for one that does not`() throws
    {
        let trial = try Trial()
        try trial.standIns(
            claude: """
                take; hello s-1; here; take; echo "$said" >said.txt; done_ "So be it."
                while take; do echo more >>said.txt; done
                """,
            codex: """
                case " $* " in
                *" resume th-1 "*) cat >heard.txt; message "Done as told." ;;
                *) cat >/dev/null; thread th-1; echo here >"$HOME/other"; gate; message "First." ;;
                esac
                turn
                """)
        for pipe in ["pipe", "other", "gate"] { try trial.makePipe(pipe) }
        let program = try Background(
            trial,
            ["run", "--run-id", "r1", "--json"]
                + [
                    try trial.plan(
                        """
                        version: 1
                        tasks:
                          - {id: left, agent: claude, prompt: Make it rye.}
                          - {id: right, agent: codex, prompt: Make it wheat.}

                        """)
                ])
        #expect(try trial.awaitLine("pipe") == "here")
        #expect(try trial.awaitLine("other") == "here")
        #expect(try trial.treeguild(["send", "r1/right", "Make it dark."]).status == 0)
        #expect(try trial.awaitEvent("request.send.handled"))
        try trial.release("gate")
        #expect(try trial.treeguild(["send", "r1/left", "Make it light."]).status == 0)
        let answer = try program.end()
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(try trial.text("said.txt", at: "treeguild/r1/left")?.contains("light") == true)
        #expect(try trial.text("heard.txt", at: "treeguild/r1/right") == "Make it dark.")
        #expect(try RunDocument(answer).task("right")["summary"] == "Done as told.")
        let transcript = try trial.treeguild(["show", "r1/right", "--transcript"]).output
        #expect(transcript.contains("First.") && transcript.contains("Make it dark."))
    }

    @Test func `a program without sessions starts again for a message, in the same tree`() throws {
        let trial = try Trial()
        try trial.standIns(
            aider: """
                for word; do case $before in --message-file) cat "$word" >>said.txt ;; esac; before=$word; done
                if [ -e one.txt ]; then echo two >two.txt; else echo one >one.txt; here; gate; fi
                echo "Applied edit to one.txt"
                echo "Tokens: 1.2k sent, 30 received."
                """)
        for pipe in ["pipe", "gate"] { try trial.makePipe(pipe) }
        let program = try Background(
            trial, ["run", "--run-id", "r1", "--agent", "aider", "-t", "a=Make it rye.", "--json"])
        #expect(try trial.awaitLine("pipe") == "here")
        #expect(try trial.treeguild(["send", "r1/a", "Make it dark."]).status == 0)
        #expect(try trial.awaitEvent("request.send.handled"))
        try trial.release("gate")
        let answer = try program.end()
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(try trial.text("two.txt", at: "treeguild/r1/a") == "two\n")
        let said = try trial.text("said.txt", at: "treeguild/r1/a") ?? ""
        #expect(said.contains("Make it rye.") && said.contains("Make it dark."))
    }

    @Test(arguments: ["program", "treeguild", "run", "task"])
    func `a program that was ended goes on with its session`(_ what: String) throws {
        let trial = try Trial()
        try trial.standIns(
            claude: """
                case " $* " in
                *" --resume s-1 "*) take; echo "$said" >told.txt; done_ "Gone on." ; exit 0 ;;
                esac
                take; hello s-1; say "I begin."; echo begun >begun.txt; echo $$ >"$HOME/pid"; here
                exec \(Shell.forever)
                """)
        try trial.makePipe("pipe")
        let program = try Background(
            trial,
            ["run", "--run-id", "r1", "--agent", "claude", "-t", "left=Make it rye.", "--json"])
        #expect(try trial.awaitLine("pipe") == "here")
        #expect(try trial.awaitEvent("agent.activity"))
        var expected = "You were interrupted."
        switch what {
        case "program":
            try kill(try #require(try trial.lines("pid").first.flatMap { Int32($0) }), in: trial)
        case "treeguild": program.send(9)
        case "run": program.send(15)
        default:
            #expect(try trial.treeguild(["stop", "r1/left"]).status == 0)
            expected = "Make it dark."
        }
        var answer = try program.end()
        if what == "task" {
            #expect(answer.status == 1)
            #expect(try RunDocument(answer).end("left").hasPrefix("killed"))
            #expect(try trial.treeguild(["send", "r1/left", "Make it dark."]).status == 0)
            answer = try trial.resume()
        } else if what != "program" {
            #expect(answer.status == (what == "run" ? 130 : 137), "\(answer.errors)")
            answer = try trial.resume()
        }
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try trial.markedProcesses() == [])
        #expect(try RunDocument(answer).task("left")["summary"] == "Gone on.")
        // The same tree, the same session.
        #expect(try trial.text("begun.txt", at: "treeguild/r1/left") == "begun\n")
        #expect(try trial.text("told.txt", at: "treeguild/r1/left")?.contains(expected) == true)
    }

    @Test func `a stopped task goes on with a message while its run works on others`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: """
                case " $* " in
                *" --resume s-1 "*) take; echo "$said" >told.txt; done_ "Gone on."; echo go >"$HOME/gate"; exit 0 ;;
                esac
                take; hello s-1; say "I begin."; here; exec \(Shell.forever)
                """)
        try trial.makePipe("pipe")
        try trial.makePipe("gate")
        let program = try Background(
            trial,
            [
                "run", "--run-id", "r1", "--agent", "claude", "-t", "left=Make it rye.", "--json",
                "--command", "other=read -r go <$HOME/gate; echo other >other.txt",
            ])
        #expect(try trial.awaitLine("pipe") == "here")
        #expect(try trial.awaitEvent("agent.activity"))
        #expect(try trial.treeguild(["stop", "r1/left"]).status == 0)
        #expect(try trial.treeguild(["send", "r1/left", "Make it dark."]).status == 0)
        let answer = try program.end()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try RunDocument(answer).end("left") == "completed changed")
        #expect(try trial.text("told.txt", at: "treeguild/r1/left")?.contains("dark") == true)
    }

    @Test func `a message that a killed program had not answered is told again`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: """
                case " $* " in
                *" --resume s-1 "*) take; echo "$said" >told.txt; done_ "Gone on."; exit 0 ;;
                esac
                take; hello s-1; say "I begin."; echo $$ >"$HOME/pid"; here; take; say "I heard."; here
                exec \(Shell.forever)
                """)
        try trial.makePipe("pipe")
        let program = try Background(
            trial,
            ["run", "--run-id", "r1", "--agent", "claude", "-t", "left=Make it rye.", "--json"])
        #expect(try trial.awaitLine("pipe") == "here")
        #expect(try trial.treeguild(["send", "r1/left", "Make it dark."]).status == 0)
        #expect(try trial.awaitLine("pipe") == "here")
        try kill(try #require(try trial.lines("pid").first.flatMap { Int32($0) }), in: trial)
        let answer = try program.end()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try trial.text("told.txt", at: "treeguild/r1/left")?.contains("dark") == true)
    }

    @Test func `a program as verifier resolves what collides`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: """
                take; hello s-1; printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt; done_ "Both."
                """)
        let answer = try trial.treeguild([
            "run", "--run-id", "r1", "--json", "--verifier", "claude",
            "--command", "a=sed -i s/bread/rye/ menu.txt",
            "--command", "b=sed -i s/bread/wheat/ menu.txt",
        ])
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(
            try trial.text("menu.txt", at: "treeguild/r1/merged") == "soup\nrye\nwheat\ncheese\n")
    }

    private func kill(_ pid: Int32, in trial: borrowing Trial) throws {
        _ = try Shell.run(["kill", "-9", "\(pid)"], in: trial.home, environment: trial.environment)
    }
}
