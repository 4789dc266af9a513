/// One option as data: parsing, help, manual and completions all come from it.
struct OptionDefinition: Sendable {
    /// Without the dashes.
    let name: String
    var short: Character?
    /// Nil for a flag.
    var value: Value?
    var isRepeatable = false
    var isRequired = false
    /// Left out of help, manual and completions.
    var isHidden = false
    /// What holds when it is not given, for people.
    var defaultText: String?
    /// Key of the setting that it overrides.
    var setting: String?
    let help: String

    /// What stands after the option's name.
    struct Value: Sendable, Equatable {
        /// As in help, such as `REV`.
        let name: String
        let kind: ValueKind
    }

    static func flag(
        _ name: String, short: Character? = nil, isHidden: Bool = false, _ help: String
    ) -> OptionDefinition {
        OptionDefinition(name: name, short: short, isHidden: isHidden, help: help)
    }

    static func value(
        _ name: String, short: Character? = nil, _ valueName: String, _ kind: ValueKind,
        default defaultText: String? = nil, setting: String? = nil, _ help: String
    ) -> OptionDefinition {
        OptionDefinition(
            name: name, short: short, value: Value(name: valueName, kind: kind),
            defaultText: defaultText, setting: setting, help: help)
    }

    var repeated: OptionDefinition {
        var copy = self
        copy.isRepeatable = true
        return copy
    }

    var required: OptionDefinition {
        var copy = self
        copy.isRequired = true
        return copy
    }

    /// `--jobs N`.
    var spelling: String { "--" + name + (value.map { " " + $0.name } ?? "") }
}

/// One argument that is not an option, as data.
struct PositionalDefinition: Sendable {
    /// As in help, such as `PLAN`.
    let name: String
    let kind: ValueKind
    var isRequired = false
    /// Takes all the words that follow.
    var isRepeated = false
    let help: String

    /// `PLAN`, `[PLAN]`, `BRANCH…`, `[BRANCH…]`.
    var spelling: String {
        let word = name + (isRepeated ? "…" : "")
        return isRequired ? word : "[\(word)]"
    }
}
