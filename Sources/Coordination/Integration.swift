package import Base
package import Git
package import Merging

/// What merging a run's branches came to.
package struct Integration: Sendable {
    /// What the checks say of the merged work.
    package enum Verdict: String, Hashable, Sendable {
        case passed, failed
        /// The checks could not be run.
        case unknown
        /// Nothing was checked.
        case none
    }

    /// nil when fewer than one branch took part.
    package var overlap: OverlapReport?
    /// One per branch, those left out after those that are in.
    package var steps: [MergeStep] = []
    /// The merged work; the base when nothing was merged.
    package var tip: ObjectID
    /// Whole name of the result branch; nil when nothing was merged.
    package var branch: String?
    /// Results on the final tip; empty when no checks are named.
    package var checks: [CheckResult] = []
    /// `none` until checks have run.
    package var verdict = Verdict.none
    /// What the verdict rests on, in words; empty for `none`.
    package var evidence = ""

    init(tip: ObjectID) { self.tip = tip }

    /// Names of branches whose work is in the result.
    package var included: [String] { steps.filter { $0.kind != .excluded }.map(\.name) }

    /// The `merge` part of `treeguild.run/1`.
    package var json: JSON {
        [
            "branch": .optional(branch), "head": branch == nil ? .null : .string(tip.description),
            "included": .array(included.map { .string($0) }),
            "excluded": .array(steps.filter { $0.kind == .excluded }.map(excluded)),
            "resolutions": .array(steps.flatMap(\.resolutions).map(\.json)),
            "verdict": .string(verdict.rawValue),
            "verifiers": verdict == .none
                ? []
                : [
                    [
                        "agent": "checks", "verdict": .string(verdict.rawValue),
                        "evidence": .string(evidence),
                    ]
                ],
            "checks": .array(checks.map(\.json)),
        ]
    }

    private func excluded(_ step: MergeStep) -> JSON {
        let regions = overlap.map { report in
            report.regions.enumerated().filter { _, region in
                region.isConflict
                    && region.sides.contains { report.branches[$0.branch].name == step.name }
            }.map { JSON.int($0.offset) }
        }
        return [
            "task": .string(step.name), "reason": .string(step.reason),
            "regions": .array(regions ?? []),
        ]
    }
}

extension Coordinator {
    /// Finds overlaps, merges in the best order, checks the result and leaves out what breaks it.
    func integrate(_ participants: [Participant]) async throws -> Integration {
        var result = Integration(tip: context.base)
        guard !participants.isEmpty else { return result }
        let top = try await withoutContained(participants)
        let separate = participants.filter { top.contains($0.name) }
        let overlap = try await OverlapReport.make(
            in: repository, base: context.base, branches: separate.map { ($0.name, $0.head) },
            after: separate.map { one in
                Set(separate.indices.filter { one.after.contains(separate[$0].name) })
            }, engine: engine)
        result.overlap = overlap
        tell(.overlap(overlap))
        let key = round == 0 ? "all" : "all~\(round)"
        _ = try await once("overlap", key, intent: ["branches": .int(participants.count)]) { _ in
            OverlapNote(overlap)
        }
        var order = overlap.order.map { separate[$0] }
        var excluded: [MergeStep] = []
        while true {
            let steps = try await announced(order)
            excluded += steps.filter { $0.kind == .excluded }
            let merged = steps.filter { $0.kind != .excluded }
            result.tip = merged.last?.tip ?? context.base
            result.steps = merged
            if try await leaveOut(excluded, of: participants, from: &order) { continue }
            guard !merged.isEmpty else { break }
            let judged = try await judge(merged)
            (result.checks, result.verdict, result.evidence) = judged.report
            guard let culprit = judged.culprit else { break }
            excluded.append(
                MergeStep(
                    name: culprit.name, kind: .excluded, tip: culprit.tip,
                    reason: judged.report.2, resolutions: []))
            _ = try await leaveOut(excluded, of: participants, from: &order)
        }
        let named = Set((result.steps + excluded).map(\.name))
        result.steps += excluded
        result.steps += participants.filter { !named.contains($0.name) }.map { inner in
            MergeStep(
                name: inner.name, kind: .contained, tip: result.tip, reason: "", resolutions: [])
        }
        try await writeResult(&result)
        return result
    }

    /// Names of branches that no other branch holds already: a task that started from another one's work brings it.
    private func withoutContained(_ participants: [Participant]) async throws -> Set<String> {
        var top = Set(participants.map(\.name))
        for one in participants {
            for other in participants where other.name != one.name && top.contains(other.name) {
                guard other.head != one.head || other.name < one.name else { continue }
                if try await repository.isAncestor(one.head, of: other.head) {
                    top.remove(one.name)
                    break
                }
            }
        }
        return top
    }

    /// Takes branches out of the order, and puts in those that they would have brought and no other one brings.
    ///
    /// Returns whether there are such branches, which are still to be merged.
    private func leaveOut(
        _ excluded: [MergeStep], of participants: [Participant], from order: inout [Participant]
    ) async throws -> Bool {
        let out = Set(excluded.map(\.name))
        order.removeAll { out.contains($0.name) }
        let rest = participants.filter { !out.contains($0.name) }
        let top = try await withoutContained(rest)
        let known = Set(order.map(\.name))
        let exposed = rest.filter { top.contains($0.name) && !known.contains($0.name) }
        order += exposed
        return !exposed.isEmpty
    }

    private func announced(_ order: [Participant]) async throws -> [MergeStep] {
        let steps = try await mergeAll(order, onto: context.base)
        for (index, step) in steps.enumerated() {
            tell(.merge(name: step.name, step.kind, done: index + 1, of: steps.count))
        }
        return steps
    }

    /// Moves the result branch to the merged work.
    private func writeResult(_ result: inout Integration) async throws {
        guard result.tip != context.base else { return }
        let (name, tip) = (context.resultBranch, result.tip)
        let key = round == 0 ? name : "\(name)~\(round)"
        _ = try await once(
            "result.branch", key, intent: ["head": .string(tip.description)]
        ) { _ in
            try await self.placeResult(name, at: tip)
            return Done()
        }
        result.branch = name
    }

    /// Makes the result branch, or moves it from where this run had put it before.
    private func placeResult(_ name: String, at tip: ObjectID) async throws {
        let reason = "treeguild: merge of run \(context.run)"
        guard let found = try await repository.target(of: name) else {
            return try await repository.createReference(name, at: tip, reason: reason)
        }
        guard found != tip else { return }
        guard try await isEarlierResult(found) else {
            throw GitError(.exists, "create result branch", name)
        }
        // It may hold resolutions that nothing else does.
        _ = try await trees.save(found, as: "merged")
        try await repository.moveReference(name, from: found, to: tip, reason: reason)
    }
}

/// What the event log keeps of an overlap report.
private struct OverlapNote: Recorded {
    let json: JSON

    init(_ report: OverlapReport) { json = report.json }
    init?(json: JSON) { self.json = json }
}
