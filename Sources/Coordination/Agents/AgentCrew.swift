package import Agents
package import Base
package import HTTP
package import Tasks

/// What the model workers of a run share: definitions, services, budgets, and who answers their questions.
///
/// Runs on a lane of its own, because making a worker reads files.
package actor AgentCrew {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        lane.asUnownedSerialExecutor()
    }

    /// Where workers come from and how their models are reached.
    package struct Means: Sendable {
        /// All agents that can be named.
        package var definitions: AgentCatalog
        /// Finds the service behind a model's name.
        package var providers: ProviderCatalog
        /// How services are reached.
        package var route: HTTPRoute
        /// What calls cost.
        package var prices: Prices
        /// The user's; nil where nobody has one.
        package var home: AbsolutePath?
        /// Texts that no transcript may hold: the values of keys.
        package var secrets: [String] = []
        /// Whom workers may ask; nil denies what would be asked.
        package var asker: (any PermissionAsker)?
        /// Fetches pages where a rule allows it; nil for nobody.
        package var fetcher: (any PageFetcher)?
        /// The program's own folder of the user, such as `~/.config/treeguild`; it may hold skills.
        package var configuration: AbsolutePath?
        /// Instructions of the user for all projects.
        package var instructions: [AbsolutePath] = []
        /// Agent programs that can be named; they go before agents of the same name.
        package var programs: ProgramCatalog?
        /// Of the user: programs get from it what their profiles name.
        package var environment: [String: String] = [:]
        /// From where relative paths of programs are meant.
        package var folder: AbsolutePath

        /// Means without a home, secrets and a person to ask.
        package init(
            definitions: AgentCatalog, providers: ProviderCatalog, route: HTTPRoute, prices: Prices,
            folder: AbsolutePath
        ) {
            self.folder = folder
            self.definitions = definitions
            self.providers = providers
            self.route = route
            self.prices = prices
        }
    }

    /// What an agent is wanted for.
    package enum Role: Sendable { case worker, verifier }

    /// An agent with the model that it thinks with.
    package struct Casting: Sendable {
        /// Without what waits for an approval.
        package let definition: AgentDefinition
        /// Who thinks.
        package let model: ModelName
    }

    /// Why an agent cannot work.
    package enum Problem: Error, Sendable {
        /// `broken` are files of definitions that cannot be used: one of them may be meant.
        case unknownAgent(String, known: [String], broken: [DefinitionProblem])
        /// Neither the agent's definition nor the run names a model.
        case noModel(agent: String)
        case model(ProviderCatalog.Problem, agent: String)
        /// A budget in dollars is to pay for a model that has no price; whose budget it is.
        case unpriced(ModelName, agent: String, owner: String)
        /// The repository has a link where the agent's memory is to be.
        case linkedMemory(AbsolutePath, agent: String)
        /// No connection can be made at all.
        case http(HTTPError)
        /// See ``ProgramFacts/problem``.
        case program(ProgramFacts)
        /// More than one, or with whom they were to work for; in the plan's order.
        case programs([UnusableProgram])
    }

    nonisolated let means: Means
    nonisolated let options: AgentOptions
    nonisolated let prefixes = PrefixGate()
    nonisolated let budgets = BudgetKeeper()
    nonisolated private let lane = Lane(label: "agents")
    private var services: [ModelName: ModelService] = [:]
    private var gates: [String: ModelGate] = [:]
    private var client: HTTPClient?
    /// Those that were looked at, by the profile's name.
    var programs: [String: AbsolutePath] = [:]

    /// A crew that has reached nobody yet.
    package init(_ means: Means, _ options: AgentOptions) {
        self.means = means
        self.options = options
    }

    /// Which agent a name means, and its model.
    package nonisolated func cast(
        _ name: String, as role: Role
    ) throws(Problem) -> Casting {
        let own = role == .worker ? "general-purpose" : "Verify"
        let wanted = name == Worker.builtIn ? own : name
        guard let found = means.definitions.definition(named: wanted) else {
            throw .unknownAgent(
                name,
                known: [Worker.builtIn] + (means.programs?.profiles.map(\.name) ?? [])
                    + means.definitions.definitions.map(\.name),
                broken: means.definitions.problems.filter { !$0.isWarning })
        }
        let definition = found.inForce
        let named = definition.model.flatMap { $0 == "inherit" ? nil : $0 } ?? options.model
        guard let named else { throw .noModel(agent: name) }
        guard let model = ModelName(named) else {
            throw .model(.unreadableName(named), agent: name)
        }
        return Casting(definition: definition, model: model)
    }

    /// Definitions that a plan names of which something waits for approval; each once.
    package nonisolated func waiting(for plan: Plan) -> [AgentDefinition] {
        var names = plan.tasks.compactMap { task in
            if case .agent(let name) = plan.worker(for: task) { name } else { nil }
        }
        if case .named(let name) = plan.verification.agent { names.append(name) }
        return Set(names).sorted().compactMap { means.definitions.definition(named: $0) }
            .filter { !$0.waitingFields.isEmpty }
    }

    /// Finds out whether everybody that a plan names can work, without asking any service.
    package func check(_ plan: Plan) async throws(Problem) {
        var unusable: [UnusableProgram] = []
        for (name, role, payer, user) in wanted(by: plan) {
            guard let profile = means.programs?[name] else {
                try check(name, as: role, paidBy: payer)
                continue
            }
            if let known = unusable.firstIndex(where: { $0.facts.profile.name == name }) {
                unusable[known].users.append(user)
                continue
            }
            do throws(Problem) { _ = try await path(of: profile) } catch {
                guard case .program(let facts) = error else { throw error }
                unusable.append(UnusableProgram(facts: facts, users: [user]))
            }
        }
        guard unusable.isEmpty else { throw .programs(unusable) }
    }

    private func check(_ name: String, as role: Role, paidBy payer: String?) throws(Problem) {
        let model = try cast(name, as: role).model
        _ = try service(for: model, agent: name)
        guard let payer, !means.providers.isFree(model.provider),
            means.prices.price(of: model.model) == nil
        else { return }
        throw .unpriced(model, agent: name, owner: payer)
    }

    /// Everybody that a plan names, with whose budget in dollars pays and for whom they are to work.
    private func wanted(
        by plan: Plan
    ) -> [(name: String, role: Role, payer: String?, user: UnusableProgram.User)] {
        let whole = plan.budget.usd == nil ? nil : "the run"
        var wanted = plan.tasks.compactMap {
            task -> (name: String, role: Role, payer: String?, user: UnusableProgram.User)? in
            guard case .agent(let name) = plan.worker(for: task) else { return nil }
            let own = task.budget.usd == nil ? nil : BudgetOwner.task(task.id)
            return (name, .worker, own ?? whole, .task(task.id))
        }
        if case .named(let name) = plan.verification.agent {
            wanted.append((name, .verifier, whole, .verifier))
        }
        return wanted
    }

    /// Gives a run and its tasks their limits.
    func limit(_ run: RunID, by plan: Plan) async {
        await budgets.set(BudgetLimits(plan.budget), for: BudgetOwner.run(run))
        for task in plan.tasks {
            await budgets.set(BudgetLimits(task.budget), for: BudgetOwner.task(task.id))
        }
    }

    /// Counts what workers have used before, as far as their transcripts can be read.
    func restore(_ owner: String, from transcripts: Set<AbsolutePath>) async {
        var used = Agents.Budget.Amount(money: 0, tokens: 0)
        var turns = 0
        var work: [Range<Timestamp>] = []
        for path in transcripts {
            // One that is not there has used nothing; a damaged one is told of by its worker.
            let entries = (try? Transcript.read(path)) ?? []
            work += entries.spansOfWork
            if let usage = ProgramRecord(besideTranscript: path)?.usage {
                used.tokens += usage.tokens.totalInput + usage.tokens.output
                used.money = usage.isCostKnown ? used.money.map { $0 + usage.cost } : nil
                turns += usage.turns
                continue
            }
            for entry in entries {
                guard let (usage, cost) = entry.content.spent else { continue }
                used.tokens += usage.totalInput + usage.output
                used.money = cost.flatMap { cost in used.money.map { $0 + cost } }
                turns += 1
            }
        }
        await budgets.restore(used, turns: turns, elapsed: work.covered, for: owner)
    }

    /// The service of a model, the same for all workers: limits and faults are counted there.
    func service(for model: ModelName, agent: String) throws(Problem) -> ModelService {
        if let known = services[model] { return known }
        let client = try reach()
        let provider: any ModelProvider
        do throws(ProviderCatalog.Problem) {
            provider = try means.providers.provider(for: model, client: client)
        } catch {
            throw .model(error, agent: agent)
        }
        let gate = gate(of: model.provider)
        let service = ModelService(
            provider, gate: gate, budgets: budgets, prices: means.prices,
            isFree: means.providers.isFree(model.provider))
        services[model] = service
        return service
    }

    /// Limits and faults of a provider are known to all that ask it, ourselves or through a program.
    func gate(of provider: String) -> ModelGate {
        let gate =
            gates[provider] ?? ModelGate(width: means.providers.width(of: provider) ?? .max)
        gates[provider] = gate
        return gate
    }

    private func reach() throws(Problem) -> HTTPClient {
        if let client { return client }
        do throws(HTTPError) {
            let made = try HTTPClient(route: means.route)
            client = made
            return made
        } catch {
            throw .http(error)
        }
    }
}

