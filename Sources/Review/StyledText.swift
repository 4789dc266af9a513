import Base

/// Text with styles, in which everything interpolated is made visible and only literals are trusted.
///
/// What came from outside (a worker, a file, a ref's name) can get in by interpolation alone, so it
/// cannot move a terminal's cursor or forge a line.
package struct StyledText: Hashable, Sendable {
    /// In order; neighbours differ in style, and none is empty.
    package private(set) var spans: [Span] = []

    /// How a terminal shows a part.
    package enum Style: String, Hashable, Sendable, CaseIterable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    /// A part in one style.
    package struct Span: Hashable, Sendable {
        /// Without control characters from outside: those were made visible on the way in.
        package var text: String
        /// All apply at once; empty for plain text.
        package let styles: [Style]
    }

    /// Nothing, to be added to.
    package init() {}

    /// A text from outside: control characters become visible ones.
    package init(outside text: some StringProtocol, _ styles: Style...) {
        append(Text.visible(text), styles)
    }

    /// One text per line of a text from outside.
    package static func lines(outside text: some StringProtocol) -> [StyledText] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            StyledText(outside: line)
        }
    }

    private mutating func append(_ text: String, _ styles: [Style]) {
        guard !text.isEmpty else { return }
        if let last = spans.last, last.styles == styles {
            spans[spans.count - 1].text += text
        } else {
            spans.append(Span(text: text, styles: styles))
        }
    }

    /// Without styles.
    package var plain: String { spans.map(\.text).joined() }

    /// The same with each part's text changed; what comes of it must be fit for a terminal as well.
    package func mapped(_ change: (String) -> String) -> StyledText {
        var out = StyledText()
        for span in spans { out.append(change(span.text), span.styles) }
        return out
    }

    /// Columns that a terminal gives it.
    package var width: Int { Text.width(plain) }

    /// True when nothing would be printed, not even a space.
    package var isEmpty: Bool { spans.isEmpty }

    /// With escape sequences where `color` allows them.
    package func rendered(color: Bool) -> String {
        guard color else { return plain }
        return spans.map { span in
            guard !span.styles.isEmpty else { return span.text }
            let codes = span.styles.map(\.rawValue).joined(separator: ";")
            return "\u{1b}[\(codes)m\(span.text)\u{1b}[0m"
        }.joined()
    }

    /// Cut to at most `columns`, ending in `…` when something was cut.
    package func truncated(to columns: Int) -> StyledText {
        guard width > columns else { return self }
        var out = StyledText()
        var left = max(columns, 0)
        for span in spans where left > 0 {
            let isLast = out.width + Text.width(span.text) > columns - 1
            // One more than the room makes the cut visible even when the span itself would fit.
            let text = isLast ? Text.truncate(span.text + "  ", to: left) : span.text
            out.append(text, span.styles)
            left = isLast ? 0 : left - Text.width(text)
        }
        return out
    }

    /// Filled with spaces on the right up to `columns`.
    package func padded(to columns: Int) -> StyledText {
        var out = self
        out.append(String(repeating: " ", count: max(0, columns - width)), [])
        return out
    }

    /// Joins two texts; each part keeps its style.
    package static func + (a: StyledText, b: StyledText) -> StyledText {
        var out = a
        for span in b.spans { out.append(span.text, span.styles) }
        return out
    }
}

extension StyledText: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { append(value, []) }

    /// Takes over what the interpolation has collected.
    package init(stringInterpolation: Interpolation) { self = stringInterpolation.text }

    /// Collects literals as they are and values made visible.
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = StyledText()

        /// Asked for by the compiler; room is not reserved.
        package init(literalCapacity: Int, interpolationCount: Int) {}

        /// A literal is the program's own text, so it is trusted.
        package mutating func appendLiteral(_ literal: String) { text.append(literal, []) }

        /// A text with styles was made safe when it was made.
        package mutating func appendInterpolation(_ value: StyledText) { text = text + value }

        /// Anything else is from outside: its control characters become visible ones.
        package mutating func appendInterpolation(
            _ value: some CustomStringConvertible, _ styles: Style...
        ) {
            text.append(Text.visible(value.description), styles)
        }
    }
}

extension [StyledText] {
    /// All in one, with `separator` between two neighbours.
    package func joined(separator: StyledText = "") -> StyledText {
        var out = StyledText()
        for (index, text) in enumerated() { out = out + (index > 0 ? separator : "") + text }
        return out
    }
}
