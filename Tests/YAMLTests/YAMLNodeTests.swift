import Base
import Testing
import TestSupport
import YAML

struct YAMLNodeTests {
    @Test func `every node knows its line and column`() throws {
        let node = try YAMLNode(
            parsing: """
                # first
                goal: ü and more
                tasks:
                  - id: a
                    after: [b, "c"]
                  - é: {x: 1}
                """)
        #expect(node.mark == YAMLMark(line: 2, column: 1))
        #expect(node["goal"]?.mark == YAMLMark(line: 2, column: 7))
        let tasks = try #require(node["tasks"]?.items)
        #expect(tasks[0].mark == YAMLMark(line: 4, column: 5))
        #expect(tasks[0]["after"]?.items?[1].mark == YAMLMark(line: 5, column: 16))
        #expect(tasks[1].entries?[0].mark == YAMLMark(line: 6, column: 5))
        #expect(tasks[1]["é"]?["x"]?.mark == YAMLMark(line: 6, column: 12))
    }

    @Test func `a text cut out of another keeps its lines`() throws {
        #expect(try YAMLNode(parsing: "a: 1\nb: 2", firstLine: 40)["b"]?.mark.line == 41)
        let error = #expect(throws: YAMLError.self) { try YAMLNode(parsing: "a: [", firstLine: 40) }
        #expect(error?.line == 40)
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "---\n", "---\n...\n", "\u{FEFF}"])
    func `an empty document is null`(text: String) throws {
        #expect(try YAMLNode(parsing: text).json == .null)
    }

    @Test func `a byte order mark does not move the first column`() throws {
        #expect(try YAMLNode(parsing: "\u{FEFF}a: b")["a"]?.mark == YAMLMark(line: 1, column: 4))
    }

    @Test func `an alias stands for its anchor, at its own place`() throws {
        let node = try YAMLNode(parsing: "a: &x [1, 2]\nb: *x\n")
        #expect(node.json == JSON.object(.init([("a", [1, 2]), ("b", [1, 2])])))
        #expect(node["b"]?.mark == YAMLMark(line: 2, column: 4))
    }

    @Test func `a merge key is a key like any other`() throws {
        #expect(try YAMLNode(parsing: "<<: 1").entries?[0].key == "<<")
    }

    @Test(arguments: 0..<200)
    func `every JSON text is YAML with the same value`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let value = Self.value(depth: 0, using: &random)
        let text = Bool.random(using: &random) ? value.pretty : value.compact
        #expect(try YAMLNode(parsing: text).json == value, "\(text)")
    }

    private static func value(depth: Int, using random: inout SeededRandom) -> JSON {
        switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int.random(in: -1000...1000, using: &random))
        case 3: return .double(Double(Int.random(in: 1...999, using: &random)) / 64)
        case 4: return .string(text(using: &random))
        case 5:
            return .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    value(depth: depth + 1, using: &random)
                })
        default:
            return .object(
                .init(
                    (0..<Int.random(in: 0...4, using: &random)).map {
                        (text(using: &random) + "\($0)", value(depth: depth + 1, using: &random))
                    }))
        }
    }

    private static func text(using random: inout SeededRandom) -> String {
        let characters = Array("ab: #-\n\t\"\\'é😀{}[],&*!|>%@`~?0")
        return String(
            (0..<Int.random(in: 0...8, using: &random)).map { _ in
                characters.randomElement(using: &random) ?? "a"
            })
    }
}
