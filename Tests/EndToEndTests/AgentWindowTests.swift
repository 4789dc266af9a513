import Agents
import Base
import TestSupport
import Testing

/// Conversations that a service refuses as too long, in the forms that services have for it.
struct AgentWindowTests {
    private static func steps(_ fault: String, _ summary: String) -> String {
        """
        any:
          rules:
            - when: {last: "*about to be cut off*"}
              \(summary)
              text: "menu.txt was read."
            - when: {last: "*menu.txt was read.*"}
              \(summary)
              tool: Bash
              input: {command: "sed -i s/bread/rye/ menu.txt; echo changed"}
            - {when: {last: "*changed*"}, text: "It is rye now."}
          steps:
            - {tool: Read, input: {file_path: menu.txt}}
            - {fail: [\(fault)], text: "Never said."}
        """
    }

    @Test(arguments: ModelWire.allCases, ["context", "413"])
    func `a refused conversation is summed up, and the work goes on`(
        _ wire: ModelWire, _ fault: String
    ) throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            Self.steps("{kind: \(fault), times: always}", ""), for: trial, wire: wire)
        defer { models.stop() }
        let answer = try trial.treeguild([
            "run", "--run-id", "r1", "-t", "a=Make it rye.", "--json",
        ])
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try RunDocument(answer).task("a")["summary"] == "It is rye now.")
        #expect(try trial.text("menu.txt", at: "treeguild/r1/merged") == "soup\nrye\ncheese\n")
        let log = try trial.treeguild(["show", "r1/a", "--log"]).output
        #expect(log.contains("# summed up"), "\(log)")
    }

    @Test(arguments: ModelWire.allCases)
    func `where not even a summary fits, the task fails with a sentence`(_ wire: ModelWire) throws {
        let trial = try Trial()
        let always = "{kind: context, times: always}"
        let models = try ScriptedModels(
            Self.steps(always, "fail: [\(always)]"), for: trial, wire: wire)
        defer { models.stop() }
        let answer = try trial.treeguild([
            "run", "--run-id", "r1", "-t", "a=Make it rye.", "--json",
        ])
        #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
        let error = try RunDocument(answer).task("a")["error"]
        #expect(error?["code"] == "agent")
        #expect(
            error?["message"]?.stringValue?.contains("does not fit the") == true,
            "\(error?.compact ?? "")")
    }
}
