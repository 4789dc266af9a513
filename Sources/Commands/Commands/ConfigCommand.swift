import Review
import Base

/// The body of `treeguild config`.
@Sendable func configCommand(_ invocation: Invocation) async throws -> ExitCode {
    let loaded = try invocation.loadedSettings()
    let name = invocation.words.first
    let entries = loaded.settings.entries.filter { name == nil || $0.key == name }
    let withheld = loaded.withheld.filter { name == nil || $0.key == name }

    if invocation.isJSON {
        await invocation.output.document(
            "treeguild.config/1",
            [
                ("settings", .array(entries.map(\.json))),
                ("withheld", .array(withheld.map(\.json))),
                ("files", .array(await files(loaded))),
            ])
        return .done
    }
    let width = entries.map { $0.key.count }.max() ?? 0
    for entry in entries {
        let key: StyledText = "\(entry.key, .cyan)"
        let value = entry.value.isNull ? "-" : entry.value.stringValue ?? entry.value.compact
        await invocation.output.line(
            "\(key.padded(to: width))  \(value)  \("(\(entry.origin.words))", .dim)")
    }
    for entry in withheld {
        await invocation.output.warn(
            "\(entry.key) of \(entry.origin.words) is not in force: treeguild trust")
    }
    return .done
}

private func files(_ loaded: LoadedSettings) async -> [JSON] {
    let files = [
        ("user", loaded.places.userFile), ("repository", loaded.layout?.settingsFile),
    ]
    return await BlockingCalls.run {
        files.compactMap { kind, path in
            path.map { path -> JSON in
                let exists = Files.kind(of: path, followingLinks: true) == .file
                return [
                    "kind": .string(kind), "path": .string(path.description),
                    "exists": .bool(exists),
                ]
            }
        }
    }
}

extension Settings.Origin {
    /// For people.
    var words: String {
        switch self {
        case .builtIn: "built in"
        case .user(let path, let line), .repository(let path, let line): "\(path):\(line)"
        case .variable(let name), .option(let name): name
        }
    }

    var json: JSON {
        func made(_ kind: String, _ more: (String, JSON)...) -> JSON {
            .object(JSON.Members([("kind", .string(kind))] + more))
        }
        switch self {
        case .builtIn: return made("default")
        case .user(let path, let line):
            return made("user", ("file", .string(path.description)), ("line", .int(line)))
        case .repository(let path, let line):
            return made("repository", ("file", .string(path.description)), ("line", .int(line)))
        case .variable(let name): return made("environment", ("variable", .string(name)))
        case .option(let name): return made("option", ("option", .string(name)))
        }
    }
}

extension Settings.Entry {
    var json: JSON { ["key": .string(key), "value": value, "origin": origin.json] }
}
