/// A text that must occur; `*` stands for any characters of one line, as few as possible, and is
/// captured. `\*` is a star.
struct ScriptPattern: Hashable, Sendable {
    private let parts: [String]

    init(_ text: String) {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if isEscaped {
                if character != "*" { parts[parts.count - 1].append("\\") }
                parts[parts.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "*" {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        if isEscaped { parts[parts.count - 1].append("\\") }
        self.parts = parts
    }

    /// What the stars stand for at the first place where the pattern occurs; nil for no such place.
    func captures(in text: String) -> [String]? {
        let bytes = Array(text.utf8)
        let parts = parts.map { Array($0.utf8) }
        guard let first = parts.first else { return nil }
        var start = 0
        while let begin = bytes.firstIndex(of: first, from: start) {
            if let found = ScriptPattern.rest(bytes, begin + first.count, parts.dropFirst()) {
                return found
            }
            start = begin + 1
        }
        return nil
    }

    private static func rest(
        _ bytes: [UInt8], _ start: Int, _ parts: ArraySlice<[UInt8]>
    ) -> [String]? {
        var captures: [String] = []
        var at = start
        for (index, part) in zip(parts.indices, parts) {
            let isLast = index == parts.indices.last
            let lineEnd = bytes[at...].firstIndex(of: 0x0a) ?? bytes.count
            // A star at the end takes the rest of the line.
            let end =
                isLast && part.isEmpty
                ? lineEnd : bytes[..<lineEnd].firstIndex(of: part, from: at)
            guard let end else { return nil }
            captures.append(String(decoding: bytes[at..<end], as: UTF8.self))
            at = end + part.count
        }
        return captures
    }
}

extension RandomAccessCollection<UInt8> where Index == Int {
    /// The first place of `part` at or behind `start`.
    fileprivate func firstIndex(of part: [UInt8], from start: Int) -> Int? {
        if part.isEmpty { return start <= endIndex ? start : nil }
        var at = start
        while at + part.count <= endIndex {
            if self[at] == part[0], self[at..<at + part.count].elementsEqual(part) { return at }
            at += 1
        }
        return nil
    }
}
