import Base

/// One line of a file such as `.gitignore`, read as git reads it.
struct IgnorePattern {
    /// What a matching path is: ignored, or taken back from an earlier line.
    let ignores: Bool
    private let foldersOnly: Bool
    private let subject: Subject
    private let test: Test

    private enum Subject {
        /// The last name alone, in whatever folder.
        case name
        /// The whole path from the folder of the file with the line.
        case path
    }

    private enum Test {
        case equal([UInt8])
        case ending([UInt8])
        case glob(after: [UInt8], IgnoreGlob)
    }

    /// Reads one line without its end; nil for a comment, an empty line and what can never match.
    init?(line: ArraySlice<UInt8>, ignoringCase: Bool) {
        var text = IgnorePattern.trimmed(line)
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        ignores = first != UInt8(ascii: "!")
        if !ignores { text.removeFirst() }
        foldersOnly = text.last == UInt8(ascii: "/")
        if foldersOnly { text.removeLast() }
        guard !text.isEmpty else { return nil }
        subject = text.contains(UInt8(ascii: "/")) ? .path : .name
        if text.first == UInt8(ascii: "/") { text.removeFirst() }
        func folded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            ignoringCase ? bytes.map(IgnoreGlob.lowered) : Array(bytes)
        }
        if !text.contains(where: IgnoreGlob.isSpecial) {
            test = .equal(folded(text))
        } else if subject == .name, text.first == UInt8(ascii: "*"),
            !text.dropFirst().contains(where: IgnoreGlob.isSpecial)
        {
            test = .ending(folded(text.dropFirst()))
        } else {
            // git compares what has no wildcards first, and so takes `x**/` for `x` and then `**/`.
            let start =
                subject == .name
                ? text.startIndex : text.firstIndex(where: IgnoreGlob.isSpecial) ?? text.endIndex
            guard
                let glob = IgnoreGlob(
                    text[start...], stoppingAtSlash: subject == .path, foldingCase: ignoringCase)
            else { return nil }
            test = .glob(after: folded(text[..<start]), glob)
        }
    }

    /// - Parameters:
    ///   - path: from the folder of the file with the line; lower case where case is ignored.
    ///   - name: its last component.
    func matches(path: ArraySlice<UInt8>, name: ArraySlice<UInt8>, isFolder: Bool) -> Bool {
        if foldersOnly, !isFolder { return false }
        let text = subject == .name ? name : path
        return switch test {
        case .equal(let wanted): text.elementsEqual(wanted)
        case .ending(let wanted):
            text.count >= wanted.count && text.suffix(wanted.count).elementsEqual(wanted)
        case .glob(let start, let glob):
            text.starts(with: start) && glob.matches(text.dropFirst(start.count))
        }
    }

    /// Without spaces at the end that no backslash protects.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var end = line.startIndex
        var at = line.startIndex
        while at < line.endIndex {
            if line[at] == UInt8(ascii: "\\") {
                at += 2
                end = min(at, line.endIndex)
            } else {
                at += 1
                if line[at - 1] != UInt8(ascii: " ") { end = at }
            }
        }
        return line[..<end]
    }
}

/// A pattern with wildcards, as the states of a machine that reads a name byte by byte: no name takes it long.
struct IgnoreGlob {
    private enum Step {
        case byte(UInt8)
        case any(butSlash: Bool)
        case set(ByteSet)
        /// Any number of bytes.
        case run(acrossSlash: Bool)
        /// `**/`: nothing, or all up to some slash; always followed by ``inFolders``.
        case folders
        case inFolders
    }

    private let steps: [Step]

    /// Bytes that make a pattern more than a text.
    static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"): true
        default: false
        }
    }

    static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// nil for a pattern that matches nothing, such as one with an open bracket.
    ///
    /// With `foldingCase` names come in lower case; like git, what a backslash protects is then left as it is.
    init?(_ pattern: ArraySlice<UInt8>, stoppingAtSlash: Bool, foldingCase: Bool) {
        let text = Array(pattern)
        let slash = UInt8(ascii: "/")
        var steps: [Step] = []
        var at = 0
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\\"):
                guard at + 1 < text.count else { return nil }
                steps.append(.byte(text[at + 1]))
                at += 2
            case UInt8(ascii: "?"):
                steps.append(.any(butSlash: stoppingAtSlash))
                at += 1
            case UInt8(ascii: "*"):
                let start = at
                while at < text.count, text[at] == UInt8(ascii: "*") { at += 1 }
                guard stoppingAtSlash, at - start > 1 else {
                    steps.append(.run(acrossSlash: !stoppingAtSlash))
                    continue
                }
                let isWhole = start == 0 || text[start - 1] == slash
                if isWhole, at == text.count {
                    steps.append(.run(acrossSlash: true))
                } else if isWhole, text[at] == slash {
                    steps += [.folders, .inFolders]
                    at += 1
                } else if isWhole, text[at] == UInt8(ascii: "\\"), at + 1 < text.count,
                    text[at + 1] == slash
                {
                    steps.append(.run(acrossSlash: true))
                } else {
                    steps.append(.run(acrossSlash: false))
                }
            case UInt8(ascii: "["):
                guard let set = ByteSet(text, at: &at, foldingCase: foldingCase) else { return nil }
                steps.append(.set(stoppingAtSlash ? set.removing(slash) : set))
            default:
                steps.append(.byte(foldingCase ? IgnoreGlob.lowered(text[at]) : text[at]))
                at += 1
            }
        }
        self.steps = steps
    }

    func matches(_ name: ArraySlice<UInt8>) -> Bool {
        var states = [Bool](repeating: false, count: steps.count + 1)
        enter(0, &states)
        for byte in name {
            var next = [Bool](repeating: false, count: steps.count + 1)
            for (at, step) in steps.enumerated() where states[at] {
                switch step {
                case .byte(let wanted): if byte == wanted { enter(at + 1, &next) }
                case .any(let butSlash):
                    if !butSlash || byte != UInt8(ascii: "/") { enter(at + 1, &next) }
                case .set(let set): if set.contains(byte) { enter(at + 1, &next) }
                case .run(let acrossSlash):
                    if acrossSlash || byte != UInt8(ascii: "/") { enter(at, &next) }
                case .folders: break
                case .inFolders:
                    next[at] = true
                    if byte == UInt8(ascii: "/") { enter(at + 1, &next) }
                }
            }
            states = next
        }
        return states[steps.count]
    }

    /// Marks a state and those that need no byte to be reached from it.
    private func enter(_ at: Int, _ states: inout [Bool]) {
        states[at] = true
        guard at < steps.count else { return }
        switch steps[at] {
        case .run: enter(at + 1, &states)
        case .folders:
            states[at + 1] = true
            enter(at + 2, &states)
        default: break
        }
    }
}
