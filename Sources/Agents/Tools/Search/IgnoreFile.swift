/// The patterns of one `.gitignore`, for paths relative to its folder.
struct IgnoreFile: Sendable {
    private let patterns: [IgnorePattern]

    init(_ bytes: [UInt8]) {
        let body = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
        patterns = body.split(separator: 10).compactMap { line in
            IgnorePattern(line.last == 13 ? line.dropLast() : line)
        }
    }

    var isEmpty: Bool { patterns.isEmpty }

    /// True for ignored, false for taken back by `!`, nil where no pattern matches.
    func verdict(on path: ArraySlice<UInt8>, isFolder: Bool) -> Bool? {
        guard let pattern = patterns.last(where: { $0.matches(path, isFolder: isFolder) }) else {
            return nil
        }
        return !pattern.isNegated
    }
}

/// One line of a `.gitignore`.
struct IgnorePattern: Sendable {
    let isNegated: Bool
    private let isFolderOnly: Bool
    /// Without a slash in it, it is held against the last component alone.
    private let isName: Bool
    private let wildmatch: Wildmatch

    /// Nil for an empty line and a comment.
    init?(_ line: ArraySlice<UInt8>) {
        var line = line
        // Spaces at the end count only behind a backslash.
        while line.last == 0x20 {
            let slashes = line.dropLast().reversed().prefix { $0 == 0x5c }.count
            if slashes % 2 == 1 { break }
            line.removeLast()
        }
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { line.removeFirst() }
        isFolderOnly = line.last == 0x2f
        if isFolderOnly { line.removeLast() }
        isName = !line.contains(0x2f)
        if line.first == 0x2f { line.removeFirst() }
        guard !line.isEmpty else { return nil }
        wildmatch = Wildmatch(line)
    }

    func matches(_ path: ArraySlice<UInt8>, isFolder: Bool) -> Bool {
        if isFolderOnly, !isFolder { return false }
        guard isName else { return wildmatch.matches(path) }
        let start = path.lastIndex(of: 0x2f).map { $0 + 1 } ?? path.startIndex
        return wildmatch.matches(path[start...])
    }
}
