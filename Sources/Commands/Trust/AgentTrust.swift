import Agents
import Base
import Git

/// Which definitions of agents the user has approved with what they ask for.
enum AgentTrust {
    /// The agents that can be named in a folder, those marked that the user has approved; blocks.
    static func catalog(
        _ places: SettingsPlaces, _ layout: RepositoryLayout?
    ) throws -> AgentCatalog {
        let approved = try TrustStore(path: places.trustFile).load().filter {
            $0.repository == layout?.commonDirectory.description && $0.subject == .agent
        }
        return AgentCatalog.load(
            AgentCatalog.places(
                folder: places.folder, repository: layout?.mainWorktree, home: places.home,
                configuration: places.userFile?.parent),
            approved: Set(approved.map(\.hash)))
    }

    /// Definitions of the repository that ask for what needs approval, approved or not; blocks.
    static func asking(_ places: SettingsPlaces, _ layout: RepositoryLayout?) throws
        -> [AgentDefinition]
    {
        let catalog = try catalog(places, layout)
        return (catalog.definitions + catalog.shadowed).filter {
            !$0.source.isTrusted && !$0.approvalFields.isEmpty
        }
    }
}

extension AgentDefinition {
    /// What it asks for, as its file says it.
    var wishes: [(field: String, value: String)] {
        approvalFields.map { field in
            (field, field == "memory" ? memory?.rawValue ?? "" : permissionMode?.rawValue ?? "")
        }
    }

    /// An item of `agents` in `treeguild.trust/1`.
    var trustJSON: JSON {
        [
            "name": .string(name), "file": .optional(file?.description), "hash": .optional(hash),
            "fields": .array(approvalFields.map { .string($0) }),
            "state": isApproved ? "approved" : "unapproved",
        ]
    }
}