/// Who has budgets, by the names that sentences about them use.
enum BudgetOwner {
    static func run(_ run: RunID) -> String { "run \(run)" }
    static func task(_ task: TaskID) -> String { "task \(task)" }
}

extension BudgetLimits {
    /// As a plan says it.
    fileprivate init(_ budget: Tasks.Budget) {
        self.init(
            money: budget.usd, tokens: budget.tokens, turns: budget.turns,
            time: budget.minutes.flatMap { Duration(inSeconds: $0 * 60) })
    }
}

extension [TranscriptEntry] {
    /// From when to when processes worked, as far as what they wrote tells.
    fileprivate var spansOfWork: [Range<Timestamp>] {
        let starts = indices.filter { if case .start = self[$0].content { true } else { false } }
        return zip(starts, starts.dropFirst() + [endIndex]).map { start, end in
            let began = self[start].time
            return began..<Swift.max(began, self[end - 1].time)
        }
    }
}

extension [Range<Timestamp>] {
    /// The time in which there was any of them.
    fileprivate var covered: Duration {
        var end = Timestamp(milliseconds: .min)
        var sum = 0.0
        for span in sorted(by: { $0.lowerBound < $1.lowerBound }) where span.upperBound > end {
            sum += span.upperBound.seconds(since: Swift.max(span.lowerBound, end))
            end = span.upperBound
        }
        return Duration(inSeconds: sum) ?? .zero
    }
}
