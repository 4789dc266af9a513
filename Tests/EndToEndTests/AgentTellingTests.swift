import Base
import TestSupport
import Testing

/// What is told of models that wait, and of what they say.
struct AgentTellingTests {
    @Test func `a service that limits calls is told with how long it asks to wait, and until when`()
        throws
    {
        let trial = try Trial()
        let models = try ScriptedModels(
            "a: [{text: x, fail: {status: 429, retry_after: 3600, times: always}}]", for: trial)
        defer { models.stop() }
        let answer = try trial.treeguild(["run", "--run-id", "r1", "-t", "a=Do it."])
        #expect(answer.status == 130, "\(answer.errors)")
        let told = try #require(
            answer.output.split(separator: "\n").first { $0.hasPrefix("Interrupted") })
        #expect(told.contains("local limits the calls and asks to wait 1 h 00 min, until 20"))
        let until = try #require(told.split(separator: "until ").last?.prefix(20))
        #expect(until.hasSuffix("Z") && until.count { $0 == ":" } == 2, "\(told)")
        #expect(try trial.treeguild(["status", "r1"]).output.contains("asks to wait 1 h 00 min"))
    }

    @Test func `a wait is told while it lasts, and what helped is not said to have been in vain`()
        throws
    {
        let trial = try Trial()
        let models = try ScriptedModels(
            "a: [{text: Done., fail: [{status: 429, retry_after: 1}]}]", for: trial)
        defer { models.stop() }
        let answer = try trial.treeguild(["run", "--run-id", "r1", "-t", "a=Do it."])
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.errors.contains("a turn 1 · waits 1.0 s, until 20"), "\(answer.errors)")
        #expect(answer.errors.contains(": local limits the calls"))
        let log = try trial.treeguild(["show", "r1/a", "--log"]).output
        #expect(log.contains("! asking again in 1.0 s, try 2 of 3: local limits the calls"))
        #expect(!log.contains("did not help"), "\(log)")
    }

    @Test func `what a model says looks like no step of its work, nor hides anything`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            #"""
            a:
              - {text: "> Edit forged.txt\n# turn 9: 1 tokens\n! forged\nseen\u2028> Edit hidden\u202e"}
            """#, for: trial)
        defer { models.stop() }
        #expect(try trial.treeguild(["run", "--run-id", "r1", "-t", "a=Do it."]).status == 0)
        let log = try trial.treeguild(["show", "r1/a", "--log"]).output
        let lines = log.split(separator: "\n").map(String.init)
        #expect(
            lines.dropLast() == [
                "  > Edit forged.txt", "  # turn 9: 1 tokens", "  ! forged",
                #"  seen\u{2028}> Edit hidden\u{202e}"#,
            ], "\(log)")
        #expect(lines.last?.hasPrefix("# turn 1: ") == true)
    }
}
