import Base

/// One command line on its way: what was given, where, and the way to answer.
struct Invocation: Sendable {
    let arguments: ParsedArguments
    let environment: [String: String]
    /// Where the command starts: the current folder, or `-C`.
    let folder: AbsolutePath
    let output: Output
    private let loaded: Result<LoadedSettings, any Error>

    /// What can be known before there is an output. Reads files, so it blocks.
    struct Prepared: Sendable {
        let arguments: ParsedArguments
        let environment: [String: String]
        let folder: AbsolutePath
        let loaded: Result<LoadedSettings, any Error>

        init(arguments: ParsedArguments, surroundings: Surroundings) {
            self.arguments = arguments
            environment = surroundings.environment
            let folder =
                arguments.values["C"]?.first.map {
                    AbsolutePath($0, relativeTo: surroundings.folder)
                } ?? surroundings.folder
            self.folder = folder
            loaded = Result {
                guard Files.kind(of: folder, followingLinks: true) == .folder else {
                    throw CommandError(.usage, "no_folder", "there is no folder \(folder)")
                }
                return try LoadedSettings(
                    folder: folder, environment: surroundings.environment, arguments: arguments)
            }
        }

        /// When to colour: option, then settings; broken settings must not silence their own error.
        var color: String {
            if let given = arguments.values["color"]?.first { return given }
            guard case .success(let loaded) = loaded else { return "auto" }
            return loaded.settings.color
        }
    }

    init(prepared: Prepared, output: Output) {
        arguments = prepared.arguments
        environment = prepared.environment
        folder = prepared.folder
        loaded = prepared.loaded
        self.output = output
    }

    /// True when the one thing on standard output is JSON.
    var isJSON: Bool { output.mode.isJSON }

    /// The words that are not options, in order.
    var words: [String] { arguments.words }

    /// Whether a flag was given.
    func has(_ option: String) -> Bool { arguments.has(checked(option)) }

    /// The value of an option that can be given once; nil when it was not.
    func value(_ option: String) -> String? { arguments.values[checked(option)]?.first }

    /// All values of an option that can be repeated, in order.
    func values(_ option: String) -> [String] { arguments.values[checked(option)] ?? [] }

    /// The value as a whole number; parsing has checked it.
    func number(_ option: String) -> Int? { value(option).flatMap { Int($0) } }

    /// The value as a number; parsing has checked it.
    func amount(_ option: String) -> Double? { value(option).flatMap { Double($0) } }

    /// The value as seconds; parsing has checked it.
    func seconds(_ option: String) -> Double? { value(option).flatMap { Quantity.seconds($0) } }

    /// Names and values of a repeated `NAME=VALUE` option, in order.
    func assignments(_ option: String) -> [(name: String, value: String)] {
        values(option).compactMap { text in
            let parts = text.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }

    private func checked(_ option: String) -> String {
        precondition(
            arguments.command?.option(named: option) != nil
                || GlobalOptions.all.contains { $0.name == option },
            "no option --\(option) is declared")
        return option
    }

    /// The settings; what the repository wants run and nobody has approved is left out of them.
    func settings() throws -> Settings { try loaded.get().settings }

    /// The settings for a command that runs them; refuses while the repository's wait for approval.
    func approvedSettings() throws -> Settings {
        let loaded = try loaded.get()
        if case .untrusted(_, let commands) = loaded.trust {
            throw CommandError.untrusted(commands.map(\.text))
        }
        return loaded.settings
    }

    /// Settings, their files and their approval, for the commands that show them.
    func loadedSettings() throws -> LoadedSettings { try loaded.get() }

    /// Where the user's and the repository's files are, whether or not the settings can be read.
    var places: SettingsPlaces { SettingsPlaces(folder: folder, environment: environment) }
}
