/// Makes lines of the bytes that a program writes, as they come. Pure.
///
/// A carriage return before the line feed belongs to the end. What is kept is at most one line of the limit's
/// length, whatever the program writes.
package struct ProgramLines: Sendable {
    /// A longer line is passed over, in bytes.
    package static let limit = 16 << 20

    /// Lines that were longer than the limit.
    package private(set) var passedOver = 0
    private let limit: Int
    private var rest: [UInt8] = []
    private var isTooLong = false

    /// Nothing read yet.
    package init(limit: Int = ProgramLines.limit) { self.limit = max(limit, 1) }

    /// The lines that the piece completes, without their ends.
    package mutating func add(_ piece: some Collection<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var left = Array(piece)[...]
        while let end = left.firstIndex(of: 10) {
            keep(left[..<end])
            left = left[(end + 1)...]
            if let line = take() { lines.append(line) }
        }
        keep(left)
        return lines
    }

    /// The last line, where it has no end; nil for none.
    package mutating func finish() -> ArraySlice<UInt8>? {
        rest.isEmpty && !isTooLong ? nil : take()
    }

    private mutating func keep(_ part: ArraySlice<UInt8>) {
        guard !isTooLong else { return }
        guard rest.count + part.count <= limit else {
            isTooLong = true
            rest = []
            return
        }
        rest += part
    }

    private mutating func take() -> ArraySlice<UInt8>? {
        defer {
            rest = []
            isTooLong = false
        }
        guard !isTooLong else {
            passedOver += 1
            return nil
        }
        return rest.last == 13 ? rest.dropLast() : rest[...]
    }
}
