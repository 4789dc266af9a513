import YAML

extension SettingsError: CommandErrorConvertible {
    var commandError: CommandError {
        let details = problems.map { "\($0.source.words): \($0.words)" }
        return CommandError(
            .usage, "bad_settings", "the settings cannot be used",
            hint: "treeguild help config", details: details)
    }
}

extension SettingsProblem.Source {
    /// `path:line:column`, the variable or the option.
    var words: String {
        switch self {
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .variable(let name), .option(let name): name
        }
    }
}

extension SettingsProblem {
    var words: String {
        let place = path.isEmpty ? "" : path + ": "
        switch kind {
        case .unreadable(let reason): return reason.words
        case .unknownKey(let nearest, let known):
            let list = known.isEmpty ? "" : "; known are \(known.joined(separator: ", "))"
            return "unknown key '\(path)'" + (nearest.map { "; did you mean '\($0)'?" } ?? list)
        case .missingKey(let key): return place + "'\(key)' is missing"
        case .badValue(let found, let expected):
            return place + "found \(found), expected \(expected)"
        }
    }
}

extension YAMLError.Reason {
    /// What is wrong with a YAML text.
    var words: String {
        switch self {
        case .syntax(let problem, let since):
            "not YAML: \(problem)" + (since.map { " (begun in line \($0.line))" } ?? "")
        case .invalidUTF8(let byte): "not UTF-8: byte 0x\(String(byte, radix: 16))"
        case .duplicateKey(let key, let first):
            "key '\(key)' stands here and in line \(first.line)"
        case .keyNotString(let found): "a key must be text, found \(found)"
        case .secondDocument: "a second document begins here, expected one"
        case .unknownAlias(let name): "no anchor is called '\(name)'"
        case .unknownTag(let tag): "unknown tag '\(tag)'"
        case .invalidValue(let value, let tag): "'\(value)' is no value of type \(tag)"
        case .tooManyNodes(let limit): "more than \(limit) values"
        case .tooDeep(let limit): "more than \(limit) levels"
        case .outOfMemory: "too large to be read"
        }
    }
}
