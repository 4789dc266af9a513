/// A JSON value that keeps the order of keys and the spelling of numbers.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The number as it was, or will be, spelled.
    case number(String)
    case string(String)
    case array([JSON])
    case object(Members)

    /// Keys and values of an object, in order.
    package struct Members: Hashable, Sendable {
        /// In the order in which they were read or first set; no key occurs twice.
        package private(set) var pairs: [Pair]

        /// One key with its value.
        package struct Pair: Hashable, Sendable {
            /// Unescaped; compared by Unicode's equivalence, as all strings of Swift are.
            package let key: String
            /// Null where the object says `null`; a key without value does not exist.
            package var value: JSON
        }

        /// Of a key that occurs twice, the place of the first and the value of the last are kept.
        package init(_ pairs: [(String, JSON)] = []) {
            self.pairs = []
            for (key, value) in pairs { self[key] = value }
        }

        /// Sets in place, or appends; nil removes.
        package subscript(key: String) -> JSON? {
            get { pairs.first { $0.key == key }?.value }
            set {
                let index = pairs.firstIndex { $0.key == key }
                switch (index, newValue) {
                case (let index?, let value?): pairs[index].value = value
                case (let index?, nil): pairs.remove(at: index)
                case (nil, let value?): pairs.append(Pair(key: key, value: value))
                case (nil, nil): break
                }
            }
        }

        /// Appends without looking for the key: for parsers that have checked.
        mutating func append(_ key: String, _ value: JSON) {
            pairs.append(Pair(key: key, value: value))
        }
    }

    /// A whole number, spelled in decimal.
    package static func int(_ value: Int) -> JSON { .number(String(value)) }

    /// A finite number; anything else becomes null, since JSON has no word for it.
    package static func double(_ value: Double) -> JSON {
        value.isFinite
            ? .number(
                value == value.rounded() && abs(value) < 1e15
                    ? String(Int(value)) : String(value)) : .null
    }

    /// The value, or null.
    package static func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

    /// The member of an object; nil for anything else.
    package subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// The text of a string; nil for anything else, numbers included.
    package var stringValue: String? { if case .string(let text) = self { text } else { nil } }
    /// A number spelled as a whole one that fits; nil for `1.0`, `1e3` and anything else.
    package var intValue: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    /// Any number, rounded to the nearest double; nil for anything else.
    package var doubleValue: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }
    /// Only `true` and `false`; nil for anything else.
    package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The items of an array; nil for anything else.
    package var arrayValue: [JSON]? { if case .array(let items) = self { items } else { nil } }
    /// The members of an object; nil for anything else.
    package var objectValue: Members? {
        if case .object(let members) = self { members } else { nil }
    }
    /// True for a `null` that was written; a missing member is nil instead.
    package var isNull: Bool { self == .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Members(elements))
    }
}
