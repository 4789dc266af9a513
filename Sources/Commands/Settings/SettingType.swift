/// What a setting's value may be, as data.
indirect enum SettingType: Sendable {
    case text
    /// A pattern of paths.
    case glob
    /// Text that a shell will run.
    case command
    /// A value that a repository may set only with the user's approval: keys and code go where it says.
    case trusted(SettingType)
    /// A folder's path, made absolute when read.
    case folder
    /// A whole number of at least 1.
    case count
    /// A number of at least 0.
    case amount
    /// Bytes, also as `10MB`.
    case size
    /// Seconds, also as `15m`.
    case duration
    /// Two port numbers with a dash between.
    case portRange
    case choice([String])
    case boolean
    /// Any single value.
    case scalar
    case list(SettingType)
    /// Free keys.
    case map(SettingType)
    case record([Field])
    /// A record, or a single value that stands for one field of it.
    case short(SettingType, for: String, [Field])
    /// A single value or a record.
    case either(SettingType, [Field])

    /// One key of a record.
    struct Field: Sendable {
        let name: String
        let type: SettingType
        var isRequired = false
    }

    /// What a problem says was expected.
    var expected: String {
        switch self {
        case .text: "text"
        case .trusted(let inner): inner.expected
        case .glob: "a pattern of paths"
        case .command: "a command line"
        case .folder: "a folder's path"
        case .count: "a whole number of at least 1"
        case .amount: "a number of at least 0"
        case .size: "a size, such as 4096, 10MB or 10MiB"
        case .duration: "a duration, such as 90, 90s, 15m, 2h or 7d"
        case .portRange: "a range of ports from 1 to 65535, such as 20000-29999"
        case .choice(let words): Phrase.anyOf(words)
        case .boolean: "true or false"
        case .scalar: "a single value"
        case .list: "a list"
        case .map, .record: "keys with values"
        case .short(let single, _, _), .either(let single, _):
            single.expected + ", or keys with values"
        }
    }

    /// True when a variable's text is the value itself rather than YAML.
    var isSingle: Bool {
        switch self {
        case .text, .glob, .command, .folder, .count, .amount, .size, .duration, .portRange,
            .choice, .boolean:
            true
        case .trusted(let inner): inner.isSingle
        case .scalar, .list, .map, .record, .short, .either: false
        }
    }
}
