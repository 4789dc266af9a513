import Base
import TestSupport
import Testing

@testable import Agents

struct ShellScriptTests {
    @Test(arguments: [
        ("git status", ["git status"]), ("a && b || c; d | e & f", ["a", "b", "c", "d", "e", "f"]),
        ("a |& b\nc", ["a", "b", "c"]), ("echo 'a && b'", ["echo a && b"]),
        ("echo \"a; b\"", ["echo a; b"]), ("echo a\\;b", ["echo a;b"]), ("(a; b)", ["a", "b"]),
        ("{ a; b; }", ["a", "b"]), ("if a; then b; else c; fi", ["a", "b", "c"]),
        ("while a; do b; done", ["a", "b"]), ("! a", ["a"]), ("a # b; c", ["a"]),
        ("a 2>&1", ["a"]), ("cat <<E\nx; y\nE\nb", ["cat", "b"]), ("a \\\n b", ["a b"]),
        ("a <<< 'x y'", ["a x y"]),
    ])
    func `a text is taken apart where a shell does`(_ text: String, _ parts: [String]) {
        let script = ShellScript(text)
        #expect(script.parts.map(\.text) == parts)
        #expect(script.isClear)
    }

    @Test(arguments: [
        ("echo $(rm -rf x)", "rm -rf x"), ("echo `rm x`", "rm x"), ("echo \"$(rm x)\"", "rm x"),
        ("diff <(rm x) y", "rm x"), ("a=$(rm x)", "rm x"), ("echo $(echo $(rm x))", "rm x"),
        ("bash -c 'rm x'", "rm x"), ("eval rm x", "rm x"), ("sh -lc \"rm x\"", "rm x"),
        ("env A=b bash -c 'rm x'", "rm x"), ("for a in b; do rm x; done", "rm x"),
        ("case a in b) rm x;; esac", "rm x"), ("f() { rm x; }", "rm x"),
        ("echo \"`rm x`\"", "rm x"),
    ])
    func `what runs inside is found`(_ text: String, _ inner: String) {
        #expect(ShellScript(text).parts.map(\.text).contains(inner))
    }

    @Test(arguments: [
        "for a in b; do c; done", "case a in b) c;; esac", "f() { a; }", "echo 'a", "echo \"a",
        "$a b", "bash -c 'a'", "eval a", "[[ a ]]", "echo $'a'", "cat <<E\n$(a)\nE", "echo $(a",
        "`a` b", String(repeating: "a ", count: 6000),
    ])
    func `what may run something else is no clear text`(_ text: String) {
        #expect(!ShellScript(text).isClear)
    }

    @Test func `redirections are told with their direction`() throws {
        let part = try #require(ShellScript("a <in >out 2>>err &>both >|force 3<&0").parts.first)
        #expect(part.text == "a")
        #expect(part.redirects.map(\.target.text) == ["in", "out", "err", "both", "force"])
        #expect(part.redirects.map(\.writes) == [false, true, true, true, true])
    }

    /// sh itself says which commands it runs, by a function that records each.
    @Test(arguments: 0..<80)
    func `no command that a shell runs is missed`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        func word() -> String {
            [
                "x", "'y z'", "\"q;r\"", "$A", "$(probe 1)", "`probe 2`", "\\;", "\"$(probe 3)\"",
                "#n",
            ]
            .randomElement(using: &random) ?? "x"
        }
        func command(_ depth: Int) -> String {
            switch Int.random(in: 0...(depth > 2 ? 2 : 7), using: &random) {
            case 0, 1, 2: return "probe \(word()) \(word())"
            case 3: return "( \(command(depth + 1)) )"
            case 4: return "{ \(command(depth + 1)); }"
            case 5: return "if \(command(depth + 1)); then \(command(depth + 1)); fi"
            case 6: return "B=1 probe \(word()) >/dev/null"
            default: return "eval 'probe \(["u", "v"].randomElement(using: &random) ?? "u")'"
            }
        }
        let text = (0..<3).map { _ in command(0) }
            .joined(
                separator: ["; ", " && ", " || ", "\n", " | "].randomElement(using: &random) ?? ";")
        let scratch = try Scratch()
        let head = "A=a; probe() { echo run >>\"$LOG\"; }\n"
        var environment = Shell.environment(home: scratch.path)
        environment["LOG"] = scratch.path.appending("log").description
        _ = try Shell.run(
            ["bash", "-c", head + text], in: scratch.path, environment: environment)
        let log = (try? Files.read(scratch.path.appending("log"))) ?? []
        let runs = String(decoding: log, as: UTF8.self).split(separator: "\n").count
        let found = ShellScript(text).parts.count { $0.name == "probe" }
        #expect(found >= runs, "\(text)")
    }
}
