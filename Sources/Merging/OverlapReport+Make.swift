import Base
package import Git

extension OverlapReport {
    /// Compares branches and asks git about the pairs that only it can decide.
    ///
    /// - Parameters:
    ///   - engine: nil where git is not at hand; those pairs stay undecided then.
    ///   - after: for each branch the indices of branches that must be merged before it.
    package static func make(
        in repository: Repository, base: ObjectID, branches: [(name: String, head: ObjectID)],
        after: [Set<Int>] = [], engine: GitMergeEngine?
    ) async throws -> OverlapReport {
        try await make(
            in: repository, base: base, sources: repository.sources(of: branches), after: after,
            engine: engine)
    }

    /// Compares trees, whether or not a commit has them.
    package static func make(
        in repository: Repository, base: ObjectID, sources: [Source], after: [Set<Int>] = [],
        engine: GitMergeEngine?
    ) async throws -> OverlapReport {
        var cache = OverlapCache()
        return try await make(
            in: repository, base: base, sources: sources, after: after, engine: engine,
            cache: &cache)
    }

    /// Compares trees once more, after some of them have moved.
    ///
    /// - Parameters:
    ///   - cache: what earlier reports of nearly the same trees found; one tree that moved then costs one diff.
    ///   - cores: how many threads compare; the report is the same with any number.
    package static func make(
        in repository: Repository, base: ObjectID, sources: [Source], after: [Set<Int>] = [],
        engine: GitMergeEngine?, cache: inout OverlapCache, cores: Int = Machine.cores
    ) async throws -> OverlapReport {
        await cache.prepare(base: base, heads: sources.map(\.tree), beside: repository, cores)
        let analysis = try await repository.analyseOverlap(
            base: base, sources: sources, cache: &cache)
        var draft = OverlapDraft(analysis)
        let questions = analysis.questions
        if let engine, !questions.isEmpty {
            do {
                let replies = try await engine.answer(
                    questions.map(\.question), attributes: analysis.attributes, into: .quarantine)
                for (question, reply) in zip(questions, replies) {
                    guard let answer = reply.answer else {
                        draft.fail(question.pair, reply.missing)
                        continue
                    }
                    let found = try await repository.conflictRegions(
                        of: answer, question.pair, beside: analysis)
                    draft.take(answer, of: question.pair, found)
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                // What could not be asked is undecided, which nobody takes for clean.
                for question in questions { draft.fail(question.pair, "git could not be asked") }
            }
        }
        return try await OverlapReport(draft, after: after).addingSymbols(from: repository)
    }

    fileprivate init(_ draft: OverlapDraft, after: [Set<Int>]) {
        let analysis = draft.analysis
        base = analysis.base
        branches = analysis.branches
        regions = draft.judgedRegions
        var pairs: [Pair] = []
        for entry in analysis.classes {
            let (verdict, detail) = draft.verdict(entry.pair, entry.class)
            let meetings = draft.meetings[entry.pair] ?? []
            guard !meetings.isEmpty || verdict != .clean else { continue }
            pairs.append(
                Pair(
                    a: entry.pair.a, b: entry.pair.b, regions: meetings, verdict: verdict,
                    detail: detail))
        }
        let candidates = branches.enumerated().map { index, branch in
            MergeOrder.Branch(
                size: branch.insertions + branch.deletions,
                after: index < after.count ? after[index] : [])
        }
        let order = MergeOrder.decide(
            candidates, conflicts: pairs.filter { $0.verdict != .clean }.map { ($0.a, $0.b) })
        let certain = pairs.filter { $0.verdict == .conflict }
        self.pairs = pairs
        self.order = order.order
        resolutions = order.resolutions
        unavoidable =
            certain.count == pairs.count { $0.verdict != .clean }
            ? order.unavoidable
            : MergeOrder.decide(candidates, conflicts: certain.map { ($0.a, $0.b) }).unavoidable
    }
}

/// An analysis with the answers that came in so far.
private struct OverlapDraft {
    let analysis: OverlapAnalysis
    private(set) var meetings: [BranchPair: [Int]]
    private var regions: [OverlapReport.Region]
    private var answers: [BranchPair: MergeTreeAnswer] = [:]
    private var failed: [BranchPair: String] = [:]

    init(_ analysis: OverlapAnalysis) {
        self.analysis = analysis
        meetings = analysis.meetings
        regions = analysis.regions
    }

    mutating func fail(_ pair: BranchPair, _ why: String) { failed[pair] = why }

    mutating func take(
        _ answer: MergeTreeAnswer, of pair: BranchPair, _ found: [OverlapReport.Region]
    ) {
        answers[pair] = answer
        meetings[pair, default: []] += regions.count..<(regions.count + found.count)
        regions += found
    }

    /// A region is a conflict when some merge stops at its path and the lines do not say otherwise.
    var judgedRegions: [OverlapReport.Region] {
        var stops: [Bool] = Array(repeating: false, count: regions.count)
        for (pair, found) in analysis.classes {
            guard let indices = meetings[pair] else { continue }
            let paths = stoppedPaths(pair, found)
            for index in indices where paths?.contains(regions[index].path) ?? true {
                stops[index] = true
            }
        }
        return zip(regions, stops).map { region, stops in
            var region = region
            region.isConflict = region.isConflict && stops
            return region
        }
    }

    /// Where the merge of two branches stops; nil when that is not known.
    private func stoppedPaths(_ pair: BranchPair, _ found: PairClass) -> Set<RepositoryPath>? {
        switch found {
        case .clean: []
        case .conflict(let findings): Set(findings.map(\.path))
        case .ask: answers[pair].map(\.stoppedPaths)
        }
    }

    func verdict(_ pair: BranchPair, _ found: PairClass) -> (OverlapReport.Verdict, String) {
        switch found {
        case .clean:
            return (.clean, meetings[pair] == nil ? "no changes meet" : "the changes agree")
        case .conflict(let findings):
            let words = findings.prefix(5).map { "\($0.kind.rawValue) in \($0.path)" }
            let more = findings.count > 5 ? [" and \(findings.count - 5) more"] : []
            return (.conflict, words.joined(separator: ", ") + more.joined())
        case .ask(let reason):
            if let answer = answers[pair] {
                return answer.isClean
                    ? (.clean, "\(reason); git merges it") : (.conflict, answer.conflictDetail)
            }
            guard reason.isForGit else { return (.undecided, "\(reason)") }
            let why = failed[pair] ?? "git is not at hand"
            return (.undecided, "\(reason); \(why)")
        }
    }
}

extension MergeTreeAnswer {
    /// Every path that a conflict names or leaves unmerged.
    fileprivate var stoppedPaths: Set<RepositoryPath> {
        guard !isClean else { return [] }
        return Set(stages.map(\.path) + messages.filter(\.isConflict).flatMap(\.paths))
    }

    fileprivate var conflictDetail: String {
        messages.filter(\.isConflict).prefix(5).map {
            "\($0.kind.rawValue) in \($0.paths.map(\.description).joined(separator: ", "))"
        }.joined(separator: "; ")
    }
}
