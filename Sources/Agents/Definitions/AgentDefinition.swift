package import Base
package import YAML

/// A kind of agent: what it is for, what it may use and how it is told to work.
package struct AgentDefinition: Sendable {
    /// The type's name, unique in a catalogue.
    package let name: String
    /// When to use it.
    package let whenToUse: String
    /// Where the definition comes from; trust depends on it.
    package let source: Source
    /// The file; nil for one that is built in.
    package let file: AbsolutePath?
    /// The system prompt.
    package let prompt: String
    /// Tools by name, as rules write them; nil and `*` mean all.
    package var tools: [String]?
    /// Tools that are taken away first.
    package var disallowedTools: [String] = []
    /// A model's name or alias; nil means the run's.
    package var model: String?
    /// Nil leaves the worker's usual mode.
    package var permissionMode: PermissionMode?
    /// Turns of the model at most.
    package var maxTurns: Int?
    /// Skills whose text is in the prompt from the start.
    package var skills: [String] = []
    /// As written: names, and objects of a name with a configuration.
    package var mcpServers: [JSON] = []
    /// As written, in the form of settings.
    package var hooks: JSON?
    /// Which memory it keeps.
    package var memory: MemoryScope?
    /// Always runs beside its caller.
    package var background = false
    /// How much the model thinks.
    package var effort: String?
    /// Whether it gets a worktree of its own.
    package var isolation: String?
    /// For those who watch.
    package var color: String?
    /// The first message where the agent leads a session.
    package var initialPrompt: String?

    /// SHA-256 of the file's bytes, as hexadecimal digits; nil for one that is built in.
    package var hash: String?
    /// The user has approved these bytes in this repository.
    package var isApproved = false

    /// Where the file's folder is: paths in the definition start there.
    package var folder: AbsolutePath? { file?.parent }

    /// True for agents that are asked once and never continued.
    package var isOneShot: Bool { source == .builtIn && ["Explore", "Plan"].contains(name) }

    /// Where a definition comes from, the most trusted first.
    package enum Source: Hashable, Sendable {
        case builtIn
        /// A folder that only the machine's administrator can write.
        case managed
        case plugin(String)
        case commandLine
        case user
        /// A folder of the repository.
        case project

        /// True where an administrator stands behind it.
        package var isAdministered: Bool {
            switch self {
            case .builtIn, .managed, .plugin: true
            default: false
            }
        }

        /// True when the user has chosen it; the repository's has to be approved first where it asks for
        /// a mode that asks less, or for a memory of all projects.
        package var isTrusted: Bool { self != .project }
    }

    /// Fields that nothing carries out, whoever has approved them.
    package var idleFields: [String] {
        var fields: [String] = []
        if hooks != nil { fields.append("hooks") }
        if !mcpServers.isEmpty { fields.append("mcpServers") }
        return fields
    }

    /// What of the definition needs approval while its source is not trusted, by field.
    package var approvalFields: [String] {
        var fields: [String] = []
        if permissionMode == .bypassPermissions { fields.append("permissionMode") }
        // It is read by agents of other projects.
        if memory == .user { fields.append("memory") }
        return fields
    }

    /// Fields that are not in force because nobody has approved them.
    package var waitingFields: [String] { source.isTrusted || isApproved ? [] : approvalFields }

    /// The definition without what waits for approval.
    package var inForce: AgentDefinition {
        guard !waitingFields.isEmpty else { return self }
        var copy = self
        if permissionMode == .bypassPermissions { copy.permissionMode = nil }
        if memory == .user { copy.memory = nil }
        return copy
    }
}

/// Whose memory an agent keeps.
package enum MemoryScope: String, Hashable, Sendable, CaseIterable {
    /// The user's, in all projects.
    case user
    /// The repository's, shared through it.
    case project
    /// The repository's, on this machine alone.
    case local
}

/// What is wrong with the file of a definition, and where.
package struct DefinitionProblem: Error, Equatable, Sendable {
    /// The file.
    package let file: AbsolutePath
    /// Counted from 1.
    package let line: Int
    /// What was found there.
    package let kind: Kind

    /// What can be wrong.
    package enum Kind: Equatable, Sendable {
        /// The system's words.
        case unreadable(String)
        case notUTF8
        /// The file does not begin with a line `---`.
        case noFrontMatter
        /// The front matter has no second line `---`.
        case openFrontMatter
        case yaml(YAMLError.Reason)
        case notMapping
        case missing(field: String)
        case invalid(field: String, found: String, expected: String)
        /// Nothing is known of this field: a warning, the rest holds. With the nearest known one.
        case unknownField(String, nearest: String?)
        /// A definition that comes before has the name.
        case duplicate(name: String, of: AbsolutePath?)
        /// No text behind the front matter.
        case emptyPrompt
        /// An entry of `tools` that names no tool: a warning.
        case unknownTool(String)
    }

    /// A problem of `kind` in that line of the file.
    package init(file: AbsolutePath, line: Int, kind: Kind) {
        self.file = file
        self.line = line
        self.kind = kind
    }

    /// True when the definition can be used in spite of it.
    package var isWarning: Bool {
        switch kind {
        case .unknownField, .unknownTool, .duplicate, .emptyPrompt: true
        default: false
        }
    }
}
