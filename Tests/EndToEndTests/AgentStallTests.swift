import Base
import TestSupport
import Testing

/// Services that take a request and then say nothing more.
struct AgentStallTests {
    @Test(arguments: ["stall", "silence"])
    func `a service that falls silent leaves a run to be resumed`(_ fault: String) throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            any:
              - fail: [\(fault), \(fault), \(fault)]
                tool: Write
                input: {file_path: a.txt, content: "a\\n"}
              - {text: "Done."}
            """, for: trial, idle: 0.3)
        defer { models.stop() }
        let first = try trial.treeguild(["run", "--run-id", "r1", "-t", "a=Do it.", "--json"])
        #expect(first.status == 130, "\(first.output)\(first.errors)")
        let why = try JSON(parsing: first.output)["interruption"]?["message"]?.stringValue
        #expect(why?.contains("nothing came for 0.3 s") == true, "\(why ?? "")")
        let log = try trial.treeguild(["show", "r1/a", "--log"]).output
        #expect(log.contains("try 3 of 3"), "\(log)")
        let answer = try trial.resume()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try trial.text("a.txt", at: "treeguild/r1/merged") == "a\n")
    }
}
