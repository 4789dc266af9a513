import Review
import Base

/// Help texts from the command table.
enum Help {
    /// The help of the program: its commands and what holds for all of them.
    static func program(columns: Int) -> [StyledText] {
        let columns = usable(columns)
        let about =
            "Gives every worker on a git repository its own temporary worktree, finds the hunks "
            + "that overlap, merges in memory, has a fresh verifier resolve what is left, and "
            + "removes every tree that nobody changed."
        let rows = CommandTable.visible.map { (name: $0.name, text: $0.purpose) }
        var out: [StyledText] = WrappedText.lines(about, columns: columns).map { "\($0)" }
        out += section("usage", ["  treeguild [options] COMMAND …"])
        out += section("commands", WrappedText.table(rows, columns: columns))
        out += section("options", options(GlobalOptions.all, columns: columns))
        out += section("exit codes", exits(ExitCode.allCases.map { ($0, $0.meaning) }, columns))
        let end = "'treeguild COMMAND --help' tells more about a command."
        return out + [""] + WrappedText.lines(end, columns: columns).map { "\($0)" }
    }

    /// The help of one command.
    static func command(_ command: CommandDefinition, columns: Int) -> [StyledText] {
        let columns = usable(columns)
        var out: [StyledText] = WrappedText.lines(command.purpose, columns: columns).map { "\($0)" }
        out += section("usage", ["  \(command.synopsis)"])
        for paragraph in command.details {
            out += [""] + WrappedText.lines(paragraph, columns: columns).map { "\($0)" }
        }
        let arguments = command.positionals.map { (name: $0.name, text: $0.help) }
        out += section("arguments", WrappedText.table(arguments, columns: columns))
        out += section("options", options(command.visibleOptions, columns: columns))
        out += section("global options", options(GlobalOptions.all, columns: columns))
        let examples = command.examples.flatMap { example -> [StyledText] in
            let meaning = WrappedText.lines(example.meaning, columns: columns - 6)
            return ["  \("$", .dim) \(example.line)"] + meaning.map { "      \($0, .dim)" }
        }
        out += section("examples", examples)
        return out + section("exit codes", exits(command.allExits, columns))
    }

    /// The spelling of an option in a list: `-j, --jobs N`.
    static func label(_ option: OptionDefinition) -> String {
        let short = option.short.map { "-\($0)" }
        let value = option.value.map { " " + $0.name } ?? ""
        guard option.hasLongForm else { return (short ?? "") + value }
        return (short.map { $0 + ", " } ?? "    ") + "--" + option.name + value
    }

    /// The option's help with what its value can be and what holds without it.
    static func text(_ option: OptionDefinition) -> String {
        var notes: [String] = []
        if case .choice(let choices)? = option.value?.kind {
            notes.append(Phrase.anyOf(choices))
        }
        if option.isRepeatable { notes.append("can be repeated") }
        if option.isRequired { notes.append("required") }
        if let text = option.defaultText { notes.append("default: \(text)") }
        return option.help + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
    }

    private static func usable(_ columns: Int) -> Int { min(max(columns, 40), 100) }

    private static func section(_ title: String, _ lines: [StyledText]) -> [StyledText] {
        lines.isEmpty ? [] : ["", "\(title + ":", .bold)"] + lines
    }

    private static func options(_ options: [OptionDefinition], columns: Int) -> [StyledText] {
        WrappedText.table(
            options.map { (name: label($0), text: text($0)) }, columns: columns, limit: 26)
    }

    private static func exits(
        _ exits: [(code: ExitCode, meaning: String)], _ columns: Int
    ) -> [StyledText] {
        let rows = exits.map { (name: "\($0.code.rawValue)", text: $0.meaning) }
        return WrappedText.table(rows, columns: columns)
    }
}
