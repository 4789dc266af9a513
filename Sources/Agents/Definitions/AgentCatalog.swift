package import Base

/// All agents that can be named, the one that wins for each name first.
package struct AgentCatalog: Sendable {
    /// Of each name the one that counts, sorted by name.
    package let definitions: [AgentDefinition]
    /// Those whose name another one has that comes before.
    package let shadowed: [AgentDefinition]
    /// Errors and warnings of all files.
    package let problems: [DefinitionProblem]

    /// The definition of that name.
    package func definition(named name: String) -> AgentDefinition? {
        definitions.first { $0.name == name }
    }

    /// A folder of definitions.
    package struct Place: Hashable, Sendable {
        /// Searched with all folders below; may be missing.
        package let folder: AbsolutePath
        /// What its definitions are trusted as.
        package let source: AgentDefinition.Source

        /// A folder with its trust.
        package init(_ folder: AbsolutePath, _ source: AgentDefinition.Source) {
            self.folder = folder
            self.source = source
        }
    }

    /// The usual folders, those that win first.
    ///
    /// - Parameters:
    ///   - folder: Where the user is; nearer folders of the repository win.
    ///   - repository: The main worktree; nil outside one.
    ///   - configuration: The program's own folder of the user, such as `~/.config/treeguild`.
    package static func places(
        folder: AbsolutePath, repository: AbsolutePath?, home: AbsolutePath?,
        configuration: AbsolutePath?
    ) -> [Place] {
        let root = AbsolutePath("/", relativeTo: folder)
        var places = [
            Place(root.appending("etc/treeguild/agents"), .managed),
            Place(root.appending("etc/claude-code/.claude/agents"), .managed),
        ]
        if let repository {
            var level = folder.isInside(repository) ? folder : repository
            while true {
                places.append(Place(level.appending(".treeguild/agents"), .project))
                places.append(Place(level.appending(".claude/agents"), .project))
                if level == repository { break }
                level = level.parent
            }
        }
        if let configuration { places.append(Place(configuration.appending("agents"), .user)) }
        if let home { places.append(Place(home.appending(".claude/agents"), .user)) }
        return places
    }

    /// Reads all folders and the agents that are built in; blocks.
    ///
    /// - Parameter approved: SHA-256 of files that the user has approved, as hexadecimal digits.
    package static func load(_ places: [Place], approved: Set<String> = []) -> AgentCatalog {
        var found: [(AgentDefinition, Int)] = []
        var problems: [DefinitionProblem] = []
        for place in places {
            for file in files(below: place.folder, isProject: place.source == .project) {
                let bytes: [UInt8]
                do throws(FileError) {
                    // 1 MB is far more than a prompt can be.
                    bytes = try Files.read(file, limit: 1 << 20)
                } catch {
                    problems.append(
                        DefinitionProblem(file: file, line: 1, kind: .unreadable(error.reason)))
                    continue
                }
                let reader = AgentDefinitionReader(bytes, file: file, source: place.source)
                problems += reader.problems
                guard var definition = reader.definition else { continue }
                let hash = Digest.sha256(bytes).hexadecimal
                definition.hash = hash
                definition.isApproved = approved.contains(hash)
                found.append((definition, found.count))
            }
        }
        return AgentCatalog(found.map(\.0) + BuiltInAgents.all, problems: problems)
    }

    /// A catalogue of these, in the order in which they win.
    package init(_ all: [AgentDefinition], problems: [DefinitionProblem] = []) {
        var winners: [String: AgentDefinition] = [:]
        var shadowed: [AgentDefinition] = []
        var problems = problems
        for definition in all {
            guard let winner = winners[definition.name] else {
                winners[definition.name] = definition
                continue
            }
            shadowed.append(definition)
            // Two of one folder are a mistake; one of the repository over the user's is wanted.
            if let file = definition.file, winner.file?.parent == file.parent {
                problems.append(
                    DefinitionProblem(
                        file: file, line: 1,
                        kind: .duplicate(name: definition.name, of: winner.file)))
            }
        }
        definitions = winners.values.sorted { $0.name < $1.name }
        self.shadowed = shadowed
        self.problems = problems
    }

    /// Markdown files in the order of their paths; links only where the user made them.
    private static func files(below folder: AbsolutePath, isProject: Bool, depth: Int = 0)
        -> [AbsolutePath]
    {
        // A folder that is missing or closed holds no definitions.
        guard depth < 8, let names = try? Files.list(folder) else { return [] }
        return names.prefix(1000).flatMap { name -> [AbsolutePath] in
            let path = folder.appending(name)
            switch Files.kind(of: path, followingLinks: !isProject) {
            case .folder: return files(below: path, isProject: isProject, depth: depth + 1)
            case .file: return name.hasSuffix(".md") ? [path] : []
            default: return []
            }
        }
    }
}

/// The agents that come with the program, as texts in `Resources`.
package enum BuiltInAgents {
    /// In the order of documentation.
    package static let all: [AgentDefinition] = [
        PackageResources.agent_general_purpose_md, PackageResources.agent_explore_md,
        PackageResources.agent_plan_md, PackageResources.agent_verify_md,
    ].compactMap { bytes in
        AgentDefinitionReader(
            bytes, file: AbsolutePath("/", relativeTo: Files.temporaryFolder), source: .builtIn
        )
        .definition
    }
}
