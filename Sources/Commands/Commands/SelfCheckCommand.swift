import Base
import Git
import Merging
import Review

/// The body of `treeguild self-check`.
@Sendable func selfCheckCommand(_ invocation: Invocation) async throws -> ExitCode {
    let place = try await RunPlace(invocation)
    guard let engine = place.mergeEngine(reading: nil) else {
        throw CommandError(
            .notDone, "no_git", "there is no git to compare with",
            hint: "install git 2.39 or later")
    }
    let output = invocation.output
    let merges = try await place.repository.mergeCommits(limit: invocation.number("merges") ?? 1000)
    let latest = LatestTally()
    let whole = try await Interruption.interrupting {
        try await SelfCheck(at: invocation.folder, merges, engine: engine).run { tally in
            await latest.keep(tally)
            let words: StyledText =
                "\(tally.merges) of \(merges.count) merges, \(tally.different.count) different"
            // A line for every share would fill a log.
            if output.showsBoard || tally.merges % 1000 < 100 {
                await output.progress([words], event: words)
            }
        }
    }
    await output.endProgress()
    let tally: SelfCheck.Tally
    if let whole { tally = whole } else { tally = await latest.tally }
    if whole != nil, invocation.isJSON {
        await output.document("treeguild.self-check/1", tally.members)
    } else if !invocation.isJSON, whole != nil || tally.merges > 0 {
        for line in SelfCheckScreen(tally).lines { await output.line(line) }
    }
    guard whole != nil else {
        throw CommandError(
            .interrupted, "interrupted",
            "interrupted after \(tally.merges) of \(Text.count(merges.count, "merge"))",
            hint: "nothing is kept of it; fewer are looked at with --merges N")
    }
    return tally.different.isEmpty ? .done : .notDone
}

/// What the shares so far came to, for an end before the last.
private actor LatestTally {
    private(set) var tally = SelfCheck.Tally()

    func keep(_ tally: SelfCheck.Tally) { self.tally = tally }
}

extension SelfCheck.Tally {
    fileprivate var members: [(String, JSON)] {
        func named(_ differences: [SelfCheck.Difference]) -> JSON {
            .array(
                differences.map {
                    [
                        "merge": .string($0.merge.id.description),
                        "parents": [
                            .string($0.merge.ours.description),
                            .string($0.merge.theirs.description),
                        ],
                        "detail": .string($0.detail),
                    ]
                })
        }
        let reasons = AskReason.Kind.allCases.compactMap { kind in
            asked[kind].map { (kind.rawValue, JSON.int($0)) }
        }
        return [
            ("merges", .int(merges)), ("decided", .int(decided)),
            ("equal", ["clean": .int(equalClean), "conflict": .int(equalConflict)]),
            ("different", named(different)), ("asked", .object(JSON.Members(reasons))),
            ("not_compared", named(notCompared)),
            (
                "seconds",
                [
                    "treeguild": .double(ownTime / .seconds(1)),
                    "git": .double(gitTime / .seconds(1)),
                ]
            ),
        ]
    }
}

/// The answer of `self-check` for people.
private struct SelfCheckScreen {
    private let tally: SelfCheck.Tally
    /// Merges of one kind beyond which the rest is only counted.
    private static let limit = 20

    init(_ tally: SelfCheck.Tally) { self.tally = tally }

    var lines: [StyledText] {
        guard tally.merges > 0 else { return ["the history has no merges of two parents"] }
        let askedTotal = tally.asked.values.reduce(0, +)
        let rows: [(String, Int, String)] = [
            ("merges", tally.merges, ""),
            ("decided", tally.decided, percent(tally.decided)),
            ("  equal, clean", tally.equalClean, "the same tree"),
            ("  equal, conflict", tally.equalConflict, "the same paths and markers"),
            ("  different", tally.different.count, ""),
            ("left to git", askedTotal, percent(askedTotal)),
        ]
        let reasons = AskReason.Kind.allCases.compactMap { kind in
            tally.asked[kind].map { ("  " + words(kind), $0, "") }
        }
        let rest = tally.notCompared.isEmpty ? [] : [("not compared", tally.notCompared.count, "")]
        let table = rows + reasons + rest
        let width = table.map(\.0.count).max() ?? 0
        let digits = "\(tally.merges)".count
        let cells = table.map { name, count, remark -> StyledText in
            let number = "\(count)"
            let pad = String(repeating: " ", count: max(digits - number.count, 0))
            let label = StyledText(outside: name).padded(to: width)
            return "\(label)  \(pad + number)  \(remark, .dim)"
        }
        return cells + named("different", tally.different)
            + named("not compared", tally.notCompared)
            + ["", verdict]
    }

    private var verdict: StyledText {
        tally.different.isEmpty
            ? "\("every decided merge is git's", .green)"
            : "\("\(Text.count(tally.different.count, "merge")) not as git makes it", .red)"
    }

    private func named(
        _ title: String, _ differences: [SelfCheck.Difference]
    ) -> [StyledText] {
        guard !differences.isEmpty else { return [] }
        let rest = differences.count - Self.limit
        let more: [StyledText] = rest > 0 ? ["\("… \(rest) more", .dim)"] : []
        return ["", "\(title, .bold)"]
            + differences.prefix(Self.limit).map {
                "\($0.merge.id.description)  \($0.detail, .dim)"
            } + more
    }

    private func percent(_ count: Int) -> String {
        let tenths = (count * 1000 + tally.merges / 2) / tally.merges
        return "\(tenths / 10).\(tenths % 10) %"
    }

    private func words(_ kind: AskReason.Kind) -> String {
        switch kind {
        case .rename: "a file may be renamed"
        case .folderRename: "a folder may be renamed"
        case .fileDirectory: "a file against a folder"
        case .submodule: "a submodule"
        case .link: "a link in the base"
        case .driver: "a merge driver"
        case .setting: "a setting"
        case .severalBases: "several merge bases"
        case .disagreement: "our two ways disagree"
        case .size: "too large to decide"
        }
    }
}
