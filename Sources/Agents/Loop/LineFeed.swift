/// Makes whole lines of a text that comes in pieces. Pure.
struct LineFeed: Sendable {
    /// A line is handed out at this length, whole or not.
    static let limit = 2000
    private var rest = ""

    /// The lines that the piece completes, without their ends; empty ones left out.
    mutating func add(_ piece: String) -> [String] {
        rest += piece
        guard rest.utf8.contains(10) || rest.utf8.count > LineFeed.limit else { return [] }
        var lines = rest.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        let tail = lines.removeLast()
        if tail.utf8.count > LineFeed.limit {
            lines.append(tail)
            rest = ""
        } else {
            rest = String(tail)
        }
        return lines.map(String.init).filter { !$0.allSatisfy(\.isWhitespace) }
    }

    /// What is left, if anything.
    mutating func finish() -> [String] {
        defer { rest = "" }
        return rest.allSatisfy(\.isWhitespace) ? [] : [rest]
    }

    /// Forgets what is left.
    mutating func reset() { rest = "" }
}
