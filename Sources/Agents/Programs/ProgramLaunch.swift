package import Base

/// One start of an agent program: what is run, with what it reads. Pure.
package struct ProgramLaunch: Hashable, Sendable {
    /// The program and its arguments.
    package let arguments: [String]
    /// All of its environment.
    package let environment: [String: String]
    /// What it reads at first; with ``ProgramProfile/takesMessages`` more may follow.
    package let input: [UInt8]
    /// Files that have to be there, with what they hold.
    package let files: [AbsolutePath: String]

    /// Where it works.
    package struct Place: Sendable {
        /// Found along PATH.
        package var program: AbsolutePath
        /// Its current folder.
        package var tree: AbsolutePath
        /// Where its assignment is written; read by it alone.
        package var promptFile: AbsolutePath
        /// Its own settings and sessions.
        package var home: AbsolutePath
        /// The kernel keeps it in its tree.
        package var isConfined: Bool
        /// Of every worker.
        package var environment: [String: String]
        /// Of the user; what the profile names is taken from there.
        package var userEnvironment: [String: String]

        /// All that there is.
        package init(
            program: AbsolutePath, tree: AbsolutePath, promptFile: AbsolutePath, home: AbsolutePath,
            isConfined: Bool, environment: [String: String], userEnvironment: [String: String]
        ) {
            self.program = program
            self.tree = tree
            self.promptFile = promptFile
            self.home = home
            self.isConfined = isConfined
            self.environment = environment
            self.userEnvironment = userEnvironment
        }
    }

    /// Longer prompts are not given as an argument: all users can read those.
    private static let argumentLimit = 2000

    /// A start with a text; with a session it goes on there.
    package init(
        _ profile: ProgramProfile, in place: Place, text: String, session: String? = nil
    ) {
        var files: [AbsolutePath: String] = [:]
        var prompt = text
        let isLong = profile.prompt == .argument && text.utf8.count > Self.argumentLimit
        if isLong || profile.prompt == .file { files[place.promptFile] = text }
        if isLong { prompt = "Read the file \(place.promptFile) and do what it says." }
        var values: [Placeholder: String] = [
            .prompt: prompt, .promptFile: place.promptFile.description,
            .tree: place.tree.description, .home: place.home.description,
        ]
        values[.session] = session
        values[.model] = profile.model
        values[.tmp] = place.environment["TMPDIR"]
        let texts =
            profile.start + (profile.model == nil ? [] : profile.modelArguments)
            + (place.isConfined ? profile.confined : profile.unconfined)
            + (session == nil ? [] : profile.resume)
        arguments =
            [place.program.description] + texts.map { Placeholder.fill($0, values) }
        environment = Self.environment(profile, place, values)
        input =
            switch profile.prompt {
            case .input: Array(text.utf8)
            case .messages: Self.message(text)
            case .file, .argument: []
            }
        self.files = files
    }

    /// A message of `stream-json`, with its line's end.
    package static func message(_ text: String) -> [UInt8] {
        let json: JSON = [
            "type": "user", "message": ["role": "user", "content": .string(text)],
            "parent_tool_use_id": .null, "session_id": "",
        ]
        return Array(json.compact.utf8) + [10]
    }

    private static func environment(
        _ profile: ProgramProfile, _ place: Place, _ values: [Placeholder: String]
    ) -> [String: String] {
        var variables = place.environment
        // Nobody is there to read colours and to answer.
        variables.merge(["CI": "1", "NO_COLOR": "1", "TERM": "dumb"]) { $1 }
        let named = Set(profile.keys + profile.variables + profile.loginVariables)
        variables.merge(place.userEnvironment.filter { named.contains($0.key) }) { $1 }
        let own = profile.environment.merging(
            place.isConfined ? profile.confinedEnvironment : [:]
        ) { $1 }
        variables.merge(own.mapValues { Placeholder.fill($0, values) }) { $1 }
        if let home = profile.home { variables[home.variable] = place.home.description }
        return variables
    }
}
