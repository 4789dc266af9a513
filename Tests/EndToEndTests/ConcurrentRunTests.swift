import Base
import TestSupport
import Testing

/// Several runs in one repository at one time.
struct ConcurrentRunTests {
    @Test func `four runs beside each other all complete`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let plan = try trial.plan(
            """
            version: 1
            checks: [{name: c, run: "test -f menu.txt"}]
            tasks:
              - {id: a, command: "echo $TREEGUILD_RUN >a.txt"}
              - {id: b, command: "sed -i s/one/$TREEGUILD_RUN/ notes.txt; git commit -qam b"}
              - {id: c, after: [a, b], command: "cat a.txt notes.txt >c.txt"}
              - {id: d, command: "cat menu.txt"}
            """)
        let first = try Background(trial, ["run", plan, "--run-id", "r1", "--json"])
        let second = try Background(trial, ["run", plan, "--run-id", "r2", "--json"])
        let third = try Background(trial, ["run", plan, "--run-id", "r3", "--json"])
        let fourth = try Background(trial, ["run", plan, "--run-id", "r4", "--json"])
        for words in [["status", "--json"], ["log", "--json"], ["status"]] {
            let answer = try trial.treeguild(words)
            // The first run may not be recorded yet.
            #expect([0, 1, 2].contains(answer.status), "\(words): \(answer.errors)")
            #expect(!answer.errors.contains("unexpected"), "\(words): \(answer.errors)")
        }
        let answers = [try first.end(), try second.end(), try third.end(), try fourth.end()]
        for (number, answer) in answers.enumerated() {
            let name = "r\(number + 1)"
            #expect(answer.status == 0, "\(name): \(answer.errors)")
            let run = try RunDocument(answer)
            #expect(Set(run.included) == ["a", "b", "c"])
            #expect(
                try trial.text("c.txt", at: "treeguild/\(name)/merged")?.hasPrefix(
                    "\(name)\n\(name)\ntwo") == true)
        }
        let status = try trial.treeguild(["status", "--json"]).json
        let runs = status["runs"]?.arrayValue ?? []
        #expect(Set(runs.compactMap { $0["run"]?.stringValue }) == ["r1", "r2", "r3", "r4"])
        #expect(runs.allSatisfy { $0["status"]?.stringValue == "completed" })
        try trial.expectTidy(before)
    }

    @Test func `forty trees at once, asked for by four processes, are all made`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let here = try Gate(trial.home.appending("here"))
        let on = try Gate(trial.home.appending("on"))
        // Every worker waits for all forty, so that all trees exist at one time.
        let task =
            "\(here.letting); \(on.passing); echo $TREEGUILD_RUN-$TREEGUILD_TASK >>$HOME/were;"
            + " echo $TREEGUILD_TASK >$TREEGUILD_TASK.txt"
        let tasks = (1...10).map { "  - {id: t\($0), timeout: 5m, command: \"\(task)\"}" }
        let plan = try trial.plan(
            "version: 1\njobs: 10\ntasks:\n" + tasks.joined(separator: "\n") + "\n")
        let first = try Background(trial, ["run", plan, "--run-id", "r1", "--json"])
        let second = try Background(trial, ["run", plan, "--run-id", "r2", "--json"])
        let third = try Background(trial, ["run", plan, "--run-id", "r3", "--json"])
        let fourth = try Background(trial, ["run", plan, "--run-id", "r4", "--json"])
        let areThere = here.pass(40)
        #expect(areThere)
        #expect(Files.kind(of: trial.home.appending("were")) == nil)
        try on.letPass(40)
        let answers = [try first.end(), try second.end(), try third.end(), try fourth.end()]
        for (number, answer) in answers.enumerated() {
            #expect(answer.status == 0, "\(answer.errors)")
            let run = try RunDocument(answer)
            #expect(run.included.count == 10, "r\(number + 1)")
        }
        #expect(Set(try trial.lines("were")).count == 40)
        try trial.expectTidy(before)
    }
}
