import Base
import Store
import Testing

@testable import Coordination

struct RemovalTests {
    /// Events as `run kind`, with the name of a removal behind `clean.began`; the runs of the last removal, with the
    /// place of the event after which it began.
    @Test(arguments: [
        ([], nil),
        (["r1 run.ended", "r1 clean.began x"], nil),
        (["r1 tree.removed", "r1 run.ended", "r2 tree.removed", "r2 run.ended"], ["r2 0"]),
        (["r1 tree.removed", "r1 run.ended", "r2 tree.removed"], ["r1 0"]),
        (
            ["r1 tree.removed", "r1 run.ended", "r1 clean.began x", "r1 branch.removed"],
            ["r1 2"]
        ),
        (
            [
                "r1 tree.removed", "r2 tree.removed", "r1 run.ended", "r2 run.ended",
                "r2 clean.began x", "r2 tree.removed", "r1 clean.began x", "r1 branch.removed",
                "r2 clean.began y", "r3 tree.removed",
            ], ["r2 3", "r1 5"]
        ),
        (
            [
                "r1 run.ended", "r1 clean.began x", "r1 tree.removed", "r1 clean.began y",
                "r1 branch.removed",
            ], ["r1 3"]
        ),
        (
            [
                "r1 run.ended", "r1 clean.began x", "r1 tree.removed", "r2 tree.removed",
                "r2 run.ended",
            ], ["r2 0"]
        ),
    ])
    func `the last removal is a whole clean or the end of one run`(
        lines: [String], expected: [String]?
    ) async throws {
        try await withLedger { ledger in
            for line in lines {
                let words = line.split(separator: " ").map(String.init)
                let run = try #require(RunID(words[0]))
                if try await ledger.run(run) == nil {
                    try await ledger.createRun(
                        run, kind: "run", base: "", plan: [:], options: [:], owner: "")
                }
                try await ledger.append(
                    run: run, actor: "treeguild", kind: words[1],
                    data: words.count > 2 ? ["removal": .string(words[2])] : [:])
            }
            // The events of runs' beginnings and ends lie between: places are counted without them.
            let kinds = [Removal.beginning, Removal.ofTree, Removal.ofBranch]
            let places = try await ledger.events(matching: EventFilter(kinds: kinds)).map(\.seq)
            let found = try await Removal.latest(in: ledger)?.parts.map { part in
                "\(part.run) \((places.firstIndex(of: part.since) ?? -1) + 1)"
            }
            #expect(found == expected)
        }
    }

    @Test func `what cannot be written is named with the command that shows it`() {
        #expect(RunCleaner.problem([], in: "refs/x") == "")
        let problem = RunCleaner.problem(
            ["a b", ".GIT/c", ".GIT/d", ".GIT/e"].map { RepositoryPath($0) }, in: "refs/x")
        #expect(problem.contains("a b, .GIT/c, .GIT/d and 1 more"), "\(problem)")
        #expect(problem.contains("git show 'refs/x:a b'"), "\(problem)")
    }

    private func withLedger(_ body: (Ledger) async throws -> Void) async throws {
        let folder = try Files.makePrivateFolder(in: Files.temporaryFolder, prefix: "removal-")
        defer { try? Files.removeTree(folder) }
        try await body(try await Ledger.open(at: folder.appending("ledger")))
    }
}
