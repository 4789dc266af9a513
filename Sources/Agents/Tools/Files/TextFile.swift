import Base

/// A text file's bytes with what an edit must keep: byte order mark and line ends.
package struct TextFile: Hashable, Sendable {
    /// The text with `\n` alone at line ends, no byte order mark.
    package var text: String
    /// Whether it began with U+FEFF.
    package let hasMark: Bool
    /// Whether its lines end with CR LF; of a mixture, whether most do.
    package let hasCRLF: Bool
    /// The text as it was, for files whose lines end in different ways.
    private let isMixed: Bool

    /// Nil for what is not UTF-8 or holds NUL: such files are not text.
    package init?(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        hasMark = bytes.starts(with: mark)
        let body = hasMark ? bytes[3...] : bytes[...]
        guard !body.contains(0), let text = String(validating: body, as: UTF8.self) else {
            return nil
        }
        var pairs = 0
        var lines = 0
        var previous: UInt8 = 0
        for byte in body {
            if byte == 10 {
                lines += 1
                if previous == 13 { pairs += 1 }
            }
            previous = byte
        }
        hasCRLF = pairs * 2 > lines
        isMixed = pairs > 0 && pairs < lines
        // A mixture keeps its line ends as they are, so that an edit changes nothing else.
        self.text = pairs == lines && pairs > 0 ? TextFile.withoutCR(body) : text
    }

    /// What to write: the text with the file's own mark and line ends.
    package var bytes: [UInt8] {
        var out: [UInt8] = hasMark ? [0xef, 0xbb, 0xbf] : []
        guard hasCRLF, !isMixed else { return out + Array(text.utf8) }
        out.reserveCapacity(text.utf8.count + 64)
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 10, previous != 13 { out.append(13) }
            out.append(byte)
            previous = byte
        }
        return out
    }

    private static func withoutCR(_ bytes: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        for index in bytes.indices {
            if bytes[index] == 13, index + 1 < bytes.endIndex, bytes[index + 1] == 10 { continue }
            out.append(bytes[index])
        }
        return String(decoding: out, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Lines without their ends; a last newline begins no further line.
    var lineSlices: [ArraySlice<UInt8>] {
        var lines = split(separator: 10, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { $0.last == 13 ? $0.dropLast() : $0 }
    }
}
