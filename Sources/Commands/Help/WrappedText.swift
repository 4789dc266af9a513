import Review
import Base

/// Breaks paragraphs into lines.
enum WrappedText {
    /// Lines of at most `columns`, broken at spaces; a longer word has a line of its own.
    static func lines(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, Text.width(line) + 1 + Text.width(word) > columns {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// Two columns: names, and texts that are broken to fit beside the longest name.
    ///
    /// A name longer than `limit` has a line of its own, and all have where the texts would be too narrow.
    static func table(
        _ rows: [(name: String, text: String)], columns: Int, limit: Int = 24
    ) -> [StyledText] {
        let names = rows.map { Text.width($0.name) }.filter { $0 <= limit }
        let room = columns - (names.max() ?? limit) - 4
        let left = room >= 24 ? columns - room : 6
        let margin = StyledText().padded(to: left)
        return rows.flatMap { row -> [StyledText] in
            let lines = lines(row.text, columns: columns - left)
            let name: StyledText = "  \(row.name, .cyan)"
            guard name.width + 2 <= left else { return [name] + lines.map { margin + "\($0)" } }
            let first = name.padded(to: left) + "\(lines.first ?? "")"
            return [first] + lines.dropFirst().map { margin + "\($0)" }
        }
    }
}
