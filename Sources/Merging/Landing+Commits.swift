import Base
import Git

extension Landing {
    /// The commit to move to, or why there is none.
    enum Made {
        case commit(ObjectID)
        case none(Outcome)
    }

    /// Makes the commit that the strategy asks for; nothing refers to it yet.
    func commit(for request: Request, on tip: ObjectID, of branch: String) async throws -> Made {
        let result = request.result
        if try await repository.isAncestor(result, of: tip) { return .none(.alreadyThere(tip)) }
        let isAhead = try await repository.isAncestor(tip, of: result)
        switch request.strategy {
        case .ff: return isAhead ? .commit(result) : .none(.diverged(tip: tip))
        case .rebase: return try await replay(request, on: tip)
        case .merge:
            if isAhead, try await isMerge(result, madeOn: tip) { return .commit(result) }
        case .squash: break
        }
        let tree: ObjectID
        if isAhead {
            tree = try await repository.commit(result).tree
        } else {
            switch try await merge(tip, result, request.name) {
            case .clean(let merged): tree = merged
            case .conflict(let merge):
                return .none(.conflict(merge.conflicts.map(\.path), commit: nil))
            case .undecided(let reason): return .none(.undecided(reason: reason))
            }
        }
        let isSquash = request.strategy == .squash
        if isSquash, try await repository.commit(tip).tree == tree {
            return .none(.alreadyThere(tip))
        }
        let short = branch.hasPrefix("refs/heads/") ? String(branch.dropFirst(11)) : branch
        let title =
            isSquash ? "Squash \(request.name)" : "Merge branch '\(request.name)' into \(short)"
        return .commit(
            try await repository.writeCommit(
                tree: tree, parents: isSquash ? [tip] : [tip, result],
                author: try await identity(), time: request.time,
                message: title + (try await subjects(of: result, notIn: tip))))
    }

    /// Who commits.
    func identity() async throws -> Identity {
        try await repository.userIdentity() ?? .fallback
    }

    /// Merges two commits in memory.
    func merge(
        _ ours: ObjectID, _ theirs: ObjectID, _ name: String
    ) async throws -> MergeOutcome {
        try await MergeOutcome.decide(
            in: repository, ours: ours, theirs: theirs,
            labels: MergeLabels(base: "base", ours: "branch", theirs: name), engine: engine)
    }

    /// True when the result is a merge commit and first parents lead from it to the tip.
    private func isMerge(_ result: ObjectID, madeOn tip: ObjectID) async throws -> Bool {
        var commit = try await repository.commit(result)
        guard commit.parents.count > 1 else { return false }
        // The bound is for histories in which the tip is reached by another parent only.
        for _ in 0..<10_000 {
            guard let parent = commit.parents.first else { return false }
            if parent == tip { return true }
            commit = try await repository.commit(parent)
        }
        return false
    }

    /// A list of what lands, oldest first, for the message's body; merge commits are left out.
    private func subjects(of result: ObjectID, notIn tip: ObjectID) async throws -> String {
        let limit = 100
        var lines: [String] = []
        var left = 0
        for id in try await repository.commits(from: result, notIn: tip).reversed() {
            let commit = try await repository.commit(id)
            guard commit.parents.count < 2, !commit.subject.isEmpty else { continue }
            if lines.count < limit { lines.append("* " + commit.subject) } else { left += 1 }
        }
        if left > 0 { lines.append("* and \(Text.count(left, "commit")) more") }
        return lines.isEmpty ? "" : "\n\n" + lines.joined(separator: "\n")
    }
}
