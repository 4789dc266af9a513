import Base
import TestSupport
import Testing

/// Keys that a worker puts where names and messages are.
struct SecretNameTests {
    private static let key = "hunter2-0123456789abcdef"
    private static let likeKey = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"

    @Test func `a key in names and messages of the work is left out of all that is told`() throws {
        let trial = try Trial()
        let models = try ScriptedModels(
            """
            a:
              - {tool: Write, input: {file_path: "k-\(Self.key).txt", content: "x\\n"}}
              - {tool: Write, input: {file_path: "\(Self.likeKey).txt", content: "x\\n"}}
              - {tool: Write, input: {file_path: inside.txt, content: "key: \(Self.key)\\n"}}
              - {tool: Bash, input: {command: "git add -A; git commit -qm 'with \(Self.key)'; git branch treeguild/r1/\(Self.key)"}}
              - {text: Done.}
            """, for: trial)
        defer { models.stop() }
        let secret = ["MY_SERVICE_KEY": Self.key]
        let answer = try trial.treeguild(
            [
                "run", "--run-id", "r1", "--json", "-t", "a=Do it.", "--command",
                "b=echo b >'k-\(Self.key).txt'",
            ], adding: secret)
        #expect(answer.status == 1, "\(answer.errors)")
        let warnings = try answer.json["warnings"]?.arrayValue ?? []
        let warning = try #require(
            warnings.first { $0["about"] == "secret" && $0["task"] == "a" })
        let message = warning["message"]?.stringValue ?? ""
        #expect(message.contains("inside.txt"), "\(message)")
        #expect(message.contains("k-[secret].txt") && message.contains("the message of commit"))
        var told = [answer]
        for words in [
            ["status", "r1"], ["status", "r1", "--json"], ["log", "r1"], ["log", "r1", "--json"],
            ["watch", "r1"], ["show", "r1/a"], ["show", "r1/a", "--json"],
            ["show", "r1/a", "--transcript"], ["show", "r1/a", "--log"], ["clean", "r1"], ["undo"],
        ] {
            told.append(try trial.treeguild(words, adding: secret))
        }
        for one in told {
            for text in [one.output, one.errors] {
                #expect(!text.contains(Self.key) && !text.contains(Self.likeKey), "\(text)")
            }
        }
        // It is work all the same.
        #expect(
            try trial.treeguild(["show", "r1/a", "--diff"], adding: secret).output
                .contains(Self.key))
    }
}
