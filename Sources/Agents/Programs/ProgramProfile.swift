/// How an agent program is found, started, resumed and understood. Data.
package struct ProgramProfile: Hashable, Sendable {
    /// By which tasks name it, such as `claude`.
    package internal(set) var name: String
    /// For people, such as `Claude Code`.
    package var title: String
    /// How its output is read.
    package var format = ProgramFormat.text
    /// A name that is looked for along PATH, or a path.
    package var program: String
    /// Arguments that make it say its version; none asks for nothing.
    package var versionArguments: [String] = []
    /// The least version that is known to work; nil for any.
    package var leastVersion: ProgramVersion?
    /// The model that ``modelArguments`` name; nil leaves it to the program.
    package var model: String?

    /// Of every start; see ``Placeholder``.
    package var start: [String] = []
    /// In front of the others when a session is resumed; empty where it cannot be.
    package var resume: [String] = []
    /// With `{model}`; only where ``model`` is set.
    package var modelArguments: [String] = []
    /// Added where the kernel keeps it in its tree: the program's own questions and walls are in the way there.
    package var confined: [String] = []
    /// Added where nothing but the program itself keeps it in its tree.
    package var unconfined: [String] = []
    /// How it is told what to do.
    package var prompt = Prompt.input

    /// Whose limits it shares, such as `anthropic`; nil for its own.
    package var provider: String?
    /// Secrets that it gets where the user's environment has them.
    package var keys: [String] = []
    /// Other variables that it gets.
    package var variables: [String] = []
    /// Variables with which it is started.
    package var environment: [String: String] = [:]
    /// More of them where the kernel keeps it in its tree.
    package var confinedEnvironment: [String: String] = [:]
    /// Files of its login below the user's home, one of which has to be there unless one of ``keys`` or
    /// ``loginVariables`` is set. None where nobody can tell.
    package var login: [String] = []
    /// Variables that tell of another way in, such as a cloud's.
    package var loginVariables: [String] = []
    /// Its settings and sessions, kept out of the user's own.
    package var home: Home?
    /// Patterns of names in the tree's top folder that are its own litter.
    package var litter: [String] = []
    /// Seconds without a word and without work after which it is given up.
    package var stall = 600.0

    /// How a program is told what to do.
    package enum Prompt: String, Hashable, Sendable, CaseIterable {
        /// As its standard input.
        case input
        /// As messages of Claude Code's `stream-json`, more of which may follow while it runs.
        case messages
        /// In a file, which its arguments name with `{prompt_file}`.
        case file
        /// As an argument, `{prompt}`. Long ones go into a file that the argument speaks of.
        case argument
    }

    /// A folder of settings and sessions that a program is given in place of the user's.
    package struct Home: Hashable, Sendable {
        /// Names the folder to the program.
        package var variable: String
        /// The user's own, below the home.
        package var from: String
        /// What is taken over from there as it is.
        package var copy: [String] = []
        /// What stays there and is reached by a link: logins, which the program renews.
        package var link: [String] = []
        /// Files that are made when they are not there, by name.
        package var files: [String: String] = [:]
    }

    /// A profile of the program of that name, of which nothing else is known.
    package init(name: String, program: String) {
        self.name = name
        self.program = program
        title = name
    }

    /// True when a message reaches it while it runs.
    package var takesMessages: Bool { prompt == .messages }

    /// True when a session that ended can be gone on with.
    package var isResumable: Bool { !resume.isEmpty }
}

/// Numbers with dots, such as `2.1.329`.
package struct ProgramVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    private let parts: [Int]

    /// The first such number of a text; nil where there is none.
    package init?(in text: String) {
        let found = text.firstMatch(of: /[0-9]{1,9}(\.[0-9]{1,9})+/)
        guard let found else { return nil }
        parts = found.output.0.split(separator: ".").compactMap { Int($0) }
    }

    package var description: String { parts.map(String.init).joined(separator: ".") }

    package static func < (a: ProgramVersion, b: ProgramVersion) -> Bool {
        for index in 0..<max(a.parts.count, b.parts.count) {
            let (first, second) = (a.part(index), b.part(index))
            if first != second { return first < second }
        }
        return false
    }

    /// `2.1` and `2.1.0` are the same.
    package static func == (a: ProgramVersion, b: ProgramVersion) -> Bool { !(a < b) && !(b < a) }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(Array(parts.reversed().drop { $0 == 0 }))
    }

    private func part(_ index: Int) -> Int { index < parts.count ? parts[index] : 0 }
}
