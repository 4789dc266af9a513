/// A value as SQLite stores it.
package enum Value: Hashable, Sendable {
    case null
    case integer(Int)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// The text, or null.
    package static func optional(_ text: String?) -> Value { text.map { .text($0) } ?? .null }

    /// The number, or null.
    package static func optional(_ number: Int?) -> Value { number.map { .integer($0) } ?? .null }
}
