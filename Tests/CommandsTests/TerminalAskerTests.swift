import Agents
import Base
import Testing

@testable import Commands
@testable import Review

struct TerminalAskerTests {
    private static func question(_ tool: String, _ input: JSON) -> PermissionQuestion {
        PermissionQuestion(
            worker: "docs", tool: tool, input: input, reason: "rule Bash(git push *)")
    }

    @Test(
        arguments: [
            ("y", .allow), (" Yes ", .allow), ("n", .deny(nil)), ("", .deny(nil)),
            (nil, .deny(nil)),
            ("use the other remote", .deny("use the other remote")),
        ] as [(String?, PermissionAnswer)])
    func `what is typed is an answer, and nothing is a no`(
        _ said: String?, _ answer: PermissionAnswer
    ) {
        let question = Self.question("Bash", ["command": "git push origin"])
        #expect(TerminalAsker.answer(said, to: question) == answer)
    }

    @Test func `always means the same command, or any call of another tool`() throws {
        let command = Self.question("Bash", ["command": "git push origin"])
        let edit = Self.question("Edit", ["file_path": "a"])
        #expect(
            TerminalAsker.answer("a", to: command)
                == .allowAlways(try PermissionRule("Bash(git push origin)")))
        #expect(TerminalAsker.answer("a", to: edit) == .allowAlways(try PermissionRule("Edit")))
    }

    @Test func `a question says who, what and why, and moves no cursor`() {
        let text = TerminalAsker.text(of: Self.question("Bash", ["command": "a\u{1b}[2J"])).plain
        #expect(text.contains("docs wants Bash: a") && text.contains("rule Bash(git push *)"))
        #expect(!text.contains("\u{1b}"))
    }
}
