import HTTP
import TestSupport
import Testing

struct ServerSentEventParserTests {
    static let table: [(String, [ServerSentEvent])] = [
        ("data: a\n\n", [ServerSentEvent(data: "a")]),
        ("data: a\r\n\r\n", [ServerSentEvent(data: "a")]),
        ("data: a\r\r", [ServerSentEvent(data: "a")]),
        ("data:a\n\n", [ServerSentEvent(data: "a")]),
        ("data:  a\n\n", [ServerSentEvent(data: " a")]),
        ("data: a\ndata: b\n\n", [ServerSentEvent(data: "a\nb")]),
        ("data\n\n", [ServerSentEvent(data: "")]),
        ("data\ndata\n\n", [ServerSentEvent(data: "\n")]),
        (": a comment\n\n", []),
        (": c\ndata: a\n: d\n\n", [ServerSentEvent(data: "a")]),
        ("event: ping\n\ndata: a\n\n", [ServerSentEvent(data: "a")]),
        ("event: ping\ndata: a\n\n", [ServerSentEvent(type: "ping", data: "a")]),
        (
            "id: 7\ndata: a\n\ndata: b\n\n",
            [ServerSentEvent(data: "a", lastID: "7"), ServerSentEvent(data: "b", lastID: "7")]
        ),
        ("id: a\0b\ndata: a\n\n", [ServerSentEvent(data: "a")]),
        ("\u{feff}data: a\n\n", [ServerSentEvent(data: "a")]),
        ("data: \u{feff}a\n\n", [ServerSentEvent(data: "\u{feff}a")]),
        ("data: a", []),
        ("data: a\n", []),
        ("dat: a\ndata : b\n\n", []),
        ("data: é🙂\n\n", [ServerSentEvent(data: "é🙂")]),
        ("\n\n\ndata: {\"a\": \"b: c\"}\n\n\n", [ServerSentEvent(data: "{\"a\": \"b: c\"}")]),
    ]

    @Test(arguments: table)
    func `events are those of the specification`(
        _ text: String, _ expected: [ServerSentEvent]
    ) throws {
        var parser = ServerSentEventParser()
        #expect(try parser.push(Array(text.utf8)) == expected)
    }

    @Test(arguments: table)
    func `a stream cut after every byte gives the same events`(
        _ text: String, _ expected: [ServerSentEvent]
    ) throws {
        var parser = ServerSentEventParser()
        var found: [ServerSentEvent] = []
        for byte in text.utf8 { found += try parser.push([byte]) }
        #expect(found == expected)
    }

    @Test(arguments: 0..<200)
    func `random bytes give the same events however they are cut`(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let words = [
            "data", "event", "id", "retry", ":", " ", "\n", "\r", "\r\n", "\n\n", "a", "7", "é",
            "\u{feff}", "\0",
        ]
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...120, using: &random) {
            if Int.random(in: 0..<8, using: &random) == 0 {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            } else {
                bytes += (words.randomElement(using: &random) ?? "").utf8
            }
        }
        var whole = ServerSentEventParser()
        let expected = try whole.push(bytes)
        var parser = ServerSentEventParser()
        var found: [ServerSentEvent] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...max(1, min(9, rest.count)), using: &random)
            found += try parser.push(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        #expect(found == expected)
        #expect(parser.retry == whole.retry)
        #expect(expected.allSatisfy { !$0.type.contains("\n") && !$0.lastID.contains("\0") })
    }

    @Test(arguments: [("5", Duration.milliseconds(5)), ("", nil), ("-5", nil), ("5s", nil)])
    func `only digits change the time to wait before a new connection`(
        _ value: String, _ expected: Duration?
    ) throws {
        var parser = ServerSentEventParser()
        _ = try parser.push(Array("retry: \(value)\n\n".utf8))
        #expect(parser.retry == expected)
    }

    @Test(arguments: ["data: 0123456789", "data: 0123\ndata: 4567\ndata: 89\n"])
    func `a line or event above the limit is refused`(_ text: String) {
        var parser = ServerSentEventParser(limit: 10)
        #expect(throws: ServerSentEventParser.TooLarge.self) {
            _ = try parser.push(Array(text.utf8))
        }
    }
}
