/// Where and why a text is not JSON.
package struct JSONError: Error, Equatable, Sendable {
    /// Offset in bytes from the start of the text.
    package let offset: Int
    /// What would have been legal there, in words such as `a value` or `':'`.
    package let expected: String
}

extension JSON {
    /// Parses one JSON document (RFC 8259); nesting beyond 512 levels and doubled keys are refused.
    package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        var parser = Parser(bytes: Array(bytes))
        self = try parser.document()
    }

    /// Parses the text's UTF-8; offsets of errors are bytes of it.
    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }
}

private struct Parser {
    let bytes: [UInt8]
    var at = 0
    var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value()
        skipSpace()
        guard at == bytes.count else { throw error("end of text") }
        return value
    }

    func error(_ expected: String) -> JSONError { JSONError(offset: at, expected: expected) }

    mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    mutating func word(_ text: String, _ value: JSON) throws(JSONError) -> JSON {
        guard bytes[at...].starts(with: text.utf8) else { throw error("a value") }
        at += text.utf8.count
        return value
    }

    mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        guard at < bytes.count else { throw error("a value") }
        guard depth < 512 else { throw error("fewer than 512 levels") }
        depth += 1
        defer { depth -= 1 }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func object() throws(JSONError) -> JSON {
        at += 1
        var members = JSON.Members()
        var seen: Set<String> = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            let start = at
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw error("a key") }
            let key = try string()
            guard seen.insert(key).inserted else {
                throw JSONError(offset: start, expected: "each key once")
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("':'") }
            members.append(key, try value())
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw error("',' or '}'") }
            return .object(members)
        }
    }

    mutating func array() throws(JSONError) -> JSON {
        at += 1
        var items: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(items) }
        while true {
            items.append(try value())
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw error("',' or ']'") }
            return .array(items)
        }
    }

    mutating func digits() -> Int {
        let start = at
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
        return at - start
    }

    mutating func number() throws(JSONError) -> JSON {
        let start = at
        _ = take(UInt8(ascii: "-"))
        let leadingZero = at < bytes.count && bytes[at] == 0x30
        let count = digits()
        guard count > 0, !leadingZero || count == 1 else { throw error("a value") }
        if take(UInt8(ascii: ".")), digits() == 0 { throw error("a digit") }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw error("a digit") }
        }
        return .number(String(decoding: bytes[start..<at], as: UTF8.self))
    }

    mutating func string() throws(JSONError) -> String {
        at += 1
        var out: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: out, as: UTF8.self) else {
                    throw error("valid UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20: throw error("an escaped control character")
            default: out.append(byte)
            }
        }
        throw error("'\"'")
    }

    mutating func escape(into out: inout [UInt8]) throws(JSONError) {
        guard at < bytes.count else { throw error("an escape") }
        let byte = bytes[at]
        at += 1
        let plain: [UInt8: UInt8] = [
            0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12,
            UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
        ]
        if let character = plain[byte] { return out.append(character) }
        guard byte == UInt8(ascii: "u") else { throw error("an escape") }
        var code = try hex()
        if (0xd800..<0xdc00).contains(code), at + 1 < bytes.count, bytes[at] == 0x5c,
            bytes[at + 1] == UInt8(ascii: "u")
        {
            let mark = at
            at += 2
            let low = try hex()
            if (0xdc00..<0xe000).contains(low) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
            } else {
                at = mark
            }
        }
        // A lone surrogate is legal JSON and not a character: U+FFFD stands for it.
        let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
        out += String(Character(scalar)).utf8
    }

    mutating func hex() throws(JSONError) -> UInt32 {
        guard at + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16),
            bytes[at] != UInt8(ascii: "+"), bytes[at] != UInt8(ascii: "-")
        else { throw error("four hexadecimal digits") }
        at += 4
        return code
    }
}
