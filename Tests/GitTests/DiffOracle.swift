import Base
import TestSupport

@testable import Git

/// Asks the git program about thousands of files in a few processes.
struct DiffOracle: ~Copyable {
    private let repository: ScratchRepository

    init() throws { repository = try ScratchRepository() }

    /// git's hunks for each pair.
    ///
    /// Read from one line of context, since without any git cuts a common tail off first.
    func hunks(
        _ pairs: [(base: [UInt8], side: [UInt8])], algorithm: String = "histogram", context: Int = 1
    ) throws -> [[Hunk]] {
        try commit("base", pairs.map(\.base), parent: nil)
        try commit("side", pairs.map(\.side), parent: nil)
        let output = try repository.git(
            [
                "diff-tree", "-r", "-p", "-U\(context)", "--text", "--no-renames",
                "--no-ext-diff", "--diff-algorithm=\(algorithm)", "--no-indent-heuristic",
                "refs/heads/base", "refs/heads/side",
            ], in: repository.path
        ).output
        var reader = PatchReader(output)
        let found = reader.hunksByFile()
        return pairs.indices.map { found[$0] ?? [] }
    }

    struct Merge {
        let bytes: [UInt8]
        let isClean: Bool
    }

    /// What `git merge-tree` makes of each triple; labels are `ours` and `theirs`.
    func merges(_ files: [(base: [UInt8], ours: [UInt8], theirs: [UInt8])]) throws -> [Merge] {
        try commitAll(files)
        let text = try repository.git(
            ["merge-tree", "--write-tree", "--name-only", "ours", "theirs"], in: repository.path,
            allowingFailure: true
        ).text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let conflicted = Set(lines.dropFirst().prefix { !$0.isEmpty }.map(String.init))
        return try blobs(String(lines[0]), count: files.count).enumerated().map {
            Merge(bytes: $0.element, isClean: !conflicted.contains("f\($0.offset)"))
        }
    }

    /// What `git merge` makes of each triple with other settings; labels are `HEAD` and `theirs`
    /// and the base's short ID, which comes second in the answer.
    func merges(
        _ files: [(base: [UInt8], ours: [UInt8], theirs: [UInt8])], style: String,
        attributes: String = ""
    ) throws -> (merges: [Merge], baseLabel: String) {
        try commitAll(files)
        try repository.write(".git/info/attributes", attributes)
        try repository.git("checkout", "-q", "-f", "ours")
        try repository.git(
            ["-c", "merge.conflictStyle=\(style)", "merge", "-q", "-m", "merge", "theirs"],
            in: repository.path, allowingFailure: true)
        let unmerged = try repository.git("diff", "--name-only", "--diff-filter=U")
        let conflicted = Set(unmerged.split(separator: "\n").map(String.init))
        try repository.git("add", "-A")
        let tree = try repository.git("write-tree")
        let merges = try blobs(tree, count: files.count).enumerated().map {
            Merge(bytes: $0.element, isClean: !conflicted.contains("f\($0.offset)"))
        }
        return (merges, try repository.git("rev-parse", "--short", "base"))
    }

    private func commitAll(_ files: [(base: [UInt8], ours: [UInt8], theirs: [UInt8])]) throws {
        try commit("base", files.map(\.base), parent: nil)
        try commit("ours", files.map(\.ours), parent: "refs/heads/base")
        try commit("theirs", files.map(\.theirs), parent: "refs/heads/base")
    }

    private func commit(_ branch: String, _ files: [[UInt8]], parent: String?) throws {
        var stream = Array("commit refs/heads/\(branch)\n".utf8)
        stream += Array("committer Ada <ada@example.com> 0 +0000\ndata 0\n".utf8)
        if let parent { stream += Array("from \(parent)\n".utf8) }
        for (index, bytes) in files.enumerated() {
            stream += Array("M 100644 inline f\(index)\ndata \(bytes.count)\n".utf8)
            stream += bytes
            stream.append(10)
        }
        try repository.git("fast-import", "--quiet", "--force", input: stream)
    }

    private func blobs(_ tree: String, count: Int) throws -> [[UInt8]] {
        let names = (0..<count).map { "\(tree):f\($0)\n" }.joined()
        let output = try repository.git(
            ["cat-file", "--batch"], in: repository.path, input: Array(names.utf8)
        ).output
        var at = 0
        return (0..<count).map { _ in
            let end = output[at...].firstIndex(of: 10) ?? output.count
            let header = String(decoding: output[at..<end], as: UTF8.self)
            let size = header.split(separator: " ").last.flatMap { Int($0) } ?? 0
            at = end + 1 + size + 1
            return Array(output[end + 1..<end + 1 + size])
        }
    }
}

/// Reads hunks, cut at every unchanged line, out of `git diff-tree -p`.
private struct PatchReader {
    private let lines: [ArraySlice<UInt8>]
    private var next = 0

    init(_ output: [UInt8]) {
        lines = output.split(separator: 10, omittingEmptySubsequences: false)
    }

    mutating func hunksByFile() -> [Int: [Hunk]] {
        var found: [Int: [Hunk]] = [:]
        var file = -1
        while next < lines.count {
            let line = lines[next]
            next += 1
            if line.starts(with: "diff --git ".utf8) {
                let name = String(decoding: line, as: UTF8.self).split(separator: "/").last ?? ""
                file = Int(name.dropFirst()) ?? -1
            } else if line.starts(with: "@@ ".utf8) {
                found[file, default: []] += body(String(decoding: line, as: UTF8.self))
            }
        }
        return found
    }

    private mutating func body(_ header: String) -> [Hunk] {
        let words = header.split(separator: " ")
        let base = PatchReader.range(words[1])
        let side = PatchReader.range(words[2])
        var at = (base: base.lowerBound, side: side.lowerBound)
        var hunks: [Hunk] = []
        var open = Hunk(base: at.base..<at.base, side: at.side..<at.side)
        func close() {
            if !open.base.isEmpty || !open.side.isEmpty { hunks.append(open) }
        }
        while at.base < base.upperBound || at.side < side.upperBound {
            switch lines[next].first {
            case UInt8(ascii: "-"): at.base += 1
            case UInt8(ascii: "+"): at.side += 1
            case UInt8(ascii: " "):
                close()
                at = (at.base + 1, at.side + 1)
                open = Hunk(base: at.base..<at.base, side: at.side..<at.side)
            default: break
            }
            open.base = open.base.lowerBound..<at.base
            open.side = open.side.lowerBound..<at.side
            next += 1
        }
        close()
        return hunks
    }

    /// `-3,0` and the like as a half-open range that counts from 0.
    private static func range(_ word: Substring) -> Range<Int> {
        let numbers = word.dropFirst().split(separator: ",").compactMap { Int($0) }
        let count = numbers.count > 1 ? numbers[1] : 1
        let start = count == 0 ? numbers[0] : numbers[0] - 1
        return start..<start + count
    }
}
