package import Base
package import HTTP

/// Finds the endpoint behind a model's name, from settings and environment.
package struct ProviderCatalog: Sendable {
    private let settings: [String: ProviderSettings]
    private let environment: [String: String]
    private let folder: AbsolutePath

    /// Settings by the provider's name; a name that is not built in makes a provider of its own.
    ///
    /// - Parameter folder: Where the files of `scripted/FILE` and `replay/FILE` are looked for.
    package init(
        settings: [String: ProviderSettings] = [:], environment: [String: String],
        folder: AbsolutePath = Files.temporaryFolder
    ) {
        self.settings = settings
        self.environment = environment
        self.folder = folder
    }

    /// Why a model cannot be used, as facts.
    package enum Problem: Error, Hashable, Sendable {
        /// Neither `provider/model` nor a known short name.
        case unreadableName(String)
        case unknownProvider(String, known: [String])
        /// A provider of the user's own has no format or no address; which.
        case incomplete(provider: String, missing: String)
        /// None of these variables is set.
        case missingKey(provider: String, variables: [String])
        /// The address is no URL; where it comes from: a variable's name, or `setting`.
        case invalidURL(provider: String, text: String, origin: String)
        /// A line of `ANTHROPIC_CUSTOM_HEADERS` that is no `Name: value`.
        case invalidHeader(provider: String, line: String)
        /// A key has a character that cannot be sent, such as a line break; its variable.
        case invalidKey(provider: String, variable: String)
        /// The script or recording cannot be read; the system's words.
        case unreadableFile(AbsolutePath, reason: String)
        /// The script is none: what is wrong in that line.
        case invalidScript(AbsolutePath, ModelScript.Problem)
        /// The recording is no transcript from that line on, or is one of no conversation.
        case invalidTranscript(AbsolutePath, line: Int)
    }

    /// Names of all providers.
    package var names: [String] {
        let builtIn = ProviderDefinition.all.map(\.name) + ProviderCatalog.files
        return builtIn + settings.keys.filter { !builtIn.contains($0) }.sorted()
    }

    /// Providers that answer from a file.
    private static let files = ["scripted", "replay"]

    /// True for providers whose tokens cost nothing: files, and the user's own machines.
    package func isFree(_ provider: String) -> Bool {
        if ProviderCatalog.files.contains(provider) { return true }
        return settings[provider]?.isLocal
            ?? ProviderDefinition.all.first { $0.name == provider }?.isLocal ?? false
    }

    /// How many calls at once make sense; nil for any number.
    package func width(of provider: String) -> Int? {
        settings[provider]?.width ?? ProviderDefinition.all.first { $0.name == provider }?.width
    }

    /// Where a provider is reached, with its key.
    package func endpoint(for provider: String) throws(Problem) -> ModelEndpoint {
        let own = settings[provider] ?? ProviderSettings()
        let definition = try definition(provider, own)
        let base = try base(definition, own)
        var endpoint = ModelEndpoint(name: provider, wire: own.wire ?? definition.wire, base: base)
        endpoint.isLocal = own.isLocal ?? definition.isLocal
        // A machine of the user's may read a long prompt for minutes before it says anything.
        endpoint.limits.idle = own.idle ?? (endpoint.isLocal ? .seconds(300) : definition.idle)
        endpoint.outputLimitField = definition.outputLimitField
        endpoint.asksForParallelCalls = definition.asksForParallelCalls
        if let (variable, key) = try key(definition, own) {
            guard key.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
                throw .invalidKey(provider: provider, variable: variable)
            }
            endpoint.credentials =
                endpoint.wire == .anthropic && variable != "ANTHROPIC_AUTH_TOKEN"
                ? ["x-api-key": key] : ["authorization": "Bearer \(key)"]
        }
        if let version = own.version { endpoint.headers["anthropic-version"] = version }
        if provider == "anthropic" { try addCustomHeaders(to: &endpoint) }
        if provider == "openai" || provider == "openai-chat" {
            endpoint.headers["OpenAI-Organization"] = value("OPENAI_ORG_ID")
            endpoint.headers["OpenAI-Project"] = value("OPENAI_PROJECT_ID")
        }
        for (name, value) in own.headers.sorted(by: { $0.key < $1.key }) {
            endpoint.headers[name] = value
        }
        return endpoint
    }

    /// The provider of a name, ready to be asked. One that answers from a file is read here, which
    /// blocks, and counts what it has served: all workers that name it share one.
    package func provider(
        for name: ModelName, client: HTTPClient, time: Timekeeper = .system
    ) throws(Problem) -> any ModelProvider {
        if let model = try fileModel(name, time) { return model }
        let endpoint = try endpoint(for: name.provider)
        return switch endpoint.wire {
        case .anthropic: AnthropicModel(client: client, endpoint: endpoint, time: time)
        case .chat: OpenAIChatModel(client: client, endpoint: endpoint, time: time)
        case .responses: OpenAIResponsesModel(client: client, endpoint: endpoint, time: time)
        }
    }

    private func fileModel(
        _ name: ModelName, _ time: Timekeeper
    ) throws(Problem) -> (any ModelProvider)? {
        guard ProviderCatalog.files.contains(name.provider), settings[name.provider] == nil else {
            return nil
        }
        let path = AbsolutePath(name.model, relativeTo: folder)
        if name.provider == "replay" {
            do throws(Transcript.Problem) {
                let entries = try Transcript.read(path)
                guard !entries.isEmpty else { throw .damaged(line: 1) }
                return ReplayModel(entries)
            } catch {
                switch error {
                case .file(let error): throw .unreadableFile(path, reason: error.reason)
                case .damaged(let line): throw .invalidTranscript(path, line: line)
                case .inUse: throw .unreadableFile(path, reason: "in use")
                }
            }
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try Files.read(path, limit: 64 << 20) } catch {
            throw .unreadableFile(path, reason: error.reason)
        }
        do throws(ModelScript.Problem) {
            return ScriptedModel(try ModelScript(parsing: bytes), time: time)
        } catch {
            throw .invalidScript(path, error)
        }
    }

    private func value(_ variable: String) -> String? {
        environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func definition(
        _ provider: String, _ own: ProviderSettings
    ) throws(Problem) -> ProviderDefinition {
        if let known = ProviderDefinition.all.first(where: { $0.name == provider }) { return known }
        guard settings[provider] != nil else {
            throw .unknownProvider(provider, known: names)
        }
        guard let wire = own.wire else { throw .incomplete(provider: provider, missing: "wire") }
        return ProviderDefinition(name: provider, wire: wire, baseURL: nil)
    }

    private func base(
        _ definition: ProviderDefinition, _ own: ProviderSettings
    ) throws(Problem) -> HTTPURL {
        let variable = definition.baseVariables.first { value($0) != nil }
        let (text, origin) =
            own.baseURL.map { ($0, "setting") }
            ?? variable.flatMap { name in value(name).map { ($0, name) } }
            ?? definition.baseURL.map { ($0, "setting") } ?? ("", "")
        if text.isEmpty { throw .incomplete(provider: definition.name, missing: "base_url") }
        do throws(HTTPError) {
            return try HTTPURL(
                origin == "OLLAMA_HOST" ? ProviderCatalog.fromOllamaHost(text) : text)
        } catch {
            throw .invalidURL(provider: definition.name, text: text, origin: origin)
        }
    }

    /// `OLLAMA_HOST` is what the server listens on: `0.0.0.0`, `host:port` or a URL, without `/v1`.
    private static func fromOllamaHost(_ text: String) -> String {
        var rest = text
        var scheme = "http"
        if let range = text.split(separator: "://", maxSplits: 1).first, text.contains("://") {
            scheme = String(range)
            rest = String(text.dropFirst(range.count + 3))
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        if rest.hasPrefix("0.0.0.0") { rest = "127.0.0.1" + rest.dropFirst(7) }
        let hasPort = rest.split(separator: "]").last?.contains(":") ?? false
        if !hasPort, scheme == "http" { rest += ":11434" }
        return "\(scheme)://\(rest)/v1"
    }

    private func key(
        _ definition: ProviderDefinition, _ own: ProviderSettings
    ) throws(Problem) -> (String, String)? {
        let variables = own.keyVariable.map { [$0] } ?? definition.keyVariables
        for variable in variables {
            if let key = value(variable) { return (variable, key) }
        }
        if variables.isEmpty { return nil }
        // A server of the user's own behind the same name may need none.
        let isElsewhere =
            own.baseURL != nil || definition.baseVariables.contains { value($0) != nil }
        if isElsewhere, own.keyVariable == nil { return nil }
        throw .missingKey(provider: definition.name, variables: variables)
    }

    private func addCustomHeaders(to endpoint: inout ModelEndpoint) throws(Problem) {
        for line in (value("ANTHROPIC_CUSTOM_HEADERS") ?? "").split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else {
                throw .invalidHeader(provider: endpoint.name, line: String(line))
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            // They may well be keys, so they go where keys go.
            endpoint.credentials[String(line[..<colon])] = String(value)
        }
    }
}
