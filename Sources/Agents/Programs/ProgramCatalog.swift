package import Base
import YAML

/// The agent programs that can be named: those that come with treeguild, and the user's own.
package struct ProgramCatalog: Sendable {
    /// In order: the built-in ones first, then the user's.
    package private(set) var profiles: [ProgramProfile]

    /// Why a profile of the settings cannot be used.
    package enum Problem: Error, Hashable, Sendable {
        /// `like` names none that comes before it.
        case unknownModel(profile: String, like: String, known: [String])
        /// Neither it nor the one that it is like says what to start.
        case noProgram(profile: String)
        /// Its arguments have no place for something that is needed there, such as `{prompt_file}`.
        case missingPlaceholder(profile: String, key: String, placeholder: String)
        /// Its arguments speak of something that is not there, such as `{promt}`.
        case unknownPlaceholder(profile: String, key: String, text: String, known: [String])
        /// A pattern of its litter, or a place of its login or home, leads out of its folder.
        case outside(profile: String, key: String, path: String)
        /// Its folder of settings is not said in full.
        case incompleteHome(profile: String)
        /// Its name is another agent's, or none that a plan could name.
        case badName(String)
        /// `version.least` has no numbers with dots.
        case badVersion(profile: String, text: String)
        /// `stall` leaves it no time.
        case noTime(profile: String)
    }

    /// The built-in profiles.
    package static let builtIn: [ProgramProfile] = {
        // Tests read every one of it.
        guard let entries = try? YAMLNode(parsing: PackageResources.programs_yaml).entries else {
            return []
        }
        return entries.map { entry in
            var profile = ProgramProfile(name: entry.key, program: entry.key)
            profile.apply(entry.value.json)
            return profile
        }
    }()

    /// The built-in profiles with what the settings say of them, and the settings' own.
    ///
    /// - Parameter settings: By name: the keys of the built-in document and `like`, the profile to start from.
    package init(settings: JSON.Members = JSON.Members()) throws(Problem) {
        profiles = ProgramCatalog.builtIn
        for (name, json) in settings.pairs.map({ ($0.key, $0.value) }) {
            try add(name, json)
        }
        // It is what others are like, and no program by itself.
        if self["generic"]?.program.isEmpty ?? false { profiles.removeAll { $0.name == "generic" } }
    }

    /// The profile of that name.
    package subscript(name: String) -> ProgramProfile? { profiles.first { $0.name == name } }

    private mutating func add(_ name: String, _ json: JSON) throws(Problem) {
        guard name != "builtin", name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,62}/) != nil
        else { throw .badName(name) }
        if let least = json["version"]?["least"],
            ProgramVersion(in: least.stringValue ?? least.compact) == nil
        {
            throw .badVersion(profile: name, text: least.stringValue ?? least.compact)
        }
        let like = json["like"]?.stringValue
        var profile: ProgramProfile
        if let like {
            guard let model = self[like] else {
                throw .unknownModel(profile: name, like: like, known: profiles.map(\.name))
            }
            profile = model.named(name)
        } else {
            profile = self[name] ?? ProgramProfile(name: name, program: "")
        }
        let hadHome = profile.home != nil
        profile.apply(json)
        guard !profile.program.isEmpty || name == "generic" else { throw .noProgram(profile: name) }
        if json["home"] != nil, profile.home == nil, !hadHome {
            throw .incompleteHome(profile: name)
        }
        try profile.check()
        if let index = profiles.firstIndex(where: { $0.name == name }) {
            profiles[index] = profile
        } else {
            profiles.append(profile)
        }
    }
}

extension ProgramProfile {
    /// The same under another name.
    fileprivate func named(_ name: String) -> ProgramProfile {
        var copy = self
        copy.name = name
        copy.title = title == self.name ? name : "\(title) (\(name))"
        return copy
    }

    /// Refuses what could not work, before anything is started.
    fileprivate func check() throws(ProgramCatalog.Problem) {
        for (key, texts) in [
            ("start", start), ("resume", resume), ("model_arguments", modelArguments),
            ("confined", confined), ("unconfined", unconfined),
        ] {
            for text in texts {
                guard let wrong = Placeholder.unknown(in: text) else { continue }
                throw .unknownPlaceholder(
                    profile: name, key: key, text: wrong,
                    known: Placeholder.allCases.map { "{\($0.rawValue)}" })
            }
        }
        func need(_ placeholder: Placeholder, in key: String, _ texts: [String])
            throws(ProgramCatalog.Problem)
        {
            let text = "{\(placeholder.rawValue)}"
            guard !texts.contains(where: { $0.contains(text) }) else { return }
            throw .missingPlaceholder(profile: name, key: key, placeholder: text)
        }
        guard stall > 0 else { throw .noTime(profile: name) }
        if prompt == .argument { try need(.prompt, in: "start", start) }
        if prompt == .file { try need(.promptFile, in: "start", start) }
        if !resume.isEmpty { try need(.session, in: "resume", resume) }
        if model != nil { try need(.model, in: "model_arguments", modelArguments) }
        let places =
            login.map { ("login", $0) } + litter.map { ("litter", $0) }
            + (home?.copy ?? []).map { ("home.copy", $0) }
            + (home?.link ?? []).map { ("home.link", $0) }
            + (home.map { [("home.from", $0.from)] } ?? [])
        for (key, path) in places {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            let isInside = !path.hasPrefix("/") && !parts.contains("..") && !path.isEmpty
            guard isInside, key != "litter" || parts.count == 1 else {
                throw .outside(profile: name, key: key, path: path)
            }
        }
    }
}

/// What stands for something in a program's arguments, as `{name}`.
package enum Placeholder: String, Hashable, Sendable, CaseIterable {
    /// What it is to do.
    case prompt
    /// A file that says it.
    case promptFile = "prompt_file"
    /// What resumes it.
    case session
    case model
    /// The worktree.
    case tree
    /// See ``ProgramProfile/Home``.
    case home
    /// The worker's temporary folder.
    case tmp

    /// A text with all that is known put in; what is not known becomes nothing.
    static func fill(_ text: String, _ values: [Placeholder: String]) -> String {
        text.replacing(/\{([a-z_]+)\}/) { match in
            Placeholder(rawValue: String(match.output.1)).map { values[$0] ?? "" }
                ?? String(match.output.0)
        }
    }

    /// The first `{name}` that stands for nothing.
    static func unknown(in text: String) -> String? {
        text.matches(of: /\{([a-z_]+)\}/).first {
            Placeholder(rawValue: String($0.output.1)) == nil
        }
        .map { String($0.output.0) }
    }
}
