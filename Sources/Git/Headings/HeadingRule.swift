/// Which lines git takes for the heading of the hunks below them: a function, a class, a section.
///
/// The first pattern that matches a line decides about it; a line that none matches is no heading.
struct HeadingRule: Hashable, Sendable {
    let patterns: [Pattern]
    let ignoresCase: Bool

    /// One POSIX expression. A heading shows what its first group matched, or all of the match.
    struct Pattern: Hashable, Sendable {
        let expression: String
        let isRefusal: Bool
        var isExtended = true

        /// Lines that are headings.
        static func take(_ expression: String) -> Pattern {
            Pattern(expression: expression, isRefusal: false)
        }

        /// Lines that are none, whatever comes after.
        static func refuse(_ expression: String) -> Pattern {
            Pattern(expression: expression, isRefusal: true)
        }

        /// An indented line that starts with one of the words; the heading shows it from there.
        ///
        /// - Parameters:
        ///   - before: what may or must stand before the word, an expression.
        ///   - then: what follows it up to the end of the line.
        static func words(
            _ words: [String], before: String = "", then: String = "[ \t].*"
        ) -> Pattern {
            take("^[ \t]*(\(before)(\(words.joined(separator: "|")))\(then))$")
        }

        /// An indented line that starts with one of the words is no heading.
        static func notWords(_ words: [String]) -> Pattern {
            refuse("^[ \t]*(\(words.joined(separator: "|")))")
        }
    }

    init(_ patterns: [Pattern], ignoresCase: Bool = false) {
        self.patterns = patterns
        self.ignoresCase = ignoresCase
    }

    /// What a setting says: an expression a line, `!` before one that refuses.
    ///
    /// - Parameter isExtended: true for `xfuncname`, false for `funcname`.
    init(setting: String, isExtended: Bool) {
        let lines = setting.split(separator: "\n", omittingEmptySubsequences: false)
        self.init(
            lines.map { line in
                let isRefusal = line.hasPrefix("!")
                return Pattern(
                    expression: String(isRefusal ? line.dropFirst() : line), isRefusal: isRefusal,
                    isExtended: isExtended)
            })
    }
}
