import Agents
import Base
import Coordination

/// The agent programs that can be named.
enum RunPrograms {
    /// The built-in ones with those of the settings.
    static func catalog(_ settings: Settings) throws(CommandError) -> ProgramCatalog {
        do throws(ProgramCatalog.Problem) {
            return try ProgramCatalog(settings: settings.profiles)
        } catch {
            throw .badProfile(error, origin: settings["profiles"]?.origin)
        }
    }

    /// By which tasks name them.
    static func names(_ settings: Settings) throws(CommandError) -> [String] {
        try catalog(settings).profiles.map(\.name)
    }

    /// What is there of each, asked at the same time, in the order of the catalog.
    static func facts(
        of programs: [ProgramProfile], _ invocation: Invocation
    ) async -> [ProgramFacts] {
        let (environment, home, folder) = (
            invocation.environment, invocation.places.home, invocation.folder
        )
        return await withTaskGroup(of: (Int, ProgramFacts).self) { group in
            for (index, profile) in programs.enumerated() {
                group.addTask {
                    (
                        index,
                        await ProgramFacts(
                            of: profile, environment: environment, home: home, folder: folder)
                    )
                }
            }
            var found: [(Int, ProgramFacts)] = []
            for await facts in group { found.append(facts) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension CommandError {
    /// A profile of the settings that cannot be used.
    static func badProfile(
        _ problem: ProgramCatalog.Problem, origin: Settings.Origin?
    ) -> CommandError {
        let message: String
        var hint = "the keys of a profile: treeguild config profiles --help"
        switch problem {
        case .unknownModel(let profile, let like, let known):
            message = "profiles.\(profile).like: there is no profile '\(like)'"
            hint = "known are \(Phrase.allOf(known))"
        case .noProgram(let profile):
            message = "profiles.\(profile): 'program' is missing"
            hint = "say what to start, or 'like' which profile it is, such as generic"
        case .missingPlaceholder(let profile, let key, let placeholder):
            message = "profiles.\(profile).\(key): \(placeholder) is missing"
            hint = "put \(placeholder) where it belongs among the arguments"
        case .unknownPlaceholder(let profile, let key, let text, let known):
            message = "profiles.\(profile).\(key): \(Text.visible(text)) stands for nothing"
            hint = "known are \(Phrase.allOf(known))"
        case .outside(let profile, let key, let path):
            message = "profiles.\(profile).\(key): '\(Text.visible(path))' leads out of its folder"
            hint = "paths are below the user's home, litter is in the tree's top folder"
        case .badName(let name):
            message = "profiles: '\(Text.visible(name))' cannot name a program"
            hint = "a name has letters, digits, '.', '_' and '-', and is not builtin"
        case .badVersion(let profile, let text):
            message = "profiles.\(profile).version.least: '\(Text.visible(text))' is no version"
            hint = "a version has numbers with dots, such as 2.1"
        case .noTime(let profile):
            message = "profiles.\(profile).stall: 0 leaves it no time"
            hint = "such as 10m"
        case .incompleteHome(let profile):
            message = "profiles.\(profile).home needs 'variable' and 'from'"
        }
        let place = origin.map { "\($0.words): " } ?? ""
        return CommandError(.usage, "bad_profile", place + message, hint: hint)
    }

    /// A run within a worker's tree.
    static func nested(_ run: String, task: String) -> CommandError {
        CommandError(
            .usage, "nested_run",
            "this is the tree of task \(task) of run \(run): a worker starts no runs",
            hint: "do the work here, or start with --allow-nested if you mean it")
    }
}
