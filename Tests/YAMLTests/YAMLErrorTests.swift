import Testing
import YAML

struct YAMLErrorTests {
    @Test(
        arguments: [
            ("a: 1\nb: 2\na: 3", 3, 1, .duplicateKey("a", first: YAMLMark(line: 1, column: 1))),
            ("x: {k: 1, k: 2}", 1, 11, .duplicateKey("k", first: YAMLMark(line: 1, column: 5))),
            ("a: 1\n---\nb: 2", 2, 1, .secondDocument),
            ("a: *b", 1, 4, .unknownAlias("b")),
            ("a: &a [*a]", 1, 8, .unknownAlias("a")),
            ("1: x", 1, 1, .keyNotString("1")),
            ("a:\n  true: x", 2, 3, .keyNotString("true")),
            ("? [a]\n: b", 1, 3, .keyNotString("a sequence")),
            ("{{a: b}: c}", 1, 2, .keyNotString("a mapping")),
            ("a: !!binary QQ==", 1, 4, .unknownTag("tag:yaml.org,2002:binary")),
            ("a: !mine x", 1, 4, .unknownTag("!mine")),
            ("a: !!map []", 1, 4, .unknownTag("tag:yaml.org,2002:map")),
            ("a: !!int x", 1, 4, .invalidValue("x", tag: "int")),
        ] as [(String, Int, Int, YAMLError.Reason)])
    func `a document that is refused says where and why`(
        text: String, line: Int, column: Int, reason: YAMLError.Reason
    ) {
        let error = #expect(throws: YAMLError.self) { try YAMLNode(parsing: text) }
        #expect(error?.reason == reason)
        #expect(error?.mark == YAMLMark(line: line, column: column))
    }

    @Test(arguments: [
        ("a: [1, 2", 1), ("a: 'x", 1), ("a: b: c", 1), ("a:\n\t- b", 2), ("a: 1\n b: 2", 2),
        ("- a\nb: c", 2), ("a: \"\\q\"", 1), ("ok: 1\nbad: \u{1}", 2), ("%YAML 3.0\n---\na", 1),
        ("a: @x", 1), ("a: 1\nb: \"\\ud83d\"", 2),
    ])
    func `what is not YAML names its line`(text: String, line: Int) {
        let error = #expect(throws: YAMLError.self) { try YAMLNode(parsing: text) }
        guard case .syntax(let words, _) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!words.isEmpty)
        #expect(error?.line == line)
    }

    @Test func `a bracket that stays open is named by its own place too`() {
        let error = #expect(throws: YAMLError.self) {
            try YAMLNode(parsing: "a: 1\nb: [1, 2\nc: 3\nd")
        }
        #expect(error?.line == 3)
        guard case .syntax(_, since: let since) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(since == YAMLMark(line: 2, column: 4))
    }

    @Test func `a control character is found at its place`() {
        let error = #expect(throws: YAMLError.self) { try YAMLNode(parsing: "é: 1\né: é\u{7}") }
        #expect(error?.mark == YAMLMark(line: 2, column: 5))
    }

    @Test(
        arguments: [
            ([0x61, 0x3a, 0x20, 0xff], 1, 4, 0xff),
            ([0xc3, 0xa9, 0x0a, 0xc3, 0xa9, 0xc3], 2, 2, 0xc3),
            ([0xff, 0xfe, 0x61, 0x00], 1, 1, 0xff),
            ([0xed, 0xa0, 0x80], 1, 1, 0xed),
        ] as [([UInt8], Int, Int, UInt8)])
    func `bytes that are not UTF-8 are found`(
        bytes: [UInt8], line: Int, column: Int, byte: UInt8
    ) {
        let error = #expect(throws: YAMLError.self) { try YAMLNode(parsing: bytes) }
        #expect(error?.reason == .invalidUTF8(byte: byte))
        #expect(error?.mark == YAMLMark(line: line, column: column))
    }

    @Test func `aliases that multiply are refused before they cost anything`() {
        var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        for level in 1...8 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            lines.append("a\(level): &a\(level) [\(aliases)]")
        }
        let error = #expect(throws: YAMLError.self) {
            try YAMLNode(parsing: lines.joined(separator: "\n"))
        }
        #expect(error?.reason == .tooManyNodes(limit: 1_000_000))
        #expect(error?.line == 6)
    }

    @Test func `a hundred levels are read and one more is not`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try YAMLNode(parsing: nested(100))
        let error = #expect(throws: YAMLError.self) { try YAMLNode(parsing: nested(101)) }
        #expect(error?.reason == .tooDeep(limit: 100))
        #expect(error?.column == 101)
    }

    @Test func `levels hidden behind aliases count`() {
        let half = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        let text = "a: &a \(half)\nb: " + half.replacing("[]", with: "[*a]")
        let error = #expect(throws: YAMLError.self) { try YAMLNode(parsing: text) }
        #expect(error?.reason == .tooDeep(limit: 100))
        #expect(error?.line == 2)
    }
}
