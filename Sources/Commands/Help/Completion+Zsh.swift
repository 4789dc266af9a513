extension Completion {
    static func zsh() -> String {
        """
        #compdef treeguild
        # zsh completion for treeguild, made by: treeguild completion zsh

        _treeguild_branch() {
            local -a names=(${(f)"$(\(branches) 2>/dev/null)"})
            compadd -a names
        }

        _treeguild_revision() {
            local -a names=(${(f)"$(\(revisions) 2>/dev/null)"})
            compadd -a names
        }

        _treeguild_run() {
            local -a names=(${(f)"$(\(runs) 2>/dev/null)"})
            compadd -a names
        }

        _treeguild_run_or_branch() { _treeguild_run; _treeguild_branch }

        _treeguild() {
            local curcontext=$curcontext state line
            typeset -A opt_args
            local -a commands everywhere
            commands=(
        \(zshCommands)
            )
            everywhere=(
        \(zshOptions(GlobalOptions.all))
            )
            _arguments -C -S $everywhere '1:command:->command' '*::argument:->argument' && return
            case $state in
            command) _describe command commands ;;
            argument)
                curcontext=${curcontext%:*:*}:treeguild-$line[1]:
                case $line[1] in
        \(CommandTable.visible.map(zshCase).joined(separator: "\n"))
                esac
                ;;
            esac
        }

        if [[ $funcstack[1] == _treeguild ]]; then
            _treeguild "$@"
        else
            compdef _treeguild treeguild
        fi

        """
    }

    private static var zshCommands: String {
        CommandTable.visible.map { "        '\($0.name):\(zshEscaped($0.purpose))'" }
            .joined(separator: "\n")
    }

    private static func zshCase(_ command: CommandDefinition) -> String {
        var specs = zshOptions(command.visibleOptions).split(separator: "\n").map(String.init)
        for (index, positional) in command.positionals.enumerated() {
            let position = positional.isRepeated ? "*" : "\(index + 1)"
            let name = zshEscaped(positional.name)
            specs.append("        '\(position):\(name):\(zshAction(positional.kind))'")
        }
        let indented = specs.map { "            " + $0.drop { $0 == " " } + " \\" }
        let lines = ["        \(command.name))", "            _arguments -S \\"] + indented
        return (lines + ["            $everywhere", "            ;;"]).joined(separator: "\n")
    }

    private static func zshOptions(_ options: [OptionDefinition]) -> String {
        options.flatMap { option in
            let names = spellings(option)
            let others = option.isRepeatable ? "*" : "(\(names.joined(separator: " ")))"
            return names.map { name in
                let help = "[\(zshEscaped(option.help))]"
                guard let value = option.value else { return "        '\(others)\(name)\(help)'" }
                // `=` lets --name=value, `+` lets -nvalue stand in one word.
                let joint = name.hasPrefix("--") ? "=" : "+"
                let label = zshEscaped(value.name)
                return "        '\(others)\(name)\(joint)\(help):\(label):\(zshAction(value.kind))'"
            }
        }.joined(separator: "\n")
    }

    private static func zshAction(_ kind: ValueKind) -> String {
        switch words(of: kind) {
        case .fixed(let words): "(\(words.joined(separator: " ")))"
        case .lookup("file"): "_files"
        case .lookup("folder"): "_files -/"
        case .lookup(let name): "_treeguild_\(name)"
        case .nothing: " "
        }
    }

    private static func zshEscaped(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "'": out += "'\\''"
            case "[", "]", ":", "\\": out += "\\\(character)"
            default: out.append(character)
            }
        }
        return out
    }
}
