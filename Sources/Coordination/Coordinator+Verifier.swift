import Base
import Git
import Merging
import Processes
import Store
import Tasks

extension Coordinator {
    /// Hands a branch's conflicts to the verifier that the plan names and judges what comes back.
    func resolve(
        _ participant: Participant, onto tip: ObjectID, included: [Participant], key: String
    ) async throws -> MergeStep {
        guard case .conflict(let merge) = try await mergeOutcome(participant, onto: tip) else {
            return excluded(participant, tip, "the merge came out differently when it was repeated")
        }
        let request = try await ResolutionRequest(
            merge, of: participant, into: tip, included: included, run: context.run,
            base: context.base, in: repository)
        switch context.plan.verification.agent {
        case nil:
            return excluded(participant, tip, "\(request.summary), and no verifier is named")
        case .keepBoth:
            return try await keepBoth(request, merge, participant, onto: tip, key: key)
        case .command(let text):
            return try await verify(
                .command(text), request, merge, participant, onto: tip, key: key)
        case .named(let name):
            return try await verify(.agent(name), request, merge, participant, onto: tip, key: key)
        }
    }

    private func excluded(
        _ participant: Participant, _ tip: ObjectID, _ reason: String
    ) -> MergeStep {
        MergeStep(
            name: participant.name, kind: .excluded, tip: tip, reason: reason, resolutions: [])
    }

    /// Takes both sides' insertions where both only inserted; anything else is left out. Gated by the checks.
    private func keepBoth(
        _ request: ResolutionRequest, _ merge: TreeMerge, _ participant: Participant,
        onto tip: ObjectID, key: String
    ) async throws -> MergeStep {
        guard !context.plan.checksOfResult.isEmpty else {
            return excluded(
                participant, tip, "\(request.summary), and keep-both needs a check to answer for it"
            )
        }
        guard request.regions.allSatisfy({ $0.proposal != nil }) else {
            return excluded(
                participant, tip, "\(request.summary), not all of them insertions at one point")
        }
        let tree = try await repository.keepingBoth(merge)
        return try await accept(
            tree, by: .mechanical, request, kept: nil, participant, onto: tip,
            key: "\(key)/\(participant.name)")
    }

    private func verify(
        _ worker: Worker, _ request: ResolutionRequest, _ merge: TreeMerge,
        _ participant: Participant, onto tip: ObjectID, key: String
    ) async throws -> MergeStep {
        var incarnation = 0
        while true {
            try proceed()
            let step = "\(key)/\(participant.name).\(incarnation)"
            guard let place = try await verifierTree(merge, participant, onto: tip, key: step)
            else {
                return excluded(participant, tip, "the verifier's tree could not be made")
            }
            let end = try await runVerifier(worker, request, participant, in: place, key: step)
            if end.isInterrupted {
                try proceed()
                if let refusal = try await clear(place, why: "the verifier was interrupted") {
                    return excluded(participant, tip, refusal.message)
                }
                incarnation += 1
                continue
            }
            let judged = try await once("verify.judge", step) { _ in
                await self.trees.judge(
                    request, merge, end: end, in: place, key: "verify/\(step)")
            }
            guard let tree = judged.tree else {
                return excluded(participant, tip, judged.reason)
            }
            return try await accept(
                tree, by: .verifier, request, kept: judged, participant, onto: tip, key: step)
        }
    }

    /// A fresh tree that holds the merge with markers, detached at a commit with both sides as parents.
    private func verifierTree(
        _ merge: TreeMerge, _ participant: Participant, onto tip: ObjectID, key: String
    ) async throws -> TreeRecord? {
        if verifications[participant.name]?.contains(tip) != true {
            verifications[participant.name, default: []].append(tip)
        }
        let number = verifications[participant.name]?.count ?? 1
        let role = "verify-" + participant.name.replacing("/", with: "-")
        let name = number == 1 ? role : "\(role)-\(number)"
        let made = try await once("verify.tree", key, intent: ["tip": .string(tip.description)]) {
            pending in
            let marked = try await self.repository.writeCommit(
                tree: merge.tree, parents: [tip, participant.head], author: self.context.identity,
                time: .now, message: "Conflicts of \(participant.name), with markers")
            let spec = TreeKeeper.Spec(
                name: name, task: nil,
                branch: nil, base: marked)
            return try await self.make(spec, key: "verify/\(key)", isRepeated: pending != nil)
        }
        guard case .made(let tree) = made else { return nil }
        if !kept.contains(where: { $0.key == tree.key }) { kept.append(tree) }
        return tree
    }

    private func runVerifier(
        _ worker: Worker, _ request: ResolutionRequest, _ participant: Participant,
        in tree: TreeRecord, key: String
    ) async throws -> WorkerEnd {
        let records = "verify/\(key)"
        let folder = context.folders.records(of: records)
        try Files.makeFolder(folder, mode: 0o700)
        let regions = folder.appending("regions.json")
        try Files.replace(regions, with: Array(request.json.pretty.utf8), mode: 0o600)
        let environment = try trees.environment(
            of: tree, key: records, assignment: request.assignment,
            adding: context.plan.environment.merging(["TREEGUILD_REGIONS": regions.description]) {
                $1
            })
        tell(
            .verifier(
                name: participant.name, regions: request.regions.count,
                log: context.folders.log(of: records)))
        let (kind, timeout) = ("verify.run", context.options.verifierTimeout)
        switch worker {
        case .command(let command):
            return try await runCommand(
                command, in: tree, kind: kind, key: records, task: nil, timeout: timeout,
                environment: environment)
        case .agent(let name):
            let work = AgentWork(
                name: tree.name, agent: name, role: .verifier, assignment: request.assignment,
                instructions: request.assignment, readsOnly: false, timeout: timeout,
                branch: participant.name)
            return try await runAgent(
                work, in: tree, kind: kind, key: records, task: nil, environment: environment)
        }
    }

    /// Takes a resolution if the checks pass with it.
    private func accept(
        _ tree: ObjectID, by: MergeStep.Resolution.By, _ request: ResolutionRequest,
        kept: ResolutionJudgement?, _ participant: Participant, onto tip: ObjectID, key: String
    ) async throws -> MergeStep {
        let merged = try await once(
            "merge.resolved", key, intent: ["tree": .string(tree.description)]
        ) {
            _ in CommitRecord(id: try await self.commit(tree, of: participant, onto: tip))
        }.id
        let failed = try await run(context.plan.checksOfResult, at: merged)
            .filter { $0.status != .passed }
        guard failed.isEmpty else {
            let names = failed.map(\.name).joined(separator: ", ")
            return excluded(
                participant, tip, "check \(names) fails with the resolution by \(by.rawValue)")
        }
        return MergeStep(
            name: participant.name, kind: .resolved, tip: merged, reason: "",
            resolutions: request.regions.map { region in
                MergeStep.Resolution(
                    region: region.place, by: by, keptOurs: kept?.keptOurs ?? region.ours.count,
                    keptTheirs: kept?.keptTheirs ?? region.theirs.count,
                    explained: kept?.explained ?? 0)
            })
    }
}

/// A commit made, as recorded.
struct CommitRecord: Recorded {
    let id: ObjectID
    var json: JSON { ["commit": .string(id.description)] }
    init(id: ObjectID) { self.id = id }
    init?(json: JSON) {
        guard let id = json.object("commit") else { return nil }
        self.id = id
    }
}
