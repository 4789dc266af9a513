package import Git
import Base

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
        let analysis = try await repository.analyseOverlap(base: base, branches: branches)
        let questions = analysis.questions
        var answers: [Int: Result<MergeTreeAnswer, any Error>] = [:]
        if let engine, !questions.isEmpty {
            do {
                let answered = try await engine.answer(
                    questions.map(\.question), into: .quarantine)
                for (question, answer) in zip(questions, answered) {
                    answers[question.pair] = .success(answer)
                }
            } catch {
                for question in questions { answers[question.pair] = .failure(error) }
            }
        }
        return OverlapReport(analysis, answers, after: after)
    }

    private init(
        _ analysis: OverlapAnalysis, _ answers: [Int: Result<MergeTreeAnswer, any Error>],
        after: [Set<Int>]
    ) {
        base = analysis.base
        branches = analysis.branches
        var regions = analysis.regions
        var pairs: [Pair] = []
        for (index, entry) in analysis.classes.enumerated() {
            let (verdict, detail) = OverlapReport.verdict(entry.class, answers[index])
            if case .success(let answer) = answers[index] {
                regions += OverlapReport.regions(of: answer, entry.a, entry.b, known: regions)
            }
            let touching = regions.indices.filter { region in
                let branches = regions[region].sides.map(\.branch)
                return branches.contains(entry.a) && branches.contains(entry.b)
            }
            if !touching.isEmpty || verdict != .clean {
                pairs.append(
                    Pair(
                        a: entry.a, b: entry.b, regions: touching, verdict: verdict, detail: detail)
                )
            }
        }
        let order = MergeOrder.decide(
            analysis.branches.indices.map { index in
                let branch = analysis.branches[index]
                return .init(
                    size: branch.insertions + branch.deletions,
                    after: index < after.count ? after[index] : [])
            }, conflicts: pairs.filter { $0.verdict != .clean }.map { ($0.a, $0.b) })
        self.regions = regions
        self.pairs = pairs
        self.order = order.order
        resolutions = order.resolutions
        isExact = order.isExact
    }

    private static func verdict(
        _ found: PairClass, _ answer: Result<MergeTreeAnswer, any Error>?
    ) -> (Verdict, String) {
        switch (found, answer) {
        case (.clean, _): (.clean, "no changes meet")
        case (.conflict(let findings), _):
            (
                .conflict,
                findings.prefix(5).map { "\($0.kind.rawValue) in \($0.path)" }
                    .joined(separator: ", ")
            )
        case (.ask(let reason), .success(let answer)):
            answer.isClean
                ? (.clean, "\(reason); git merges it")
                : (
                    .conflict,
                    answer.messages.filter(\.isConflict).prefix(5)
                        .map {
                            "\($0.type) in \($0.paths.map(\.description).joined(separator: ", "))"
                        }
                        .joined(separator: "; ")
                )
        case (.ask(let reason), .failure): (.undecided, "\(reason); git could not be asked")
        case (.ask(let reason), nil): (.undecided, "\(reason); git is not at hand")
        }
    }

    /// Regions for conflicts that git found and our own comparison has no region for.
    private static func regions(
        of answer: MergeTreeAnswer, _ a: Int, _ b: Int, known: [Region]
    ) -> [Region] {
        answer.messages.filter(\.isConflict).compactMap { message in
            guard let path = message.paths.first,
                !known.contains(where: { region in
                    message.paths.contains(region.path)
                        && [a, b].allSatisfy { side in region.sides.contains { $0.branch == side } }
                })
            else { return nil }
            return Region(
                path: path, kind: message.kind, base: 1..<1, symbol: nil, isConflict: true,
                sides: [a, b].map { Side(branch: $0, range: 1..<1, lines: []) })
        }
    }
}

extension MergeTreeAnswer.Message {
    /// git's stable type strings in the report's words.
    var kind: ConflictKind {
        let word = type.split { "()".contains($0) }.dropFirst().first.map(String.init) ?? ""
        let kinds: [String: ConflictKind] = [
            "contents": .overlap, "binary": .binary, "file/directory": .fileDirectory,
            "distinct modes": .mode, "modify/delete": .modifyDelete,
            "rename/rename": .renameRename, "rename/delete": .renameDelete,
            "rename involved in collision": .renameModify,
            "directory rename suggested": .renameModify,
            "file in way of directory rename": .renameModify,
        ]
        return kinds[word] ?? (word.contains("submodule") ? .submodule : .renameModify)
    }
}
