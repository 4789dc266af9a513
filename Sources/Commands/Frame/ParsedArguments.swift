/// A command line after parsing: which command, the options' values in order, the other words.
struct ParsedArguments: Sendable {
    var command: CommandDefinition?
    /// Values by option name, global options included; a flag that was given has one empty value.
    var values: [String: [String]] = [:]
    var words: [String] = []

    func has(_ option: String) -> Bool { values[option] != nil }

    /// Parses the words after the program's name.
    ///
    /// With `--help` or `--version` nothing that is missing is an error.
    init(
        _ words: [String], commands: [CommandDefinition] = CommandTable.all
    ) throws(ArgumentError) {
        var arguments = Arguments(words)
        while let token = arguments.next() {
            switch token {
            case .word(let word):
                if command != nil {
                    self.words.append(word)
                } else {
                    command = try Self.command(named: word, in: commands)
                }
            case .long(let name, let attached):
                let known = options.first { $0.name == name && $0.hasLongForm }
                guard let known else { throw unknown(name) }
                try take(known, as: "--" + name, attached: attached, from: &arguments)
            case .short(let letter):
                guard let known = options.first(where: { $0.short == letter }) else {
                    throw .unknownOption("-\(letter)", command: command?.name, nearest: nil)
                }
                try take(known, as: "-\(letter)", attached: nil, from: &arguments)
            }
        }
        if has("help") || has("version") { return }
        guard let command else { throw .missingCommand }
        try checkOptions(of: command)
        try checkWords(of: command)
    }

    private var options: [OptionDefinition] { (command?.options ?? []) + GlobalOptions.all }

    private static func command(
        named name: String, in commands: [CommandDefinition]
    ) throws(ArgumentError) -> CommandDefinition {
        guard let known = commands.first(where: { $0.name == name }) else {
            let visible = commands.filter { !$0.isHidden }.map(\.name)
            throw .unknownCommand(name, nearest: Spelling.nearest(to: name, in: visible))
        }
        return known
    }

    private func unknown(_ name: String) -> ArgumentError {
        let visible = options.filter { !$0.isHidden && $0.hasLongForm }.map(\.name)
        return .unknownOption(
            "--" + name, command: command?.name,
            nearest: Spelling.nearest(to: name, in: visible).map { "--" + $0 })
    }

    private mutating func take(
        _ option: OptionDefinition, as spelling: String, attached: String?,
        from arguments: inout Arguments
    ) throws(ArgumentError) {
        if !option.isRepeatable, has(option.name) { throw .repeatedOption(spelling) }
        guard let expected = option.value else {
            if attached != nil { throw .unexpectedValue(option: spelling) }
            values[option.name] = [""]
            return
        }
        guard let value = attached ?? arguments.value() else {
            throw .missingValue(option: spelling, name: expected.name)
        }
        try Self.check(value, of: spelling, is: expected.kind)
        values[option.name, default: []].append(value)
    }

    private static func check(
        _ value: String, of name: String, is kind: ValueKind
    ) throws(ArgumentError) {
        guard let expected = kind.problem(with: value) else { return }
        var nearest: String?
        if case .choice(let choices) = kind {
            nearest = Spelling.nearest(to: value, in: choices)
        }
        throw .badValue(of: name, value: value, expected: expected, nearest: nearest)
    }

    private func checkOptions(of command: CommandDefinition) throws(ArgumentError) {
        for group in command.exclusive {
            let given = group.filter(has)
            if given.count > 1 { throw .exclusiveOptions(given.map { "--" + $0 }) }
        }
        for option in command.options where option.isRequired && !has(option.name) {
            throw .missingOption(option.spelling, command: command.name)
        }
        if !command.hasJSON, has("json") { throw .noJSON(command: command.name) }
    }

    private func checkWords(of command: CommandDefinition) throws(ArgumentError) {
        let positionals = command.positionals
        let takesAll = positionals.last?.isRepeated == true
        if words.count > positionals.count, !takesAll {
            throw .surplusArgument(words[positionals.count], command: command.name)
        }
        for (index, positional) in positionals.enumerated()
        where positional.isRequired && index >= words.count {
            throw .missingArgument(positional.name, command: command.name)
        }
        for (index, word) in words.enumerated() {
            let positional = positionals[min(index, positionals.count - 1)]
            try Self.check(word, of: positional.name, is: positional.kind)
        }
    }
}
