import Review
import Base

/// The block of lines at the terminal's bottom that is redrawn in place.
///
/// A value: it is given lines and times, and answers with the bytes to write.
struct ProgressBoard: Sendable {
    private var wanted: [StyledText] = []
    /// The lines that stand on the screen now, before they were cut to fit.
    private var shown: [StyledText] = []
    /// The same as they were drawn, and the size that they were cut for.
    private var screen: (lines: [StyledText], size: TerminalSize?) = ([], nil)
    private var drawn: Timestamp?
    let usesColor: Bool

    /// Milliseconds between drawings: faster is not seen and costs a slow line its bandwidth.
    static let interval: Int64 = 80

    init(usesColor: Bool) { self.usesColor = usesColor }

    /// True when lines wait that the interval has held back.
    var isPending: Bool { wanted != shown }

    /// Takes new lines; the bytes that show them, or nil while the interval holds them back.
    mutating func update(_ lines: [StyledText], size: TerminalSize, now: Timestamp) -> [UInt8]? {
        wanted = lines
        if let drawn, (0..<Self.interval).contains(now.milliseconds - drawn.milliseconds) {
            return nil
        }
        return draw(size: size, now: now)
    }

    /// Shows what waits, whatever the interval says; nil when nothing waits.
    mutating func flush(size: TerminalSize, now: Timestamp) -> [UInt8]? {
        isPending ? draw(size: size, now: now) : nil
    }

    /// The bytes that remove the board, before something else is written; ``flush(size:now:)`` brings it back.
    mutating func clear(size: TerminalSize) -> [UInt8] {
        shown = []
        return turn(into: [], size: size)
    }

    /// Removes the board for good, leaving nothing to draw.
    mutating func end(size: TerminalSize) -> [UInt8] {
        wanted = []
        return clear(size: size)
    }

    private mutating func draw(size: TerminalSize, now: Timestamp) -> [UInt8]? {
        guard isPending else { return nil }
        drawn = now
        shown = wanted
        return turn(into: Self.fitted(wanted, to: size), size: size)
    }

    private mutating func turn(into next: [StyledText], size: TerminalSize) -> [UInt8] {
        // After a resize nobody knows what the terminal has done with the lines: write them all.
        let keeps = screen.size == size
        defer { screen = (next, size) }
        return Self.frame(
            previous: screen.lines, next: next, keepsEqualLines: keeps, color: usesColor)
    }

    /// The bytes that turn one block of lines into another, the cursor standing below the first.
    ///
    /// Both must fit the terminal, as ``fitted(_:to:)`` makes them.
    static func frame(
        previous: [StyledText], next: [StyledText], keepsEqualLines: Bool, color: Bool
    ) -> [UInt8] {
        var out = previous.isEmpty ? "" : "\r\u{1b}[\(previous.count)A"
        for (index, line) in next.enumerated() {
            if keepsEqualLines, index < previous.count, previous[index] == line {
                out += "\n"
            } else {
                out += line.rendered(color: color) + "\u{1b}[K\n"
            }
        }
        if next.count < previous.count { out += "\u{1b}[J" }
        return Array(out.utf8)
    }

    /// The lines cut to the terminal's width, and the last ones counted instead of shown when there
    /// are more than its height holds.
    static func fitted(_ lines: [StyledText], to size: TerminalSize) -> [StyledText] {
        // The last column stays free, since terminals differ in when a full line wraps, and the
        // last row, since the cursor stands there.
        let columns = max(size.columns - 1, 1)
        let room = max(size.rows - 1, 1)
        let shown: [StyledText] =
            lines.count <= room
            ? lines : lines.prefix(room - 1) + ["… \(lines.count - room + 1) more"]
        return shown.map { $0.truncated(to: columns) }
    }
}
