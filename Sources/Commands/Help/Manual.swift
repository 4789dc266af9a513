/// The manual page `treeguild.1` from the command table, in the `man` macros of roff.
enum Manual {
    static func page() -> String {
        var lines = [
            ".\\\" Made from the command table by: treeguild manual",
            ".TH TREEGUILD 1 \"\" \"treeguild \(Version.program)\" \"User Commands\"",
            ".SH NAME", "treeguild \\- git worktrees for many workers, and their merge",
            ".SH SYNOPSIS", ".B treeguild", "[options]", ".I COMMAND", "\\&...",
            ".SH DESCRIPTION",
            "Gives every worker on a git repository its own temporary worktree, finds the hunks",
            "that overlap, merges in memory, has a fresh verifier resolve what is left, and",
            "removes every tree that nobody changed.",
            ".SH OPTIONS",
        ]
        lines += options(GlobalOptions.all) + [".SH COMMANDS"]
        for command in CommandTable.visible { lines += section(command) }
        lines += [".SH EXIT STATUS"]
        lines += ExitCode.allCases.flatMap { entry("\($0.rawValue)", $0.meaning) }
        lines += [".SH SETTINGS", escaped(CommandTable.settingsText)]
        for key in SettingKey.all { lines += entry(key.name, key.manualText) }
        lines += [
            ".SH FILES"
        ]
        lines += entry("$XDG_CONFIG_HOME/treeguild/config.yaml", "The user's settings.")
        lines += entry(".treeguild/config.yaml", "The repository's settings.")
        lines += entry("$XDG_STATE_HOME/treeguild/trust.json", "Approvals by treeguild trust.")
        lines += [".SH SEE ALSO", ".BR git (1),", ".BR git\\-worktree (1)"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ command: CommandDefinition) -> [String] {
        var lines = [".SS \(escaped(command.synopsis))", escaped(command.purpose + ".")]
        for paragraph in command.details { lines += [".PP", escaped(paragraph)] }
        lines += command.positionals.flatMap { entry($0.name, $0.help + ".") }
        lines += options(command.visibleOptions)
        for example in command.examples {
            lines += [".PP", escaped(example.meaning + ":"), ".PP", ".nf"]
            lines += [".RS", escaped(example.line), ".RE", ".fi"]
        }
        return lines
    }

    private static func options(_ options: [OptionDefinition]) -> [String] {
        options.flatMap { option in
            let label = Help.label(option)
            return entry(String(label.drop { $0 == " " }), Help.text(option) + ".")
        }
    }

    private static func entry(_ name: String, _ text: String) -> [String] {
        [".TP", ".B \(escaped(name))", escaped(text)]
    }

    /// The text with what roff would take for its own made plain.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "\\": out += "\\e"
            case "-": out += "\\-"
            case "…": out += "..."
            case "'": out += "\\(aq"
            default: out.append(character)
            }
        }
        return out.hasPrefix(".") ? "\\&" + out : out
    }
}

extension CommandTable {
    static let settingsText =
        "Later wins: built in, the user's file, the repository's file, the environment variable "
        + "TREEGUILD_KEY, options."
}
