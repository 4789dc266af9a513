package import Base
import Git

/// Checks of what a verifier left, made by the program and not believed of anybody.
package enum ResolutionCheck {
    /// One conflicted file before and after the verifier; nil where there is no file.
    package struct File: Hashable, Sendable {
        /// The same on all sides.
        package let path: RepositoryPath
        /// Content in the base.
        package let base: [UInt8]?
        /// Content on our side.
        package let ours: [UInt8]?
        /// Content on their side.
        package let theirs: [UInt8]?
        /// What the verifier left.
        package let resolved: [UInt8]?

        /// One file of a merge that stopped.
        package init(
            path: RepositoryPath, base: [UInt8]?, ours: [UInt8]?, theirs: [UInt8]?,
            resolved: [UInt8]?
        ) {
            self.path = path
            self.base = base
            self.ours = ours
            self.theirs = theirs
            self.resolved = resolved
        }
    }

    /// A line that a verifier left out, with its reason.
    package struct Explanation: Hashable, Sendable {
        /// As the verifier spelled it.
        package let path: String
        /// Compared without white space around it.
        package let line: String
        /// An empty one explains nothing.
        package let reason: String

        /// What a verifier says of one line.
        package init(path: String, line: String, reason: String) {
            self.path = path
            self.line = line
            self.reason = reason
        }
    }

    /// Why a resolution is refused.
    package enum Problem: Hashable, Sendable {
        case markerLeft(RepositoryPath, line: Int)
        case changedOutsideList(RepositoryPath)
        /// Lines that a side added are gone without a word; at most the first ten.
        case linesDropped(RepositoryPath, side: Side, lines: [String], count: Int)
    }

    /// Whose lines.
    package enum Side: String, Hashable, Sendable { case ours, theirs }

    /// What became of both sides' lines.
    package struct Kept: Hashable, Sendable {
        /// Added lines of our side that are there.
        package var ours = 0
        /// Added lines of their side that are there.
        package var theirs = 0
        /// Lines of either side that are gone with a reason.
        package var explained = 0
    }

    /// Judges a resolution.
    ///
    /// - Parameters:
    ///   - changed: every path that differs between the tree given to the verifier and the one it left.
    ///   - allowed: the paths that it was asked to edit.
    package static func judge(
        files: [File], changed: [RepositoryPath], allowed: Set<RepositoryPath>,
        explanations: [Explanation]
    ) -> (problems: [Problem], kept: Kept) {
        var problems = changed.filter { !allowed.contains($0) }.map(Problem.changedOutsideList)
        var kept = Kept()
        for file in files {
            let resolved = file.resolved.map { lines($0) } ?? []
            if let line = marker(in: resolved, given: file) {
                problems.append(.markerLeft(file.path, line: line + 1))
            }
            let explained = Set(
                explanations.filter { $0.path == file.path.description && !$0.reason.isEmpty }
                    .map { trimmed(Array($0.line.utf8)) })
            for (side, bytes) in [(Side.ours, file.ours), (Side.theirs, file.theirs)] {
                let added = addedLines(base: file.base ?? [], side: bytes ?? [])
                let (missing, present) = account(added, in: resolved)
                let dropped = missing.filter { !explained.contains($0) }
                kept.explained += missing.count - dropped.count
                if side == .ours { kept.ours += present } else { kept.theirs += present }
                if !dropped.isEmpty {
                    let texts = dropped.prefix(10).map { String(decoding: $0, as: UTF8.self) }
                    problems.append(
                        .linesDropped(file.path, side: side, lines: texts, count: dropped.count))
                }
            }
        }
        return (problems, kept)
    }

    /// Lines that a side has and the base has not, without white space around them, blank ones left out.
    private static func addedLines(base: [UInt8], side: [UInt8]) -> [[UInt8]] {
        let (old, new) = (LineTable(base), LineTable(side))
        return LineDiff.hunks(base: old, side: new).flatMap { hunk in
            lines(Array(new.bytes(of: hunk.side))).map { trimmed($0) }
        }.filter { !$0.isEmpty }
    }

    /// Splits added lines into those that the resolved file lacks and a count of those it holds.
    ///
    /// A line counts as kept wherever it stands, since a resolution may move or indent it.
    private static func account(
        _ added: [[UInt8]], in resolved: [[UInt8]]
    ) -> (missing: [[UInt8]], present: Int) {
        let found = Set(resolved.map { trimmed($0) })
        let missing = added.filter { !found.contains($0) }
        return (missing, added.count - missing.count)
    }

    /// Index of the first conflict marker that neither side's own text holds.
    private static func marker(in resolved: [[UInt8]], given file: File) -> Int? {
        let own = Set(
            [file.base, file.ours, file.theirs].flatMap { $0.map { lines($0) } ?? [] })
        return resolved.firstIndex { line in
            guard let first = line.first, "<|>=".utf8.contains(first),
                line.prefix(7).allSatisfy({ $0 == first }), line.count >= 7
            else { return false }
            let rest = line.dropFirst(7)
            let ends = rest.isEmpty || rest.first == UInt8(ascii: "\r")
            let isMarker = ends || (first != UInt8(ascii: "=") && rest.first == UInt8(ascii: " "))
            return isMarker && !own.contains(line)
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    }

    private static func trimmed(_ line: [UInt8]) -> [UInt8] {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
        guard let start = line.firstIndex(where: { !isSpace($0) }),
            let end = line.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return Array(line[start...end])
    }
}
