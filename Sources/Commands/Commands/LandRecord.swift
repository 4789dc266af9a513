import Base
import Git
import Merging
import Store

/// What the ledger is told of a run's landing.
enum LandingRecord {
    /// Writes an event before and one after the body; without a run there is nobody to tell it of.
    static func around(
        _ request: Merging.Landing.Request, of run: RunID?, in ledger: Ledger?,
        _ body: () async throws -> Merging.Landing.Outcome
    ) async throws -> Merging.Landing.Outcome {
        guard let run, let ledger else { return try await body() }
        func tell(_ kind: String, _ members: [(String, JSON)]) async throws {
            try await ledger.append(
                run: run, actor: "treeguild", kind: kind, data: .object(JSON.Members(members)))
        }
        try await tell("land.started", request.members)
        let outcome = try await body()
        try await tell("land.ended", request.members + outcome.members)
        return outcome
    }
}

extension Merging.Landing.Request {
    /// What `treeguild.land/1` says of the wish.
    var members: [(String, JSON)] {
        [
            ("onto", .string(onto)), ("strategy", .string(strategy.rawValue)),
            ("result", .string(result.description)),
        ]
    }
}

extension Merging.Landing.Outcome {
    /// What `treeguild.land/1` says of the outcome.
    var members: [(String, JSON)] {
        func text(_ id: ObjectID?) -> JSON { .optional(id?.description) }
        var (old, new, backup, worktree, detail) = (
            JSON.null, JSON.null, JSON.null, JSON.null, JSON.null
        )
        var paths: [RepositoryPath] = []
        switch self {
        case .landed(let from, let to, let ref):
            (old, new, backup) = (text(from), text(to), .string(ref))
        case .alreadyThere(let tip): (old, new) = (text(tip), text(tip))
        case .conflict(let found, let commit):
            paths = found
            detail = text(commit)
        case .undecided(let reason): detail = .string(reason)
        case .diverged(let tip): old = text(tip)
        case .moved(let expected, let found):
            old = text(found)
            detail = text(expected)
        case .inTheWay(let folder, let found):
            worktree = .string(folder.description)
            paths = found
        case .busy(let folder, let operation):
            worktree = .string(folder.description)
            detail = .string(operation.rawValue)
        case .unknownBranch: break
        }
        return [
            ("status", .string(status)), ("old", old), ("new", new),
            ("paths", .array(paths.map { .string($0.description) })), ("worktree", worktree),
            ("backup", backup), ("detail", detail),
        ]
    }
}
