/// A cursor over the words of a command line that tells options from words.
struct Arguments: Sendable {
    private var words: ArraySlice<String>
    private var optionsEnded = false
    /// Letters of a cluster such as `-qh` that are still to come.
    private var cluster: Substring = ""

    init(_ words: [String]) { self.words = words[...] }

    /// What a word is, as far as its spelling tells.
    enum Token: Equatable {
        /// `--name` or `--name=attached`.
        case long(String, attached: String?)
        /// `-n`; what follows in the same word is its value or more letters.
        case short(Character)
        case word(String)
    }

    mutating func next() -> Token? {
        if let letter = cluster.popFirst() { return .short(letter) }
        guard let word = words.popFirst() else { return nil }
        // A lone dash is a file name by tradition.
        guard !optionsEnded, word.hasPrefix("-"), word != "-" else { return .word(word) }
        if word == "--" {
            optionsEnded = true
            return next()
        }
        guard word.hasPrefix("--") else {
            cluster = word.dropFirst()
            return next()
        }
        let parts = word.dropFirst(2).split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return .long(String(parts[0]), attached: parts.count == 2 ? String(parts[1]) : nil)
    }

    /// The value of the option that ``next()`` returned last; nil when there is none.
    ///
    /// A word that looks like an option is no value: `--name=-value` says that it is.
    mutating func value() -> String? {
        if !cluster.isEmpty {
            let rest = cluster.first == "=" ? cluster.dropFirst() : cluster
            cluster = ""
            return String(rest)
        }
        guard let word = words.first, word == "-" || !word.hasPrefix("-") else { return nil }
        words.removeFirst()
        return word
    }
}
