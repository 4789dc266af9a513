import Base
import Git

/// The last step of a landing: the branch, and the worktrees that have it, go from one commit to another.
struct LandingMove: Sendable {
    let landing: Landing
    let request: Landing.Request
    let branch: String
    let old: ObjectID
    let new: ObjectID

    private var repository: Repository { landing.repository }

    /// Tries the update everywhere, moves the branch, then updates for good.
    func perform(in worktrees: [LandingWorktree]) async throws -> Landing.Outcome {
        let changes = try await repository.changes(
            from: try await repository.commit(old).tree,
            to: try await repository.commit(new).tree)
        let updates = worktrees.map { WorktreeUpdate(program: landing.program, worktree: $0) }
        for update in updates {
            switch try await update.attempt(from: old, to: new, changes, repository) {
            case .possible: continue
            case .inTheWay(let paths): return .inTheWay(worktree: update.worktree.path, paths)
            case .locked: return .busy(worktree: update.worktree.path, .indexLocked)
            }
        }
        let backup = try await keepOld()
        do {
            try await move(from: old, to: new)
        } catch let error as GitError where error.code == .modified {
            try await repository.deleteReference(backup, at: old)
            return .moved(expected: old, found: try await repository.target(of: branch))
        }
        var done: [WorktreeUpdate] = []
        do {
            for update in updates {
                try await update.perform(from: old, to: new)
                done.append(update)
            }
        } catch {
            // Something came between the trial and now. The backup stays: it does no harm.
            try await move(from: new, to: old)
            for update in done { try await update.perform(from: new, to: old) }
            if done.count < updates.count {
                // What failed first is what the caller must know; this is on top of it.
                try? await updates[done.count].restore(changes, repository)
            }
            throw error
        }
        return .landed(old: old, new: new, backup: backup)
    }

    private func move(from: ObjectID, to: ObjectID) async throws {
        let reason = "treeguild land: \(request.strategy.rawValue) \(request.name)"
        // git, too, waits for a ref's lock a while (core.filesRefLockTimeout).
        let backoff = Backoff(first: .milliseconds(20), longest: .milliseconds(320), tries: 6)
        var generator = SystemRandomNumberGenerator()
        for number in 1... {
            do throws(GitError) {
                return try await repository.moveReference(
                    branch, from: from, to: to, reason: reason)
            } catch {
                guard error.isTransient, let wait = backoff.wait(after: number, using: &generator)
                else { throw error }
                try await Task.sleep(for: wait)
            }
        }
    }

    /// Puts a ref at the old tip and returns its name.
    private func keepOld() async throws -> String {
        // One level for each, so that no branch's backup is a folder in another's way.
        func component(_ text: String) -> String {
            text.split(separator: "/").joined(separator: "-")
        }
        let short = branch.hasPrefix("refs/heads/") ? String(branch.dropFirst(11)) : branch
        let chosen = "refs/treeguild/backup/\(component(request.backup))"
        let folder =
            Repository.isValidReferenceName(chosen + "/x") ? chosen : "refs/treeguild/backup/land"
        func name(_ number: Int) -> String { "\(folder)/\(component(short))-\(number)" }
        var number = 1
        while try await !create(name(number)) { number += 1 }
        return name(number)
    }

    /// False when there is such a ref.
    private func create(_ name: String) async throws -> Bool {
        do throws(GitError) {
            try await repository.createReference(
                name, at: old, reason: "treeguild land: \(branch) before \(request.name)")
            return true
        } catch {
            guard error.code == .exists else { throw error }
            return false
        }
    }
}
