/// Where and why a text is not one YAML document that this program accepts.
package struct YAMLError: Error, Equatable, Sendable {
    /// The first place that is wrong.
    package let mark: YAMLMark
    /// What is wrong there.
    package let reason: Reason

    /// Counted from 1.
    package var line: Int { mark.line }
    /// In Unicode scalars, counted from 1.
    package var column: Int { mark.column }

    /// What was found there.
    package enum Reason: Equatable, Sendable {
        /// The parser's own words, such as `did not find expected key`, and where the construct
        /// began that it was reading.
        case syntax(String, since: YAMLMark?)
        case invalidUTF8(byte: UInt8)
        case duplicateKey(String, first: YAMLMark)
        /// The key's text, or `a sequence` and `a mapping`.
        case keyNotString(String)
        case secondDocument
        case unknownAlias(String)
        case unknownTag(String)
        /// A scalar under a tag whose grammar it does not follow.
        case invalidValue(String, tag: String)
        /// The document is larger than so many nodes once its aliases are expanded.
        case tooManyNodes(limit: Int)
        case tooDeep(limit: Int)
        case outOfMemory
    }

    init(_ mark: YAMLMark, _ reason: Reason) {
        self.mark = mark
        self.reason = reason
    }
}
