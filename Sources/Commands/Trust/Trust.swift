import Base
import Git

/// Whether the user has approved what the repository's settings make the program run.
enum Trust {
    /// What is known about the settings' present content.
    enum State: Equatable, Sendable {
        /// No repository, no settings in it, or none that run anything.
        case nothingToTrust
        case trusted(hash: String)
        case untrusted(hash: String, items: [ApprovalItem])

        /// What is not in force until it is approved.
        var waiting: [ApprovalItem] {
            if case .untrusted(_, let items) = self { items } else { [] }
        }
    }

    /// Looks the content up among the approvals; blocks.
    static func check(
        _ file: (hash: String, items: [ApprovalItem])?, layout: RepositoryLayout?,
        approvals: TrustStore
    ) throws -> State {
        guard let file, let layout, !file.items.isEmpty else { return .nothingToTrust }
        let isApproved = try approvals.load().contains {
            $0.repository == layout.commonDirectory.description && $0.hash == file.hash
                && $0.subject == .settings
        }
        return isApproved
            ? .trusted(hash: file.hash) : .untrusted(hash: file.hash, items: file.items)
    }
}

/// One approval: this content in this repository.
struct Approval: Equatable, Sendable {
    /// What the content was approved as: settings that were read as such are not approved to be a program.
    enum Subject: String, Equatable, Sendable { case settings, hook, agent }

    /// The repository's common directory.
    let repository: String
    /// SHA-256 of the file's bytes, as hexadecimal digits.
    let hash: String
    let time: String
    var subject = Subject.settings

    var json: JSON {
        [
            "repository": .string(repository), "hash": .string(hash), "time": .string(time),
            "subject": .string(subject.rawValue),
        ]
    }
}

/// Approvals that cannot be read or kept.
enum TrustError: Error, Equatable, Sendable {
    /// There is no home folder to keep them in.
    case noPlace
    /// The file is not as this program writes it.
    case damaged(AbsolutePath)
    /// Others can write the file, so what it says is not the user's word.
    case writableByOthers(AbsolutePath)
}
