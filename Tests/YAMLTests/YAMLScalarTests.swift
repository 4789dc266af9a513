import Base
import Testing
import YAML

struct YAMLScalarTests {
    @Test(arguments: [
        ("", JSON.null), ("~", .null), ("null", .null), ("Null", .null), ("nULL", "nULL"),
        ("true", true), ("True", true), ("FALSE", false), ("tRUE", "tRUE"),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"),
        ("0", 0), ("-0", .number("-0")), ("+7", 7), ("007", 7),
        ("12345678901234567890123", .number("12345678901234567890123")),
        ("0o17", 15), ("0x1F", 31), ("-0x1F", "-0x1F"), ("0x", "0x"), ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("0xffffffffffffffff", .number("18446744073709551615")),
        ("1.50", .number("1.50")), (".5", .number("0.5")), ("1.", 1), ("+1e3", .number("1000")),
        ("1e+5", .number("1e+5")),
        (".", "."), ("e5", "e5"), ("1e", "1e"), ("1.2.3", "1.2.3"), ("1:30", "1:30"),
        ("2026-01-02", "2026-01-02"),
        (".inf", .null), ("-.Inf", .null), (".NaN", .null), (".iNF", ".iNF"),
        ("\"1\"", "1"), ("'true'", "true"), ("!!str 1", "1"), ("! 1", "1"), ("!!float 3", 3),
        ("!!int '4'", 4),
        ("!!null ''", .null), ("a b", "a b"), ("\"\\u00e9\\n\"", "é\n"),
        ("|\n a\n  b\n", "a\n b\n"), (">-\n a\n b\n", "a b"),
    ])
    func `the core schema of YAML 1.2 decides what a scalar is`(text: String, value: JSON) throws {
        #expect(try YAMLNode(parsing: text).json == value)
    }

    @Test func `a number keeps its spelling beside its value`() throws {
        let node = try YAMLNode(parsing: "mode: 0755")
        #expect(node["mode"]?.scalar == YAMLScalar(text: "0755", tag: .int))
        #expect(node["mode"]?.json == 755)
    }
}
