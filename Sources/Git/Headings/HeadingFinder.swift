/// A line that names what the lines below it belong to.
package struct Heading: Hashable, Sendable {
    /// 0-based.
    package let line: Int
    /// As git shows it: at most 80 bytes, without indentation where the rule says so.
    package let text: String
}

/// Finds the heading above lines of one file, as `git diff -U0` shows it after `@@`.
struct HeadingFinder: ~Copyable {
    private let table: LineTable
    /// What was found above the line that was asked for last.
    private var last: (line: Int, heading: Heading?) = (0, nil)

    /// 80: the room that git has for a heading (`xemit.c`).
    private static let limit = 80

    init(_ table: LineTable) { self.table = table }

    /// The nearest heading above a line (0-based); questions must ascend, and then all of them together read the
    /// file once.
    ///
    /// - Parameter patterns: nil for git's rule where no driver has one: a line that starts with a letter, `_` or `$`.
    mutating func heading(above line: Int, _ patterns: borrowing LinePatterns?) -> Heading? {
        let line = min(line, table.count)
        var at = line
        while at > last.line {
            at -= 1
            if let text = heading(of: table.bytes(of: at..<at + 1), patterns) {
                last = (line, Heading(line: at, text: text))
                return last.heading
            }
        }
        last.line = line
        return last.heading
    }

    private func heading(
        of line: ArraySlice<UInt8>, _ patterns: borrowing LinePatterns?
    ) -> String? {
        var text = line
        if text.last == UInt8(ascii: "\n") { text = text.dropLast() }
        if patterns != nil, text.last == UInt8(ascii: "\r"), text.count < line.count {
            text = text.dropLast()
        }
        guard let shown = HeadingFinder.shown(text, patterns) else { return nil }
        var cut = shown.prefix(HeadingFinder.limit)
        // What git takes for a space: no form feed and no vertical tab.
        while let end = cut.last, [0x20, 0x09, 0x0a, 0x0d].contains(end) { cut = cut.dropLast() }
        return String(decoding: cut, as: UTF8.self)
    }

    private static func shown(
        _ text: ArraySlice<UInt8>, _ patterns: borrowing LinePatterns?
    ) -> ArraySlice<UInt8>? {
        switch patterns {
        case .some(let patterns): return patterns.heading(text)
        case .none:
            guard let first = text.first else { return nil }
            let isHeading =
                (0x41...0x5a).contains(first) || (0x61...0x7a).contains(first)
                || first == UInt8(ascii: "_") || first == UInt8(ascii: "$")
            return isHeading ? text : nil
        }
    }
}
