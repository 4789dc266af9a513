extension CommandTable {
    /// Here and not in a list: a command about the repository and the program alike.
    static let selfCheck = CommandDefinition(
        name: "self-check",
        purpose: "Replay the repository's own merges and compare them with git's",
        details: [
            "Takes the newest merges of two parents that any ref leads to, predicts and merges each in memory, and "
                + "lets git merge the same two. Decided are those that treeguild's own rules are for; the rest "
                + "is left to git in everyday use too. Nothing is written to the repository."
        ],
        options: [
            .value("merges", short: "n", "N", .number, default: "1000", "How many merges at most")
        ],
        examples: [
            .init(line: "treeguild self-check", meaning: "Can its answers be trusted here?"),
            .init(
                line: "treeguild self-check --merges 100000 --json",
                meaning: "The whole history, for a program"),
        ],
        exits: [
            (.done, "every decided merge is git's"),
            (.notDone, "a decided merge differs, or git 2.39 or later is not at hand"),
            (.interrupted, "ended early; what was found so far is told, none of it kept"),
        ],
        run: selfCheckCommand)
}
