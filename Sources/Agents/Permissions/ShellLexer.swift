/// Reads the commands of a shell text one after the other.
struct ShellLexer {
    enum Token {
        case part(ShellPart)
        /// The text of a substitution, which is a script itself.
        case inner(String)
        /// Something that was not understood.
        case unclear
    }

    private let text: [Character]
    private var at = 0
    private var ready: [Token] = []
    private var part = ShellPart(words: [])
    private var word: ShellWord?
    /// What the next word belongs to.
    private var pendingRedirect: Bool?
    private var heredocs: [(delimiter: String, isLiteral: Bool)] = []
    private var pendingHeredoc = false

    init(_ text: String) { self.text = Array(text) }

    private var current: Character? { at < text.count ? text[at] : nil }
    private func peek(_ offset: Int = 1) -> Character? {
        at + offset < text.count ? text[at + offset] : nil
    }

    mutating func next() -> Token? {
        while ready.isEmpty, at < text.count { read() }
        if ready.isEmpty { endPart() }
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    private mutating func read() {
        guard let character = current else { return }
        switch character {
        case " ", "\t":
            endWord()
            at += 1
        case "\n", "\r\n":
            endPart()
            at += 1
            skipHeredocs()
        case ";", "|", "&": readOperator(character)
        case "(", ")":
            // A group, or `name()` of a function, whose later calls would hide what they do.
            if character == "(", word != nil { ready.append(.unclear) }
            endPart()
            at += 1
        case "#" where word == nil:
            while let other = current, other != "\n", other != "\r\n" { _ = other; at += 1 }
        case "<", ">": readRedirect(character)
        case "\\":
            if let next = peek(), next != "\n", next != "\r\n" { append(next, quoted: true) }
            at += 2
        case "'": readSingleQuotes()
        case "\"": readDoubleQuotes()
        case "$": readDollar()
        case "`": readBackticks()
        case "*", "?", "[", "~":
            append(character)
            // A tilde alone or at the start is a home, and rules know it.
            if character != "~" || word?.text != "~" { word?.isDynamic = true }
            at += 1
        case "{" where peek() != " " && peek() != "\n" && peek() != nil:
            // A brace expansion makes several words of one.
            append(character)
            word?.isDynamic = true
            at += 1
        default:
            append(character)
            at += 1
        }
    }

    private mutating func append(_ character: Character, quoted: Bool = false) {
        var word = word ?? ShellWord(text: "")
        word.text.append(character)
        if quoted { word.isQuoted = true }
        self.word = word
    }

    private mutating func endWord() {
        guard let word else { return }
        self.word = nil
        if pendingHeredoc {
            heredocs.append((word.text, word.isQuoted))
            pendingHeredoc = false
        } else if let writes = pendingRedirect {
            part.redirects.append(.init(target: word, writes: writes))
            pendingRedirect = nil
        } else if part.words.isEmpty, let assignment = word.assignment {
            part.assignments.append(assignment)
        } else {
            part.words.append(word)
        }
    }

    private mutating func endPart() {
        endWord()
        if pendingRedirect != nil { ready.append(.unclear) }
        pendingRedirect = nil
        if !part.words.isEmpty || !part.assignments.isEmpty || !part.redirects.isEmpty {
            ready.append(.part(part))
        }
        part = ShellPart(words: [])
    }

    private mutating func readOperator(_ character: Character) {
        if character == "&", peek() == ">" {
            endWord()
            at += peek(2) == ">" ? 3 : 2
            pendingRedirect = true
            return
        }
        endPart()
        at += 1
    }

    private mutating func readRedirect(_ character: Character) {
        // A number before it is the descriptor, no word.
        if let number = word, number.text.allSatisfy(\.isNumber), !number.isQuoted { word = nil }
        endWord()
        if peek() == "(" {
            at += 1
            readSubstitution()
            return
        }
        if character == "<", peek() == "<" {
            let isString = peek(2) == "<"
            at += isString ? 3 : peek(2) == "-" ? 3 : 2
            if !isString { pendingHeredoc = true }
            return
        }
        let writes = character == ">" || peek() == ">"
        at += 1
        while let other = current, other == ">" || other == "|" { _ = other; at += 1 }
        if current == "&" {
            at += 1
            // `2>&1` names a descriptor.
            if let next = current, next.isNumber || next == "-" {
                while let digit = current, digit.isNumber || digit == "-" { _ = digit; at += 1 }
                return
            }
        }
        pendingRedirect = writes
    }

    private mutating func readSingleQuotes() {
        word = word ?? ShellWord(text: "")
        word?.isQuoted = true
        at += 1
        while let character = current, character != "'" {
            append(character, quoted: true)
            at += 1
        }
        if current == nil { ready.append(.unclear) }
        at += 1
    }

    private mutating func readDoubleQuotes() {
        word = word ?? ShellWord(text: "")
        word?.isQuoted = true
        at += 1
        while let character = current, character != "\"" {
            switch character {
            case "\\":
                if let next = peek() {
                    if !"$`\"\\\n".contains(next) { append("\\", quoted: true) }
                    if next != "\n" { append(next, quoted: true) }
                }
                at += 2
            case "$": readDollar()
            case "`": readBackticks()
            default:
                append(character, quoted: true)
                at += 1
            }
        }
        if current == nil { ready.append(.unclear) }
        at += 1
    }

    private mutating func readDollar() {
        switch peek() {
        case "(":
            at += 1
            append("$")
            readSubstitution()
        case "'", "\"":
            if peek() == "'" {
                // `$'…'` has escapes of its own.
                ready.append(.unclear)
            }
            at += 1
        case "{":
            append("$")
            at += 1
            while let character = current, character != "}" {
                if character == "`" || character == "$", peek() == "(" { ready.append(.unclear) }
                append(character)
                at += 1
            }
            if current == nil { ready.append(.unclear) } else { append("}") }
            at += 1
            word?.isDynamic = true
        case let next?:
            append("$")
            at += 1
            if next.isLetter || next.isNumber || "_@*#?!$-".contains(next) {
                word?.isDynamic = true
            }
        case nil:
            append("$")
            at += 1
        }
    }

    /// Stands on the `(`; what is inside is a script of its own.
    private mutating func readSubstitution() {
        let start = at + 1
        var depth = 0
        var quote: Character?
        while let character = current {
            if let open = quote {
                if character == "\\", open == "\"" {
                    at += 1
                } else if character == open {
                    quote = nil
                }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "\\" {
                at += 1
            } else if character == "(" {
                depth += 1
            } else if character == ")" {
                depth -= 1
                if depth == 0 { break }
            }
            at += 1
        }
        let end = min(at, text.count)
        if end == text.count { ready.append(.unclear) }
        if start <= end {
            let inner = String(text[start..<end])
            if inner.hasPrefix("(") {
                // Arithmetic, which may hold substitutions again.
                if inner.contains("$(") || inner.contains("`") { ready.append(.unclear) }
            } else {
                ready.append(.inner(inner))
            }
        }
        at += 1
        append("…")
        word?.isDynamic = true
    }

    private mutating func readBackticks() {
        at += 1
        var inner = ""
        while let character = current, character != "`" {
            if character == "\\", let next = peek() {
                inner.append(next)
                at += 2
            } else {
                inner.append(character)
                at += 1
            }
        }
        if current == nil { ready.append(.unclear) }
        at += 1
        ready.append(.inner(inner))
        append("…")
        word?.isDynamic = true
    }

    /// The lines of here-documents after the line that announced them.
    private mutating func skipHeredocs() {
        for heredoc in heredocs {
            var isClosed = false
            while at < text.count, !isClosed {
                var line = ""
                while let character = current, character != "\n", character != "\r\n" {
                    line.append(character)
                    at += 1
                }
                at += 1
                isClosed = String(line.drop { $0 == "\t" }) == heredoc.delimiter
                if !isClosed, !heredoc.isLiteral, line.contains("$(") || line.contains("`") {
                    ready.append(.unclear)
                }
            }
            if !isClosed { ready.append(.unclear) }
        }
        heredocs = []
    }
}
