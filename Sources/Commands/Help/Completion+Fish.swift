extension Completion {
    static func fish() -> String {
        let all = CommandTable.visible
        var lines = [
            "# fish completion for treeguild, made by: treeguild completion fish", "",
            "complete -c treeguild -f", "",
        ]
        lines += GlobalOptions.all.map { fishOption($0, condition: nil) } + [""]
        lines += all.map { command in
            "complete -c treeguild -n __fish_use_subcommand -a \(command.name) -d "
                + fishQuoted(command.purpose)
        }
        for command in all {
            let condition = "'__fish_seen_subcommand_from \(command.name)'"
            lines.append("")
            lines += command.visibleOptions.map { fishOption($0, condition: condition) }
            if let first = command.positionals.first, let words = fishWords(first.kind) {
                lines.append("complete -c treeguild -n \(condition) \(words)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func fishOption(_ option: OptionDefinition, condition: String?) -> String {
        var words = ["complete -c treeguild"]
        if let condition { words.append("-n \(condition)") }
        if let short = option.short { words.append("-s \(short)") }
        if option.hasLongForm { words.append("-l \(option.name)") }
        if let value = option.value { words.append("-r " + (fishWords(value.kind) ?? "-f")) }
        return (words + ["-d \(fishQuoted(option.help))"]).joined(separator: " ")
    }

    private static func fishWords(_ kind: ValueKind) -> String? {
        switch words(of: kind) {
        case .fixed(let words): "-f -a '\(words.joined(separator: " "))'"
        case .lookup("file"): "-F"
        case .lookup("folder"): "-f -a '(__fish_complete_directories)'"
        case .lookup("branch"): "-f -a \(fishQuoted("(\(branches) 2>/dev/null)"))"
        case .lookup("revision"): "-f -a \(fishQuoted("(\(revisions) 2>/dev/null)"))"
        case .lookup("run"): "-f -a '(\(runs) 2>/dev/null)'"
        case .lookup: "-f -a \(fishQuoted("(\(runs) 2>/dev/null; \(branches) 2>/dev/null)"))"
        case .nothing: nil
        }
    }

    private static func fishQuoted(_ text: String) -> String {
        var out = ""
        for character in text {
            if character == "'" || character == "\\" { out += "\\" }
            out.append(character)
        }
        return "'" + out + "'"
    }
}
