import Base
import Git
import YAML

/// The settings in force with the files they come from and the state of their approval.
struct LoadedSettings: Sendable {
    let settings: Settings
    /// What the repository's file says and nobody has approved: not in force.
    let withheld: [Settings.Entry]
    let trust: Trust.State
    let places: SettingsPlaces
    let layout: RepositoryLayout?
    /// SHA-256 of the repository's file; nil when there is none.
    let repositoryHash: String?
    /// What of the repository's file needs approval, approved or not.
    let approvalItems: [ApprovalItem]

    /// Reads everything; blocks.
    init(
        folder: AbsolutePath, environment: [String: String], arguments: ParsedArguments
    ) throws {
        let places = SettingsPlaces(folder: folder, environment: environment)
        let layout = try places.layout()
        self.places = places
        self.layout = layout
        var reading = Reading(places: places, environment: environment)
        let user = try places.userFile.flatMap { try reading.file($0, base: folder) }
        let repository = try layout?.settingsFile.flatMap { path in
            try reading.file(path, base: layout?.mainWorktree ?? folder)
        }
        let variables = reading.variables()
        let options = reading.options(arguments)
        guard reading.problems.isEmpty else { throw SettingsError(problems: reading.problems) }

        repositoryHash = repository?.hash
        approvalItems = repository?.approvals ?? []
        trust = try Trust.check(
            repository.map { ($0.hash, $0.approvals) }, layout: layout,
            approvals: TrustStore(path: places.trustFile))
        var settings = Settings()
        settings.apply(user?.entries(Settings.Origin.user) ?? [])
        let own = repository?.entries(Settings.Origin.repository) ?? []
        let waiting = Set(trust.waiting.map { $0.setting.prefix { $0 != "." && $0 != "[" } })
        settings.apply(own.filter { !waiting.contains($0.key[...]) })
        withheld = own.filter { waiting.contains($0.key[...]) }
        settings.apply(variables)
        settings.apply(options)
        self.settings = settings
    }
}

/// One file of settings, read once, so that the approved bytes are the ones in force.
struct SettingsFile: Sendable {
    let path: AbsolutePath
    /// SHA-256 of its bytes, as hexadecimal digits.
    let hash: String
    let values: [(key: String, value: JSON, line: Int)]
    let approvals: [ApprovalItem]

    func entries(_ origin: (AbsolutePath, Int) -> Settings.Origin) -> [Settings.Entry] {
        values.map { .init(key: $0.key, value: $0.value, origin: origin(path, $0.line)) }
    }
}

/// Reads the layers and keeps all their problems.
private struct Reading {
    let places: SettingsPlaces
    let environment: [String: String]
    var problems: [SettingsProblem] = []

    init(places: SettingsPlaces, environment: [String: String]) {
        self.places = places
        self.environment = environment
    }

    /// Nil when there is no such file.
    mutating func file(
        _ path: AbsolutePath, base: AbsolutePath
    ) throws(FileError) -> SettingsFile? {
        let bytes: [UInt8]
        do throws(FileError) {
            // 1 MB: far more than settings need, so that a wrong file cannot fill the memory.
            bytes = try Files.read(path, limit: 1 << 20)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        var reader = SettingReader(base: base, home: places.home) { mark in
            .file(path, line: mark.line, column: mark.column)
        }
        let values = parse(bytes, with: reader).map { reader.values(of: $0) } ?? []
        problems += reader.problems
        return SettingsFile(
            path: path, hash: Digest.sha256(bytes).hexadecimal,
            values: values.map { ($0.key.name, $0.value, $0.mark.line) },
            approvals: reader.approvals)
    }

    mutating func variables() -> [Settings.Entry] {
        SettingKey.all.compactMap { key in
            // An empty variable is an unset one, as everywhere in a shell.
            guard let text = environment[key.variable], !text.isEmpty else { return nil }
            return value(text, of: key, source: .variable(key.variable)).map {
                Settings.Entry(key: key.name, value: $0, origin: .variable(key.variable))
            }
        }
    }

    mutating func options(_ arguments: ParsedArguments) -> [Settings.Entry] {
        let options = (arguments.command?.options ?? []) + GlobalOptions.all
        return options.compactMap { option in
            guard let key = option.setting.flatMap(SettingKey.named),
                let text = arguments.values[option.name]?.last
            else { return nil }
            let name = "--" + option.name
            return value(text, of: key, source: .option(name)).map {
                Settings.Entry(key: key.name, value: $0, origin: .option(name))
            }
        }
    }

    private mutating func value(
        _ text: String, of key: SettingKey, source: SettingsProblem.Source
    ) -> JSON? {
        var reader = SettingReader(
            base: places.folder, home: places.home, isLoose: true, source: { _ in source })
        let start = YAMLMark(line: 1, column: 1)
        let node =
            key.type.isSingle
            ? YAMLNode(mark: start, value: .scalar(YAMLScalar(text: text, tag: .string)))
            : parse(Array(text.utf8), with: reader)
        let value = node.flatMap { reader.read($0, as: key.type, path: key.name) }
        problems += reader.problems
        return value
    }

    private mutating func parse(_ bytes: [UInt8], with reader: SettingReader) -> YAMLNode? {
        do throws(YAMLError) {
            return try YAMLNode(parsing: bytes)
        } catch {
            problems.append(
                SettingsProblem(
                    source: reader.source(error.mark), path: "", kind: .unreadable(error.reason)))
            return nil
        }
    }
}
