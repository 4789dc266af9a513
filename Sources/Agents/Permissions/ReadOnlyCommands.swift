import Base

/// Variables that change how programs speak, not what they run.
enum SafeVariables {
    static func contains(_ name: String) -> Bool {
        name.hasPrefix("LC_")
            || [
                "LANG", "LANGUAGE", "TZ", "TERM", "NO_COLOR", "FORCE_COLOR", "CI", "COLUMNS",
                "NODE_ENV", "RUST_BACKTRACE", "RUST_LOG", "PYTHONUNBUFFERED",
                "PYTHONDONTWRITEBYTECODE",
            ].contains(name)
    }
}

/// Commands that need no rule, as they only look.
enum ReadOnlyCommands {
    /// Those that take no files.
    private static let plain: Set = [
        "echo", "pwd", "true", "false", ":", "basename", "dirname", "seq", "sleep", "uname",
        "whoami", "id", "which", "type", "printf", "expr", "tr",
    ]
    /// Those whose words are files or folders.
    private static let files: Set = [
        "ls", "cat", "head", "tail", "wc", "diff", "cmp", "comm", "stat", "du", "cd", "realpath",
        "readlink", "cut", "nl", "test", "[", "file", "tree", "strings", "md5sum", "sha256sum",
    ]
    /// Those whose first word is no file.
    private static let searches: Set = ["grep", "egrep", "fgrep", "rg"]
    private static let git: Set = [
        "status", "diff", "log", "show", "blame", "rev-parse", "ls-files", "ls-tree", "describe",
        "cat-file", "shortlog", "merge-base", "rev-list", "grep", "name-rev",
    ]

    /// Nil for a command that only reads what it may; otherwise a reason, possibly empty.
    static func reason(
        _ part: ShellPart, in folder: AbsolutePath, _ isInside: (AbsolutePath) -> Bool
    ) -> String? {
        guard let name = part.words.first?.text else { return nil }
        let words = part.words.dropFirst()
        func outside(_ words: some Sequence<ShellWord>) -> String? {
            for word in words where !word.text.hasPrefix("-") && word.text != "]" {
                let isComputed =
                    word.isDynamic
                    && !word.text.allSatisfy {
                        $0.isLetter || $0.isNumber || "*?[]._-/".contains($0)
                    }
                if isComputed { return "it reads a computed name" }
                let text = word.text.prefix { !"*?[".contains($0) }
                if !isInside(AbsolutePath(text.isEmpty ? "." : String(text), relativeTo: folder)) {
                    return "it reads outside the worker's folders"
                }
            }
            return nil
        }
        if plain.contains(name) {
            return name == "printf" && words.first?.text == "-v" ? "" : nil
        }
        if files.contains(name) {
            if name == "tree", words.contains(where: { $0.text == "-o" }) { return "" }
            return outside(words)
        }
        if searches.contains(name) {
            if words.contains(where: { $0.text.hasPrefix("--pre") }) { return "" }
            let hasPattern = words.contains {
                $0.text == "-e" || $0.text == "-f" || $0.text.hasPrefix("--regexp")
                    || $0.text.hasPrefix("--file")
            }
            let others = words.filter { !$0.text.hasPrefix("-") }
            return outside(hasPattern ? others[...] : others.dropFirst())
        }
        if name == "find" {
            let acts = [
                "-exec", "-execdir", "-ok", "-okdir", "-delete", "-fprint", "-fprint0", "-fls",
                "-fprintf",
            ]
            if words.contains(where: { acts.contains($0.text) }) { return "" }
            return outside(words.prefix { !$0.text.hasPrefix("-") && !"(!".contains($0.text) })
        }
        if name == "git" {
            guard let verb = words.first?.text, git.contains(verb) else { return "" }
            let acts = ["--output", "--ext-diff", "--textconv", "-O", "--open-files-in-pager"]
            return words.contains { word in acts.contains { word.text.hasPrefix($0) } } ? "" : nil
        }
        return ""
    }
}
