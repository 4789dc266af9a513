import Base
import Git
import Merging
import Processes
import Store
import Tasks

extension Coordinator {
    /// Merges branches one after another onto a commit; what cannot be merged is left out with its reason.
    ///
    /// A step is known by the commit that it goes onto, so merging the same branches again costs nothing.
    func mergeAll(
        _ participants: [Participant], onto base: ObjectID
    ) async throws -> [MergeStep] {
        var tip = base
        var steps: [MergeStep] = []
        var included: [Participant] = []
        var trees = try await treesAtOnce(participants, onto: base)[...]
        for participant in participants {
            try proceed()
            let step = try await merge(
                participant, onto: tip, foreseen: trees.popFirst(), included: included,
                key: round == 0 ? tip.short : "\(tip.short)~\(round)")
            // The trees are those of one branch after another, each merged.
            if step.kind != .merged { trees = [] }
            tip = step.tip
            if step.kind != .excluded { included.append(participant) }
            steps.append(step)
        }
        return steps
    }

    /// The merged trees after each of the first branches, as far as no two of them meet.
    ///
    /// They are those that merging one after another comes to, which ``MergeAtOnce`` checks; where it refuses there is
    /// nothing to foresee.
    private func treesAtOnce(
        _ participants: [Participant], onto base: ObjectID
    ) async throws -> [ObjectID] {
        guard participants.count > 1 else { return [] }
        let sources = try await repository.sources(of: participants.map { ($0.name, $0.head) })
        var cache = OverlapCache()
        return try await repository.mergeAtOnce(
            base: base, sources: sources, storing: .all, cache: &cache
        ).trees
    }

    /// - Parameter foreseen: the merged tree, where all branches so far were merged at once.
    private func merge(
        _ participant: Participant, onto tip: ObjectID, foreseen: ObjectID?,
        included: [Participant], key: String
    ) async throws -> MergeStep {
        let attempt = try await once(
            "merge.step", "\(key)/\(participant.name)",
            intent: [
                "tip": .string(tip.description), "head": .string(participant.head.description),
            ]
        ) { _ in
            try await self.mechanicalStep(participant, onto: tip, foreseen: foreseen)
        }
        guard attempt.needsResolution else { return attempt.step }
        return try await resolve(participant, onto: tip, included: included, key: key)
    }

    /// A step as far as it goes without a resolution.
    private func mechanicalStep(
        _ participant: Participant, onto tip: ObjectID, foreseen: ObjectID?
    ) async throws -> MergeAttempt {
        func step(_ kind: MergeStep.Kind, _ tip: ObjectID, _ reason: String = "") -> MergeAttempt {
            MergeAttempt(
                step: MergeStep(
                    name: participant.name, kind: kind, tip: tip, reason: reason, resolutions: []))
        }
        if try await repository.isAncestor(participant.head, of: tip) {
            return step(.contained, tip)
        }
        // A branch that started from another one's work has a later base than the one that was foreseen with.
        if let foreseen, try await repository.mergeBases(tip, participant.head) == [context.base] {
            return step(.merged, try await commit(foreseen, of: participant, onto: tip))
        }
        switch try await mergeOutcome(participant, onto: tip) {
        case .clean(let tree):
            return step(.merged, try await commit(tree, of: participant, onto: tip))
        case .conflict: return MergeAttempt(step: step(.excluded, tip).step, needsResolution: true)
        case .undecided(let reason): return step(.excluded, tip, "undecided: \(reason)")
        }
    }

    /// Merges in the object database; nothing but objects is written.
    func mergeOutcome(_ participant: Participant, onto tip: ObjectID) async throws -> MergeOutcome {
        try await MergeOutcome.decide(
            in: repository, ours: tip, theirs: participant.head,
            labels: MergeLabels(base: "base", ours: "merged so far", theirs: participant.name),
            engine: engine)
    }

    /// The merge commit of a branch, with both parents.
    func commit(
        _ tree: ObjectID, of participant: Participant, onto tip: ObjectID
    ) async throws -> ObjectID {
        try await repository.writeCommit(
            tree: tree, parents: [tip, participant.head], author: context.identity, time: .now,
            message: """
                Merge \(participant.name)

                \(participant.intent.isEmpty ? "" : participant.intent + "\n\n")\
                Treeguild-Task: \(context.run)/\(participant.name)
                """)
    }
}

/// A recorded merge step, or that it stopped at conflicts.
struct MergeAttempt: Recorded {
    let step: MergeStep
    var needsResolution = false

    init(step: MergeStep, needsResolution: Bool = false) {
        self.step = step
        self.needsResolution = needsResolution
    }

    var json: JSON { ["step": step.json, "conflict": .bool(needsResolution)] }

    init?(json: JSON) {
        guard let step = json["step"].flatMap({ MergeStep(json: $0) }) else { return nil }
        self.step = step
        needsResolution = json["conflict"]?.boolValue ?? false
    }
}
