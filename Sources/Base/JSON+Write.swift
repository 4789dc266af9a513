extension JSON {
    /// One line, no spaces, keys in order, as UTF-8.
    package var compact: String {
        var out: [UInt8] = []
        write(to: &out, indent: nil)
        return String(decoding: out, as: UTF8.self)
    }

    /// Two spaces per level, no newline at the end.
    package var pretty: String {
        var out: [UInt8] = []
        write(to: &out, indent: 0)
        return String(decoding: out, as: UTF8.self)
    }

    private func write(to out: inout [UInt8], indent: Int?) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .number(let text): out += text.utf8
        case .string(let text): JSON.quote(text, to: &out)
        case .array(let items):
            JSON.list(items.map { (nil, $0) }, "[", "]", to: &out, indent: indent)
        case .object(let members):
            JSON.list(members.pairs.map { ($0.key, $0.value) }, "{", "}", to: &out, indent: indent)
        }
    }

    private static func list(
        _ items: [(String?, JSON)], _ open: String, _ close: String,
        to out: inout [UInt8], indent: Int?
    ) {
        out += open.utf8
        for (index, (key, value)) in items.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            if let indent { newline(indent + 1, to: &out) }
            if let key {
                quote(key, to: &out)
                out += (indent == nil ? ":" : ": ").utf8
            }
            value.write(to: &out, indent: indent.map { $0 + 1 })
        }
        if let indent, !items.isEmpty { newline(indent, to: &out) }
        out += close.utf8
    }

    private static func newline(_ level: Int, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\n"))
        out += repeatElement(UInt8(ascii: " "), count: level * 2)
    }

    private static func quote(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): out += "\\\"".utf8
            case UInt8(ascii: "\\"): out += "\\\\".utf8
            case UInt8(ascii: "\n"): out += "\\n".utf8
            case UInt8(ascii: "\r"): out += "\\r".utf8
            case UInt8(ascii: "\t"): out += "\\t".utf8
            case 0..<0x20, 0x7f:
                out += "\\u00".utf8
                out += [byte >> 4, byte & 15].map { Array("0123456789abcdef".utf8)[Int($0)] }
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
