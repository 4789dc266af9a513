import Base
import Git

extension SelfCheck {
    /// A merge that our rules decided, waiting for git's answer.
    private struct Decided {
        let merge: MergeCommit
        let result: TreeMerge
        let attributes: GitMergeEngine.Attributes?
    }

    /// Replays some merges with a handle of its own, which bounds what the library keeps of them.
    func replay(_ merges: [MergeCommit]) async throws -> Part {
        let repository = try Repository(at: place)
        var part = Part()
        var decided: [Decided] = []
        let clock = ContinuousClock()
        for merge in merges {
            try Task.checkCancellation()
            let start = clock.now
            do throws(GitError) {
                switch try await own(merge, repository) {
                case .success(let one): decided.append(one)
                case .failure(let stop): part.findings.append((merge, stop.finding))
                }
            } catch {
                part.findings.append(
                    (merge, .notCompared("\(error.operation) \(error.subject): \(error.message)")))
            }
            part.ownTime += clock.now - start
        }
        let start = clock.now
        try await compare(decided, &part)
        part.gitTime += clock.now - start
        return part
    }

    private struct Stop: Error {
        let finding: Finding
    }

    private func own(
        _ merge: MergeCommit, _ repository: Repository
    ) async throws(GitError) -> Result<Decided, Stop> {
        let bases = try await repository.mergeBases(merge.ours, merge.theirs)
        guard let base = bases.first else {
            return .failure(Stop(finding: .notCompared("the histories are unrelated")))
        }
        guard bases.count == 1 else { return .failure(Stop(finding: .asked(.severalBases))) }
        // git writes the names that it is asked by behind the markers.
        let labels = MergeLabels(
            base: base.short, ours: merge.ours.description, theirs: merge.theirs.description)
        let made = try await repository.pairMerge(
            base: base, ours: merge.ours, theirs: merge.theirs, labels: labels, style: .merge,
            isKept: false, isComparing: true)
        switch made.result {
        case .ask(let reason): return .failure(Stop(finding: .asked(reason.kind)))
        case .merged(let result):
            return .success(Decided(merge: merge, result: result, attributes: made.attributes))
        }
    }

    /// Asks git about all of them, those with the same attributes at once.
    private func compare(_ decided: [Decided], _ part: inout Part) async throws {
        for (attributes, group) in Dictionary(grouping: decided, by: \.attributes) {
            let replies = try await engine.answer(
                group.map { .commits(ours: $0.merge.ours, theirs: $0.merge.theirs) },
                attributes: attributes, into: .quarantine)
            for (one, reply) in zip(group, replies) {
                part.findings.append((one.merge, Self.finding(one.result, reply)))
            }
        }
    }

    private static func finding(_ own: TreeMerge, _ reply: GitMergeEngine.Reply) -> Finding {
        guard let git = reply.answer else { return .notCompared(reply.missing) }
        guard own.isClean == git.isClean else {
            let paths = own.isClean ? git.conflictedPaths : own.conflicts
            let place = paths.first.map { " at \($0.path)" } ?? ""
            return .different(
                own.isClean
                    ? "git stops\(place), treeguild does not"
                    : "treeguild stops\(place), git does not")
        }
        if own.isClean {
            return own.tree == git.tree
                ? .equal(isClean: true) : .different("the merged trees differ")
        }
        let paths = (Set(own.conflicts.map(\.path)), Set(git.conflictedPaths.map(\.path)))
        if paths.0 != paths.1 {
            let odd = paths.0.symmetricDifference(paths.1).min()
            return .different("other paths stop: \(odd?.description ?? "")")
        }
        return own.tree == git.tree
            ? .equal(isClean: false) : .different("the trees with markers differ")
    }
}
