/// A text for the shell, taken apart as far as rules need it.
///
/// Not a shell: what it does not understand it says so of, and no rule for a part may allow that.
package struct ShellScript: Hashable, Sendable {
    /// Simple commands in their order, those inside substitutions and groups included.
    package private(set) var parts: [ShellPart] = []
    /// False when something may run that is not among the parts.
    package private(set) var isClear = true

    /// Longer texts are not taken apart.
    static let limit = 10_000

    /// Takes a text apart; never fails.
    package init(_ text: String) { self.init(text, depth: 0) }

    init(_ text: String, depth: Int) {
        guard text.utf8.count <= ShellScript.limit, depth < 8 else {
            isClear = false
            // Deny rules still look at the whole.
            parts = [ShellPart(words: [ShellWord(text: text, isDynamic: true)])]
            return
        }
        var lexer = ShellLexer(text)
        while let token = lexer.next() {
            switch token {
            case .part(let part): add(part, depth)
            case .inner(let inner): add(inner, depth)
            case .unclear: isClear = false
            }
        }
    }

    private mutating func add(_ inner: String, _ depth: Int) {
        let script = ShellScript(inner, depth: depth + 1)
        parts += script.parts
        if !script.isClear { isClear = false }
    }

    private mutating func add(_ part: ShellPart, _ depth: Int) {
        var part = part
        while let first = part.words.first, !first.isQuoted,
            ShellScript.openers.contains(first.text)
        {
            part.words.removeFirst()
        }
        // Behind `if` and its like the lexer takes `NAME=value` for a word.
        while let assignment = part.words.first?.assignment {
            part.assignments.append(assignment)
            part.words.removeFirst()
        }
        guard let first = part.words.first else {
            if !part.assignments.isEmpty || !part.redirects.isEmpty { parts.append(part) }
            return
        }
        if !first.isQuoted, ShellScript.closers.contains(first.text) {
            part.words.removeFirst()
            if !part.redirects.isEmpty || !part.words.isEmpty { parts.append(part) }
            return
        }
        if first.isDynamic || !first.isQuoted && ShellScript.compound.contains(first.text) {
            isClear = false
        }
        parts.append(part)
        if let inner = part.innerScript {
            isClear = false
            add(inner, depth)
        }
    }

    /// Words that a command may stand behind.
    private static let openers: Set = [
        "if", "then", "elif", "else", "while", "until", "do", "!", "{", "time",
    ]
    private static let closers: Set = ["fi", "done", "esac", "}"]
    private static let compound: Set = ["for", "case", "select", "function", "[[", "coproc", "(("]
}

/// One simple command.
package struct ShellPart: Hashable, Sendable {
    /// Name and arguments.
    package var words: [ShellWord]
    /// `NAME=value` before the name.
    package var assignments: [(name: String, value: ShellWord)] = []
    /// Files that are read or written by `<` and `>`.
    package var redirects: [Redirect] = []

    /// A file of a redirection.
    package struct Redirect: Hashable, Sendable {
        /// The file's name.
        package let target: ShellWord
        /// False for `<`.
        package let writes: Bool
    }

    package static func == (a: ShellPart, b: ShellPart) -> Bool {
        a.words == b.words && a.redirects == b.redirects
            && a.assignments.map(\.name) == b.assignments.map(\.name)
            && a.assignments.map(\.value) == b.assignments.map(\.value)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(words) }

    /// Words divided by single spaces, without quotes.
    package var text: String { words.map(\.text).joined(separator: " ") }

    /// The name of the program without its folder.
    package var name: String {
        guard let first = words.first?.text else { return "" }
        return first.split(separator: "/").last.map(String.init) ?? first
    }

    /// The script that this command hands to a shell.
    var innerScript: String? {
        let inner = unwrapped(thoroughly: true).words
        guard let first = inner.first?.text else { return nil }
        let name = first.split(separator: "/").last.map(String.init) ?? first
        if name == "eval" { return inner.dropFirst().map(\.text).joined(separator: " ") }
        guard ["sh", "bash", "dash", "zsh", "ksh", "ash"].contains(name) else { return nil }
        for (index, word) in inner.enumerated().dropFirst() {
            if word.text.hasPrefix("-"), !word.text.hasPrefix("--"), word.text.contains("c") {
                return inner.dropFirst(index + 1).first { !$0.text.hasPrefix("-") }?.text
            }
        }
        return nil
    }
}

/// One word of a command, without quotes.
package struct ShellWord: Hashable, Sendable {
    /// The text with variables and substitutions as they were written.
    package var text: String
    /// True when the shell will put something else for a part of it.
    package var isDynamic = false
    /// True when a part of it was in quotes, so that it is no keyword.
    package var isQuoted = false

    /// Name and value of a word that sets a variable before a command; nil for any other.
    var assignment: (name: String, value: ShellWord)? {
        guard !text.hasPrefix("="), let equals = text.firstIndex(of: "="),
            text[..<equals].allSatisfy({ $0.isLetter || $0.isNumber || "_+[]".contains($0) })
        else { return nil }
        var value = self
        value.text = String(text[text.index(after: equals)...])
        return (String(text[..<equals]), value)
    }
}
