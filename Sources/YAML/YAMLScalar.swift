package import Base

/// A scalar with its spelling and what the core schema of YAML 1.2 makes of it.
package struct YAMLScalar: Hashable, Sendable {
    /// The text after quotes, escapes and folding: `0x1F` stays `0x1F` here.
    package let text: String
    /// Its type: by its spelling, or by a tag of its own.
    package let tag: Tag

    /// A scalar whose text follows the grammar of its tag.
    package init(text: String, tag: Tag) {
        self.text = text
        self.tag = tag
    }

    /// The core schema's types for scalars.
    package enum Tag: String, Hashable, Sendable {
        case null, bool, int, float
        case string = "str"
    }

    /// The value; numbers keep their spelling where JSON has the same one.
    package var json: JSON {
        switch tag {
        case .null: .null
        case .bool: .bool(text.first == "t" || text.first == "T")
        case .string: .string(text)
        case .int: .number(CoreSchema.decimal(text))
        case .float: CoreSchema.float(text)
        }
    }
}

/// The rules of YAML 1.2.2, chapter 10.3.2, for plain scalars.
enum CoreSchema {
    /// The type of a plain scalar without a tag of its own.
    static func tag(of text: String) -> YAMLScalar.Tag {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "false", "False", "FALSE": return .bool
        case ".nan", ".NaN", ".NAN": return .float
        default: break
        }
        var rest = Substring(text)
        if matchesRadix(rest) { return .int }
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        if [".inf", ".Inf", ".INF"].contains(rest) { return .float }
        if !rest.isEmpty, rest.utf8.allSatisfy(isDigit) { return .int }
        return matchesFloat(rest) ? .float : .string
    }

    /// True when a scalar may carry the tag; text may always be a string.
    static func accepts(_ text: String, as tag: YAMLScalar.Tag) -> Bool {
        let own = CoreSchema.tag(of: text)
        return tag == .string || own == tag || (tag == .float && own == .int)
    }

    /// JSON's spelling of an integer; one too large for 64 bits keeps its digits.
    static func decimal(_ text: String) -> String {
        for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
            return UInt64(text.dropFirst(2), radix: radix).map { String($0) }
                ?? String(doubling(text.dropFirst(2), radix: radix))
        }
        let digits = text.drop { $0 == "-" || $0 == "+" }.drop { $0 == "0" }
        return (text.hasPrefix("-") ? "-" : "") + (digits.isEmpty ? "0" : String(digits))
    }

    /// JSON's value of a float, also of one that is written like an integer.
    static func float(_ text: String) -> JSON {
        // Only JSON's own grammar allows the spelling to stay: `1.50` does, `.5` and `1.` do not.
        if let value = try? JSON(parsing: text), case .number = value { return value }
        if matchesRadix(Substring(text)) { return .number(decimal(text)) }
        return .double(Double(text) ?? .nan)
    }

    private static func doubling(_ digits: Substring, radix: Int) -> Double {
        digits.reduce(0) { $0 * Double(radix) + Double($1.hexDigitValue ?? 0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func matchesRadix(_ text: Substring) -> Bool {
        let digits = text.dropFirst(2)
        guard !digits.isEmpty else { return false }
        if text.hasPrefix("0x") {
            return digits.utf8.allSatisfy {
                isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20)
            }
        }
        return text.hasPrefix("0o") && digits.utf8.allSatisfy { (0x30...0x37).contains($0) }
    }

    private static func matchesFloat(_ text: Substring) -> Bool {
        var rest = text.utf8
        func takeDigits() -> Int {
            let count = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(count)
            return count
        }
        let whole = takeDigits()
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = takeDigits()
        }
        guard whole + fraction > 0 else { return false }
        guard let mark = rest.first else { return true }
        guard mark | 0x20 == UInt8(ascii: "e") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
            rest = rest.dropFirst()
        }
        return takeDigits() > 0 && rest.isEmpty
    }
}
