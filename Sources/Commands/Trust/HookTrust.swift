import Base
import Coordination
import Git

/// Whether the user has approved the repository's `post-checkout` hook, which git runs in every new worktree.
enum HookTrust: Sendable {
    case none
    case approved(Hook)
    case unapproved(Hook)
    /// Nobody can tell what git would run; the words say why.
    case unreadable(String)

    /// The name of the one hook that belongs to a new worktree.
    static let name = "post-checkout"

    /// Finds the hook as git would and looks its content up among the approvals.
    static func check(_ repository: Repository, approvals: TrustStore) async throws -> HookTrust {
        let hook: Hook
        do {
            guard let found = try await repository.hook(name) else { return .none }
            hook = found
        } catch let error as GitError {
            return .unreadable("\(error.subject): \(error.message)")
        } catch let error as FileError {
            return .unreadable("\(error.path): \(error.reason)")
        }
        let own = repository.layout.commonDirectory.description
        let isApproved = try await BlockingCalls.run {
            try approvals.load().contains {
                $0.repository == own && $0.hash == hook.hash && $0.subject == .hook
            }
        }
        return isApproved ? .approved(hook) : .unapproved(hook)
    }

    /// The same for the repository that holds a folder.
    static func check(at folder: AbsolutePath, approvals: TrustStore) async throws -> HookTrust {
        let repository = try await BlockingCalls.run { try Repository(at: folder) }
        return try await check(repository, approvals: approvals)
    }

    /// The hook that waits for approval.
    var waiting: Hook? {
        if case .unapproved(let hook) = self { hook } else { nil }
    }

    /// What a run takes with it.
    var option: ApprovedHook? {
        if case .approved(let hook) = self {
            ApprovedHook(path: hook.path, hash: hook.hash)
        } else {
            nil
        }
    }

    /// Why a hook that is there does not run, in one line.
    var warning: String? {
        switch self {
        case .none, .approved: nil
        case .unapproved(let hook):
            "the hook \(hook.path) does not run in trees: it waits for your approval: treeguild trust"
        case .unreadable(let words):
            "the \(HookTrust.name) hook does not run in trees, it cannot be read: \(words)"
        }
    }

    /// The member `hook` of `treeguild.trust/1`.
    var json: JSON {
        func document(_ hook: Hook, _ state: String) -> JSON {
            [
                "path": .string(hook.path.description), "hash": .string(hook.hash),
                "state": .string(state),
            ]
        }
        return switch self {
        case .none, .unreadable: .null
        case .approved(let hook): document(hook, "approved")
        case .unapproved(let hook): document(hook, "unapproved")
        }
    }
}

extension Invocation {
    /// The hook of the repository that a run works in.
    func hook(of place: RunPlace) async throws -> HookTrust {
        try await HookTrust.check(
            place.repository, approvals: TrustStore(path: places.trustFile))
    }
}
