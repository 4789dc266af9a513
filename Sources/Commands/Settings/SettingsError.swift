import Base
import YAML

/// Settings that cannot be read, every problem at once.
struct SettingsError: Error, Equatable, Sendable {
    let problems: [SettingsProblem]
}

/// One thing that is wrong with the settings.
struct SettingsProblem: Equatable, Sendable {
    let source: Source
    /// The key's path, such as `checks[0].name`; empty for the whole.
    let path: String
    let kind: Kind

    /// Where a value stands.
    enum Source: Hashable, Sendable {
        case file(AbsolutePath, line: Int, column: Int)
        case variable(String)
        case option(String)
    }

    /// What is wrong with it.
    enum Kind: Equatable, Sendable {
        case unreadable(YAMLError.Reason)
        /// `known` names the keys that can stand there, where they are few.
        case unknownKey(nearest: String?, known: [String] = [])
        case missingKey(String)
        case badValue(found: String, expected: String)
    }
}
