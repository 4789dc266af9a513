import Agents
import Base
import Coordination
import Git
import HTTP
import Tasks
import YAML

/// The model workers of a run: from the plan, the settings, the environment and the folders of definitions.
enum RunAgents {
    /// What the run keeps of the settings, so that a resumed one goes on in the same way.
    ///
    /// - Parameter folder: where the files of scripted models are looked for.
    static func options(_ settings: Settings, _ folder: AbsolutePath) throws -> AgentOptions {
        var options = AgentOptions()
        options.model = settings.model.map { absolute($0, folder) }
        let permissions = settings.permissions
        options.mode = permissions.mode.flatMap { PermissionMode(named: $0) } ?? options.mode
        options.allow = permissions.allow
        options.ask = permissions.ask
        options.deny = permissions.deny
        options.isSimple = settings.features["simple"]?.boolValue ?? false
        for (key, rules) in [
            ("allow", options.allow), ("ask", options.ask), ("deny", options.deny),
        ] {
            for rule in rules {
                do throws(PermissionRule.Problem) { _ = try PermissionRule(rule) } catch {
                    throw CommandError.badRule(rule, key, error)
                }
            }
        }
        return options
    }

    /// A model that answers from a file, so named that the folder does not matter any more.
    private static func absolute(_ name: String, _ folder: AbsolutePath) -> String {
        for provider in ["scripted/", "replay/"] where name.hasPrefix(provider) {
            let file = String(name.dropFirst(provider.count))
            return provider + AbsolutePath(file, relativeTo: folder).description
        }
        return name
    }

    /// Everybody whom the plan names, ready to work; nil where no model is needed.
    ///
    /// Nothing is asked of any service.
    static func crew(
        for plan: Plan, _ options: AgentOptions, _ settings: Settings, _ place: RunPlace,
        _ invocation: Invocation
    ) async throws -> AgentCrew? {
        guard plan.needsModels else { return nil }
        let crew = AgentCrew(
            try await means(settings, place.layout, invocation), options)
        do throws(AgentCrew.Problem) { try await crew.check(plan) } catch {
            throw CommandError.noWorker(error)
        }
        return crew
    }

    private static func means(
        _ settings: Settings, _ layout: RepositoryLayout, _ invocation: Invocation
    ) async throws -> AgentCrew.Means {
        let (places, environment) = (invocation.places, invocation.environment)
        let prices = try await self.prices(places)
        let programs = try RunPrograms.catalog(settings)
        let asker = TerminalAsker(invocation.output)
        return try await BlockingCalls.run {
            let definitions = try AgentTrust.catalog(places, layout)
            var means = AgentCrew.Means(
                definitions: definitions,
                providers: ProviderCatalog(
                    settings: settings.providers, environment: environment, folder: places.folder),
                route: HTTPRoute(environment: environment), prices: prices,
                folder: places.folder)
            means.programs = programs
            means.environment = environment
            means.home = places.home
            means.asker = asker
            means.secrets = secrets(environment, programs.profiles)
            means.configuration = places.userFile?.parent
            // Where no connection can be made, no page is fetched.
            means.fetcher = try? HTTPPageFetcher()
            means.instructions =
                [
                    places.userFile?.parent.appending("AGENTS.md"),
                    places.home?.appending(".claude/CLAUDE.md"),
                ].compactMap { $0 }
            return means
        }
    }

    /// Values of variables that hold keys: those whose names say so, and those that a program's profile calls keys.
    static func secrets(
        _ environment: [String: String], _ programs: [ProgramProfile]
    ) -> [String] {
        let keys = Set(programs.flatMap(\.keys))
        let named = environment.filter {
            ShellEnvironment.isSecret($0.key) || keys.contains($0.key)
        }
        // `Authorization: Bearer KEY`, one in a line.
        let headers = environment.filter { $0.key.hasSuffix("HEADERS") }.flatMap { header in
            header.value.split(whereSeparator: \.isWhitespace).map(String.init)
                .filter { !$0.hasSuffix(":") && $0.utf8.count >= 16 }
        }
        return named.map(\.value) + headers
    }

    /// The built-in prices, with those of the user's `prices.yaml` put over them.
    private static func prices(_ places: SettingsPlaces) async throws -> Prices {
        try await BlockingCalls.run {
            let own = places.userFile?.parent.appending("prices.yaml")
            do {
                let prices = try Prices.builtIn()
                guard let own, Files.kind(of: own, followingLinks: true) == .file else {
                    return prices
                }
                return prices.overridden(
                    by: try Prices(parsing: try Files.read(own, limit: 1 << 20)))
            } catch let problem as Prices.Problem {
                throw CommandError(
                    .usage, "bad_prices",
                    "\(own?.description ?? "prices"):\(problem.line): expected \(problem.expected)",
                    hint: "correct the file, or remove it to use the built-in prices")
            }
        }
    }
}
