import Base
import TestSupport
import Testing

@testable import Agents

struct SecretMaskTests {
    private static let mask = SecretMask(["hunter-22222", "short", #"with"quote"#])

    @Test(arguments: [
        ("say hunter-22222 twice: hunter-22222.", "say [secret] twice: [secret]."),
        ("short stays", "short stays"),
        (#"{"a": "with\"quote"}"#, #"{"a": "[secret]"}"#),
        ("key=ghp_" + String(repeating: "a1", count: 18) + ";", "key=[secret];"),
        ("sk-ant-api03-0123456789abcdefgh", "[secret]"),
        ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
        ("a xsk-ant-api03-0123456789abcdefgh", "a xsk-ant-api03-0123456789abcdefgh"),
        (
            "sk-is-a-prefix-of-many-words-that-are-none",
            "sk-is-a-prefix-of-many-words-that-are-none"
        ),
        ("ghp_tooShort1", "ghp_tooShort1"),
        (
            "ünïcode ghp_" + String(repeating: "é1", count: 36),
            "ünïcode ghp_"
                + String(repeating: "é1", count: 36)
        ),
    ])
    func `values of keys and what looks like a key are left out`(
        _ text: String, _ expected: String
    ) {
        #expect(Self.mask.all(text) == expected)
    }

    @Test func `what only looks like a key stays before the model`() {
        let text = "AKIAIOSFODNN7EXAMPLE and hunter-22222"
        #expect(Self.mask.known(text) == "AKIAIOSFODNN7EXAMPLE and [secret]")
    }

    @Test func `a document without secrets is not made anew`() {
        let json: JSON = ["a": ["b", 1, ["c": "hunter-2222"]]]
        #expect(Self.mask.all(json) == nil)
        let other: JSON = ["a": ["b", 1, ["c": "hunter-22222"]], "d": 2]
        #expect(Self.mask.all(other) == ["a": ["b", 1, ["c": "[secret]"]], "d": 2])
    }

    /// A model that has thought, then says a key and uses it, then says it again.
    private static let script = """
        default:
          - thinking: "The key is hunter-22222."
            text: "I try hunter-22222 now."
            tool: Write
            input: {file_path: hunter-22222.txt, content: "hunter-22222"}
          - {tool: Read, input: {file_path: hunter-22222.txt}}
          - {text: "It was hunter-22222."}
        """

    @Test
    func `a secret that a model says is nowhere but before the model, and gone after a resume`()
        async throws
    {
        let bench = try LoopBench()
        let seen = Collected<ModelRequest>()
        let said = Collected<AgentProgress>()
        let inner = try bench.script(Self.script)
        let model = AnsweringModel { request async throws(ModelError) in
            seen.add(request)
            return try await inner.respond(to: request) { _ in }.turn
        }
        var setup = try bench.setup(model)
        setup.secrets = ["hunter-22222"]
        let outcome = try await bench.run(setup) { said.add($0) }
        #expect(outcome.ending == .finished && outcome.text == "It was [secret].")
        #expect(!said.all.contains { "\($0)".contains("hunter-22222") })
        #expect(said.all.contains { "\($0)".contains("[secret].txt") })
        let text = try String(decoding: Files.read(bench.transcript), as: UTF8.self)
        #expect(!text.contains("hunter-22222") && text.contains("[secret]"))
        // What the model said went back as it was said: nothing before it has changed.
        let requests = seen.all
        let last = try #require(requests.last?.messages)
        for (earlier, message) in zip(requests[1].messages, last) { #expect(earlier == message) }
        #expect(last[1].text.contains("hunter-22222"))
        #expect(last[1].content.contains { $0.isThinking })

        let mailbox = AgentMailbox()
        _ = mailbox.send("Once more.")
        _ = try await bench.run(setup, mailbox: mailbox)
        let resumed = try #require(seen.all.last?.messages)
        #expect(resumed[1].text == "I try [secret] now.")
        #expect(!resumed.contains { $0.content.contains(where: \.isThinking) })
        #expect(!resumed.contains { $0.json.compact.contains("hunter-22222") })
    }
}
