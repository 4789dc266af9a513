extension Completion {
    static func bash() -> String {
        """
        # bash completion for treeguild, made by: treeguild completion bash

        # Offers the lines of standard input that begin with $cur. Names are quoted, and never
        # expanded: a branch may be called $(anything).
        _treeguild_lines() {
            local line
            while IFS= read -r line; do
                [[ $line == "$cur"* ]] && COMPREPLY+=("$(printf %q "$line")")
            done
        }

        _treeguild_value() {
            case $1 in
            file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")) ;;
            folder) compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")) ;;
            branch) _treeguild_lines < <(\(branches) 2>/dev/null) ;;
            revision) _treeguild_lines < <(\(revisions) 2>/dev/null) ;;
            run) _treeguild_lines < <(\(runs) 2>/dev/null) ;;
            run_or_branch) _treeguild_value run; _treeguild_value branch ;;
            esac
        }

        _treeguild_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }

        _treeguild() {
            local IFS=$' \\t\\n' cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
            local command='' i
            COMPREPLY=()
            # --name=value arrives as three words.
            if [[ $cur == '=' ]]; then
                cur=''
            elif [[ $prev == '=' ]]; then
                prev=${COMP_WORDS[COMP_CWORD - 2]}
            fi
            for ((i = 1; i < COMP_CWORD; i++)); do
                case ${COMP_WORDS[i]} in
                \(globalsWithValue)) ((i++)); [[ ${COMP_WORDS[i]} == '=' ]] && ((i++)) ;;
                -*) ;;
                *) command=${COMP_WORDS[i]}; break ;;
                esac
            done
            case $command,$prev in
        \(bashValues)
            esac
            if [[ $cur == -* ]]; then
                case $command in
        \(bashOptions)
                esac
                return
            fi
            case $command in
            '') _treeguild_words '\(CommandTable.visible.map(\.name).joined(separator: " "))' ;;
        \(bashArguments)
            esac
        }

        complete -F _treeguild treeguild

        """
    }

    private static var globalsWithValue: String {
        GlobalOptions.all.filter { $0.value != nil }.flatMap(spellings).joined(separator: "|")
    }

    /// `--jobs` and `-j`.
    static func spellings(_ option: OptionDefinition) -> [String] {
        (option.hasLongForm ? ["--" + option.name] : [])
            + (option.short.map { ["-\($0)"] } ?? [])
    }

    private static func bashCall(_ kind: ValueKind) -> String {
        switch words(of: kind) {
        case .fixed(let words): "_treeguild_words '\(words.joined(separator: " "))'"
        case .lookup(let name): "_treeguild_value \(name)"
        case .nothing: ":"
        }
    }

    private static var bashValues: String {
        let everywhere = GlobalOptions.all.map { ("*", $0) }
        let own = CommandTable.visible.flatMap { command in
            command.visibleOptions.map { (command.name, $0) }
        }
        return (everywhere + own).compactMap { command, option in
            option.value.map { value in
                let pattern = spellings(option).map { "\(command),\($0)" }.joined(separator: "|")
                return "    \(pattern)) \(bashCall(value.kind)); return ;;"
            }
        }.joined(separator: "\n")
    }

    private static var bashOptions: String {
        let everywhere = GlobalOptions.all.flatMap(spellings)
        let own = CommandTable.visible.map { command in
            let words = command.visibleOptions.flatMap(spellings) + everywhere
            return "        \(command.name)) _treeguild_words '\(words.joined(separator: " "))' ;;"
        }
        let rest = "        *) _treeguild_words '\(everywhere.joined(separator: " "))' ;;"
        return (own + [rest]).joined(separator: "\n")
    }

    private static var bashArguments: String {
        CommandTable.visible.compactMap { command in
            guard let first = command.positionals.first, words(of: first.kind) != .nothing
            else { return nil }
            return "    \(command.name)) \(bashCall(first.kind)) ;;"
        }.joined(separator: "\n")
    }
}
