import Base
import Testing

struct JSONTests {
    @Test(arguments: [
        "{\"b\":1,\"a\":[true,null,\"x\\n\\u0001\"]}", "[1.50,-0,1e+5]", "\"é😀\"", "{}", "[]",
    ])
    func `what was parsed is written back with the same order and spelling`(text: String) throws {
        #expect(try JSON(parsing: text).compact == text)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,\"a\":2}", "01", "\"\u{1}\"", "nul", "1 2", "\"\\x\"", "+1",
        "1.",
        String(repeating: "[", count: 600),
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
    }

    @Test func `surrogate pairs join and lone ones are replaced`() throws {
        #expect(try JSON(parsing: "\"\\ud83d\\ude00 \\ud800\"") == .string("😀 \u{FFFD}"))
    }
}
