import Base
import Glibc
import TestSupport
import Testing

/// Ends that people ask for, and going on after them.
struct SignalRunTests {
    private static let plan = """
        version: 1
        jobs: 1
        tasks:
          - id: held
            command: |
              echo held >>$HOME/ran
              test -e $HOME/second && { echo h >h.txt; exit 0; }
              echo h >h.txt
              echo ready >$HOME/ready
              read line <$HOME/go
          - {id: later, command: "echo later >>$HOME/ran; echo l >l.txt"}
        """

    private static func begin(_ trial: borrowing Trial) throws -> Background {
        try trial.makePipe("ready")
        try trial.makePipe("go")
        let program = try Background(
            trial, ["run", try trial.plan(plan), "--run-id", "r1", "--json"])
        #expect(try trial.awaitLine("ready") == "ready")
        return program
    }

    private static func expectResumed(_ trial: borrowing Trial, _ before: UserState) throws {
        try Files.replace(trial.home.appending("second"), with: "".utf8)
        let answer = try trial.resume()
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(Set(try RunDocument(answer).included) == ["held", "later"])
        #expect(try trial.text("h.txt", at: "treeguild/r1/merged") == "h\n")
        #expect(try trial.markedProcesses() == [])
        try trial.expectTidy(before)
    }

    @Test func `the first interrupt lets workers end and starts no more`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let program = try Self.begin(trial)
        program.send(SIGINT)
        #expect(try program.awaitError("Once more to stop"))
        try trial.release("go")
        let answer = try program.end()
        #expect(answer.status == 130)
        #expect(answer.errors.contains("treeguild resume r1"), "\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.status == "interrupted")
        #expect(try answer.json["interruption"]?["code"] == "interrupt")
        #expect(run.ends == ["held": "completed changed", "later": "pending "])
        #expect(try trial.lines("ran") == ["held"])
        try Self.expectResumed(trial, before)
        #expect(try trial.lines("ran") == ["held", "later"])
    }

    @Test(arguments: [[SIGINT, SIGINT], [SIGTERM], [SIGINT, SIGTERM]])
    func `a second interrupt, or a request to terminate, ends workers`(_ signals: [Int32]) throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let program = try Self.begin(trial)
        for (number, signal) in signals.enumerated() {
            if number > 0 { #expect(try program.awaitError("Once more to stop")) }
            program.send(signal)
        }
        let answer = try program.end()
        #expect(answer.status == 130)
        #expect(answer.errors.contains("treeguild resume r1"), "\(answer.errors)")
        #expect(try trial.markedProcesses() == [])
        let run = try RunDocument(answer)
        #expect(run.ends == ["held": "pending ", "later": "pending "])
        try Self.expectResumed(trial, before)
        #expect(try trial.lines("ran") == ["held", "held", "later"])
        #expect(try trial.anyPreserved(holding: "h.txt", of: "held") == "h\n")
    }

    @Test(arguments: ["check", "verify"])
    func `a check or verifier that was stopped runs again when the run is resumed`(_ stage: String)
        throws
    {
        let trial = try Trial()
        let before = try UserState(of: trial)
        try trial.makePipe("ready")
        let wait = "test -e $HOME/second || { echo ready >$HOME/ready; \(Shell.forever); }"
        let plan = """
            version: 1
            checks: [{name: c, run: "\(stage == "check" ? wait : "true")"}]
            verify: {agent: {command: "printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt; \(stage == "verify" ? wait : "true")"}}
            tasks:
              - {id: left, command: "sed -i s/bread/rye/ menu.txt"}
              - {id: right, command: "sed -i s/bread/wheat/ menu.txt"}
            """
        let program = try Background(
            trial, ["run", try trial.plan(plan), "--run-id", "r1", "--json"])
        #expect(try trial.awaitLine("ready") == "ready")
        program.send(SIGTERM)
        let answer = try program.end()
        #expect(answer.status == 130, "\(answer.errors)")
        try Files.replace(trial.home.appending("second"), with: "".utf8)
        let resumed = try trial.resume()
        #expect(resumed.status == 0, "\(resumed.output)")
        let run = try RunDocument(resumed)
        #expect(Set(run.included) == ["left", "right"] && run.verdict == "passed")
        #expect(
            try trial.text("menu.txt", at: "treeguild/r1/merged") == "soup\nrye\nwheat\ncheese\n")
        #expect(try trial.markedProcesses() == [])
        try trial.expectTidy(before)
    }

    @Test func `a stopped run goes on when it is resumed`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let program = try Self.begin(trial)
        let stopped = try trial.treeguild(["stop", "r1", "--json"])
        #expect(stopped.status == 0, "\(stopped.errors)")
        #expect(try stopped.json["status"]?.stringValue == "interrupted")
        let ended = try program.end()
        #expect(ended.status == 130)
        #expect(try ended.json["interruption"]?["code"] == "request")
        #expect(
            try trial.treeguild(["status", "r1"]).output.contains("why      stopped by treeguild"))
        #expect(try trial.markedProcesses() == [])
        try Self.expectResumed(trial, before)
        #expect(try trial.lines("ran") == ["held", "held", "later"])
    }

    @Test func `a stopped task stays stopped, the others go on, and its work is kept`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let program = try Self.begin(trial)
        #expect(try trial.treeguild(["stop", "r1/held"]).status == 0)
        let answer = try program.end()
        #expect(answer.status == 1, "\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.ends == ["held": "killed stopped", "later": "completed changed"])
        #expect(run.included == ["later"])
        #expect(try trial.anyPreserved(holding: "h.txt", of: "held") == "h\n")
        try trial.expectTidy(before)
    }

    @Test func `a task that was stopped before it began does not begin after a kill either`() throws
    {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let program = try Self.begin(trial)
        // It waits for the task to end, which it does only with the run.
        let stop = try Background(trial, ["stop", "r1/later"])
        #expect(try stop.awaitError("asked task r1/later to stop"))
        #expect(try trial.awaitEvent("request.stop.handled"))
        program.send(SIGKILL)
        _ = try program.end()
        try Files.replace(trial.home.appending("second"), with: "".utf8)
        let answer = try trial.resume()
        #expect(answer.status == 1, "\(answer.errors)")
        #expect(
            try RunDocument(answer).ends
                == ["held": "completed changed", "later": "killed stopped"])
        #expect(try trial.lines("ran") == ["held", "held"])
        _ = try stop.end()
        try trial.expectTidy(before)
    }

    @Test func `a branch on which a tree was being started is gone once the run is resumed`() throws
    {
        let trial = try Trial()
        let plan = "version: 1\ntasks: [{id: a, command: \"echo a >a.txt\"}]\n"
        #expect(try trial.run(plan, id: "r1", adding: ["TREEGUILD_FAULT": "12"]).status == 137)
        #expect(try trial.run(plan, id: "r1-verify").status == 0)
        for name in ["r1-check-left", "r1-verify-verify-left"] {
            try trial.repository.git("branch", "treeguild-detached/treeguild-\(name)")
        }
        #expect(try trial.resume().status == 0)
        // The other one is of a run whose name begins with this one's.
        let left = try trial.repository.git(
            "for-each-ref", "--format=%(refname)", "refs/heads/treeguild-detached")
        #expect(left == "refs/heads/treeguild-detached/treeguild-r1-verify-verify-left")
    }

    @Test func `a run that is worked on cannot be resumed beside it`() throws {
        let trial = try Trial()
        let program = try Self.begin(trial)
        let answer = try trial.resume()
        #expect(answer.status == 3, "\(answer.errors)")
        #expect(answer.errors.contains("r1"))
        try trial.release("go")
        #expect(try program.end().status == 0)
        let late = try trial.resume()
        #expect(late.status == 1 && late.errors.contains("ended"), "\(late.errors)")
    }

    @Test func `two processes that resume one run: one does it, once`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let program = try Self.begin(trial)
        program.send(SIGKILL)
        _ = try program.end()
        try Files.replace(trial.home.appending("second"), with: "".utf8)
        let first = try Background(trial, ["resume", "r1", "--json"])
        let second = try Background(trial, ["resume", "r1", "--json"])
        let statuses = [try first.end().status, try second.end().status].sorted()
        #expect(statuses == [0, 1] || statuses == [0, 3], "\(statuses)")
        #expect(try trial.lines("ran").count { $0 == "later" } == 1)
        try trial.expectTidy(before)
    }
}
