import TestSupport
import Testing

@testable import Agents

struct ProgramLinesTests {
    private func text(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line, as: UTF8.self)
    }

    private func split(_ pieces: [[UInt8]], limit: Int = ProgramLines.limit) -> [[UInt8]] {
        var lines = ProgramLines(limit: limit)
        var all = pieces.flatMap { lines.add($0).map(Array.init) }
        if let last = lines.finish() { all.append(Array(last)) }
        return all
    }

    @Test(arguments: 0..<100)
    func `however the bytes are cut, the lines are the same`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let some: [UInt8] = [10, 13, 65, 255]
        let bytes = (0..<200).map { _ in some.randomElement(using: &random) ?? 0 }
        var pieces: [[UInt8]] = []
        var at = 0
        while at < bytes.count {
            let end = min(at + Int.random(in: 0...9, using: &random), bytes.count)
            pieces.append(Array(bytes[at..<end]))
            at = end
        }
        var expected: [[UInt8]] = bytes.split(separator: 10, omittingEmptySubsequences: false)
            .map { $0.last == 13 ? Array($0.dropLast()) : Array($0) }
        // What follows the last end is a line only if there is something.
        if bytes.last == 10 { expected.removeLast() }
        #expect(split(pieces) == expected)
    }

    @Test
    func `a line that is too long is passed over and counted, the next one is read`() {
        var lines = ProgramLines(limit: 4)
        #expect(lines.add(Array("ab".utf8)).isEmpty)
        #expect(
            lines.add(Array("cd\nabcde\nok\nxxxxx".utf8)).map(text) == ["abcd", "ok"])
        #expect(lines.passedOver == 1)
        #expect(lines.finish() == nil)
        #expect(lines.passedOver == 2)
        #expect(lines.add(Array("y\n".utf8)).map(text) == ["y"])
    }

    @Test
    func `a last line without an end is a line, nothing is none`() {
        #expect(split([Array("a\nb".utf8)]) == [[97], [98]])
        #expect(split([Array("a\n".utf8)]) == [[97]])
        #expect(split([]) == [])
        #expect(split([[10, 10]]) == [[], []])
    }
}
