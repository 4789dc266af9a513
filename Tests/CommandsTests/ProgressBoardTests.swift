import Review
import Base
import TestSupport
import Testing

@testable import Commands

/// As much of a terminal as a progress board uses.
private struct Screen {
    var rows: [String] = [""]
    var row = 0
    var column = 0
    let columns: Int

    mutating func write(_ bytes: [UInt8]) {
        var rest = Substring(String(decoding: bytes, as: UTF8.self))
        while let character = rest.popFirst() {
            switch character {
            case "\r": column = 0
            case "\n":
                row += 1
                column = 0
                if row == rows.count { rows.append("") }
            case "\u{1b}":
                #expect(rest.popFirst() == "[")
                let number = rest.prefix { $0.isNumber || $0 == ";" }
                rest.removeFirst(number.count)
                switch rest.popFirst() {
                case "A": row -= Int(number) ?? 1
                case "K": rows[row] = String(rows[row].prefix(column))
                case "J": rows[row...] = [String(rows[row].prefix(column))]
                case "m": break
                default: Issue.record("unknown sequence")
                }
            default:
                let line = rows[row]
                rows[row] = line.prefix(column) + String(character) + line.dropFirst(column + 1)
                column += 1
                #expect(column < columns, "a line wraps")
            }
        }
        #expect(row >= 0)
    }
}

struct ProgressBoardTests {
    @Test func `frames are cursor moves and changed lines only`() {
        func frame(_ before: [StyledText], _ after: [StyledText], keeps: Bool = true) -> String {
            let bytes = ProgressBoard.frame(
                previous: before, next: after, keepsEqualLines: keeps, color: true)
            return String(decoding: bytes, as: UTF8.self)
                .split(separator: "\u{1b}", omittingEmptySubsequences: false)
                .joined(separator: "^")
        }
        #expect(frame([], ["a", "\("b", .green)"]) == "a^[K\n^[32mb^[0m^[K\n")
        #expect(frame(["a", "b"], ["a", "c"]) == "\r^[2A\nc^[K\n")
        #expect(frame(["a", "b"], ["a"]) == "\r^[2A\n^[J")
        #expect(frame(["a"], ["a"], keeps: false) == "\r^[1Aa^[K\n")
        #expect(frame(["a", "b"], []) == "\r^[2A^[J")
        #expect(frame([], []) == "")
    }

    @Test func `the interval holds a drawing back until it is flushed`() {
        let size = TerminalSize(columns: 40, rows: 10)
        func at(_ time: Int64) -> Timestamp { Timestamp(milliseconds: 1_000_000 + time) }
        var board = ProgressBoard(usesColor: false)
        #expect(board.update(["a"], size: size, now: at(0)) == Array("a\u{1b}[K\n".utf8))
        #expect(board.update(["b"], size: size, now: at(10)) == nil)
        #expect(board.isPending)
        #expect(board.update(["c"], size: size, now: at(20)) == nil)
        let flushed = Array("\r\u{1b}[1Ac\u{1b}[K\n".utf8)
        #expect(board.flush(size: size, now: at(30)) == flushed)
        #expect(!board.isPending)
        #expect(board.flush(size: size, now: at(40)) == nil)
        // A clock that was set back must not freeze the board.
        #expect(board.update(["d"], size: size, now: at(-5000)) != nil)
    }

    @Test func `lines are cut to the width, and counted beyond the height`() {
        let lines: [StyledText] = (1...9).map { "line number \($0)" }
        let fitted = ProgressBoard.fitted(lines, to: TerminalSize(columns: 12, rows: 5))
        #expect(fitted.map(\.plain) == ["line numbe…", "line numbe…", "line numbe…", "… 6 more"])
    }

    @Test(arguments: 0..<100)
    func `whatever is drawn, the screen shows the last lines below what stood there`(
        seed: UInt64
    ) {
        var random = SeededRandom(seed: seed)
        let size = TerminalSize(
            columns: .random(in: 4...30, using: &random), rows: .random(in: 2...8, using: &random))
        var screen = Screen(columns: size.columns)
        screen.write(Array("$\n".utf8))
        var board = ProgressBoard(usesColor: true)
        var said = ["$"]
        var now: Int64 = 0
        for _ in 0..<30 {
            now += .random(in: 0...120, using: &random)
            let time = Timestamp(milliseconds: now)
            let lines = (0..<Int.random(in: 0...10, using: &random)).map { _ -> StyledText in
                let letter = ["a", "b", "c"].randomElement(using: &random) ?? "a"
                let count = Int.random(in: 0...40, using: &random)
                return "\(String(repeating: letter, count: count), .green)"
            }
            screen.write(board.update(lines, size: size, now: time) ?? [])
            if Int.random(in: 0..<4, using: &random) == 0 {
                screen.write(board.clear(size: size))
                screen.write(Array("-\n".utf8))
                said.append("-")
            }
            screen.write(board.flush(size: size, now: time) ?? [])
            let shown = ProgressBoard.fitted(lines, to: size).map(\.plain)
            #expect(screen.rows == said + shown + [""])
        }
        screen.write(board.end(size: size))
        #expect(screen.rows == said + [""])
    }
}
