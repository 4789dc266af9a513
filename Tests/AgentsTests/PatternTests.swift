import Base
import TestSupport
import Testing

@testable import Agents

struct PatternTests {
    private func spans(
        _ pattern: String, _ text: String, isCaseless: Bool = false, isMultiline: Bool = false
    ) throws -> [String] {
        let program = try PatternProgram(
            pattern, isCaseless: isCaseless, isMultiline: isMultiline)
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { buffer in
            let found = SpanSearch(program).all(in: buffer)
            if !isMultiline {
                // Both machines must agree on whether there is a match.
                var automaton = LineAutomaton(program)
                #expect(automaton.matches(buffer) == !found.isEmpty, "\(pattern) \(text)")
            }
            return found.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }

    @Test(arguments: [
        ("abc", "xabcabc", ["abc", "abc"]), ("a|ab", "ab", ["a"]), ("ab|a", "ab", ["ab"]),
        ("a*", "aab", ["aa", ""]), ("a+?", "aaa", ["a", "a", "a"]),
        ("a{2,3}", "aaaaa", ["aaa", "aa"]),
        ("(?:ab)+", "ababa", ["abab"]), ("^a", "aa", ["a"]), ("a$", "aa", ["a"]),
        (#"\bfoo\b"#, "foo food foo", ["foo", "foo"]), (#"\w+"#, "äb_1 c", ["äb_1", "c"]),
        (#"\d{2}"#, "1234", ["12", "34"]), ("[^a-c]+", "abxyc", ["xy"]), ("[]a]+", "]a]", ["]a]"]),
        ("[a-]+", "-a-", ["-a-"]), (#"[\d.]+"#, "1.5", ["1.5"]),
        ("a.c", "abc a\u{e4}c", ["abc", "aäc"]),
        (#"interface{}"#, "interface{}", ["interface{}"]), (#"f\(x\)"#, "f(x)", ["f(x)"]),
        ("(?i)straße", "STRASSE Straße", ["Straße"]), (#"\x41\u{42}"#, "AB", ["AB"]),
        ("[[:alpha:]]+", "ab1", ["ab"]), (#"\pL+"#, "héé1", ["héé"]), ("(?P<n>a)b", "ab", ["ab"]),
        ("x?", "", [""]), (#"a\.b"#, "a.b axb", ["a.b"]), ("(a|b)*c", "ababc", ["ababc"]),
        ("(?x) a b # c", "ab", ["ab"]), ("a(?i)b", "aB AB", ["aB"]), ("(?i:a)b", "Ab AB", ["Ab"]),
        (#"\Bx"#, "ax x", ["x"]), (#"^$"#, "", [""]), ("é", "e\u{301} é", ["é"]),
        ("(a*)*b", "aab", ["aab"]), (".*", "ab", ["ab"]), ("a{,2}", "a{,2}", ["a{,2}"]),
    ])
    func `matches are those of ripgrep's syntax`(
        _ pattern: String, _ text: String, _ expected: [String]
    ) throws {
        #expect(try spans(pattern, text) == expected)
    }

    @Test(arguments: [
        "(", ")", "[a", "*", "a**b{2,1}", "\\", "(?=a)", "(?<!a)", #"\1"#, "[z-a]", "a{1001}",
        #"\q"#, "(?q)", "[a&&b]", #"\p{Nope}"#, "((a{100}){100}){100}",
    ])
    func `what is no pattern, or no regular one, is refused`(_ pattern: String) {
        #expect(throws: PatternError.self) { _ = try PatternProgram(pattern) }
    }

    @Test func `a pattern over lines takes newlines`() throws {
        #expect(try spans("a.b", "a\nb", isMultiline: true) == ["a\nb"])
        #expect(try spans("^b$", "a\nb\nc", isMultiline: true) == ["b"])
        #expect(try spans("größe", "GRÖßE", isCaseless: true) == ["GRÖßE"])
    }

    @Test func `a pattern made to be slow is not`() throws {
        let text = String(repeating: "a", count: 500)
        #expect(try spans("(a|aa)+$", text + "b").isEmpty)
        #expect(try spans("(?:a?){50}a{50}c", text).isEmpty)
    }

    /// `grep -P` is the oracle where git has it; its words mean the same for these.
    @Test(arguments: 0..<40)
    func `random patterns find the lines that grep finds`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        func atom(_ depth: Int) -> String {
            switch Int.random(in: 0...(depth > 2 ? 6 : 9), using: &random) {
            case 0: return "a"
            case 1: return "b"
            case 2: return "[ab]"
            case 3: return "."
            case 4: return "[^a]"
            case 5: return "c"
            // grep takes very long for one inside a repetition.
            case 6: return depth == 0 ? "\\b" : "a"
            case 7: return "(\(sequence(depth + 1)))"
            case 8: return "(\(sequence(depth + 1))|\(sequence(depth + 1)))"
            default: return "(\(sequence(depth + 1)))?"
            }
        }
        func sequence(_ depth: Int) -> String {
            (0..<Int.random(in: 1...3, using: &random)).map { _ in
                let part = atom(depth)
                let mark = ["", "", "", "*", "+", "{1,2}"].randomElement(using: &random) ?? ""
                return part == "\\b" ? part : part + mark
            }.joined()
        }
        let patterns = (0..<5).map { _ in sequence(0) }
        let lines = (0..<40).map { _ in
            String(
                (0..<Int.random(in: 1...8, using: &random)).map { _ in
                    "abc ".randomElement(using: &random) ?? "a"
                })
        }
        let scratch = try Scratch()
        let file = scratch.path.appending("text")
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        try Files.replace(file, with: bytes)
        for pattern in patterns {
            let result = try Shell.run(
                ["grep", "-nE", "--", pattern, "text"], in: scratch.path,
                environment: Shell.environment(home: scratch.path))
            let expected = result.text.split(separator: "\n").compactMap {
                $0.split(separator: ":").first.flatMap { Int($0) }
            }
            var search = FileSearch(try PatternProgram(pattern), isMultiline: false)
            let found = search.search(bytes, .lines)?.lines.map { $0 + 1 } ?? []
            #expect(found == expected, "\(pattern)")
        }
    }
}
