import Base
import Git

/// The same new line, put at different places of one file by several branches: a merge has it twice.
enum LineRisks {
    static func find(in file: ChangedFile) -> [OverlapRisk] {
        guard file.blob != nil, file.sides.count > 1 else { return [] }
        var known: Set<ArraySlice<UInt8>> = []
        for line in 0..<file.base.count { known.insert(trimmed(file.base, line)) }
        var places: [ArraySlice<UInt8>: [(branch: Int, hunk: Hunk)]] = [:]
        for side in file.sides {
            for hunk in side.changes.hunks {
                for line in hunk.side {
                    let text = trimmed(side.changes.side, line)
                    if isTelling(text), !known.contains(text) {
                        places[text, default: []].append((side.branch, hunk))
                    }
                }
            }
        }
        var byBranches: [[Int]: [(line: Int, text: String)]] = [:]
        for (text, found) in places {
            let apart = apart(found)
            guard apart.count > 1 else { continue }
            let line = found.map(\.hunk.base.lowerBound).min() ?? 0
            byBranches[apart, default: []].append((line, String(decoding: text, as: UTF8.self)))
        }
        return byBranches.map { branches, lines in
            let lines = lines.sorted { ($0.line, $0.text) < ($1.line, $1.text) }
            let more = lines.count > 1 ? " and \(Text.count(lines.count - 1, "more line"))" : ""
            let start = (lines.first?.line ?? 0) + 1
            return OverlapRisk(
                kind: .sameLine, paths: [file.path], base: start..<start, symbol: nil,
                branches: branches,
                detail: "the same new line at different places: \(lines[0].text)\(more)")
        }.sorted { ($0.base?.lowerBound ?? 0, $0.detail) < ($1.base?.lowerBound ?? 0, $1.detail) }
    }

    /// The branches that have the line where at least one of the others does not touch them.
    private static func apart(_ places: [(branch: Int, hunk: Hunk)]) -> [Int] {
        var found: Set<Int> = []
        for (index, one) in places.enumerated() {
            for other in places[(index + 1)...] where other.branch != one.branch {
                let (a, b) = (one.hunk.base, other.hunk.base)
                let touches = max(a.lowerBound, b.lowerBound) <= min(a.upperBound, b.upperBound)
                if !touches { found.formUnion([one.branch, other.branch]) }
            }
        }
        return found.sorted()
    }

    private static func trimmed(_ table: LineTable, _ line: Int) -> ArraySlice<UInt8> {
        let blank: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
        var text = table.bytes(of: line..<line + 1)
        text = text.drop(while: blank.contains)
        while let last = text.last, blank.contains(last) { text.removeLast() }
        return text
    }

    /// Brackets, `else` and `return None` are written twice by anybody: ten characters with two words say more.
    private static func isTelling(_ text: ArraySlice<UInt8>) -> Bool {
        text.count >= 10 && Tokens(text).prefix(2).reduce(0) { count, _ in count + 1 } == 2
            && !text.starts(with: "return ".utf8)
    }
}
