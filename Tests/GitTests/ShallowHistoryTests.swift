import Base
import TestSupport
import Testing

@testable import Git

/// The history of shallow clones, with git as the oracle.
struct ShallowHistoryTests {
    /// Two branches that merge each other now and then, cut off at several depths.
    @Test(arguments: [1, 2, 3, 5, 40])
    func `ancestors, ranges and merge bases are git's`(depth: Int) async throws {
        let scratch = try ScratchRepository()
        try scratch.shell(
            """
            git commit -q --allow-empty -m start; git branch side
            for i in 1 2 3 4; do
                git commit -q --allow-empty -m "main $i"
                git switch -q side; git commit -q --allow-empty -m "side $i"
                git merge -q -m "to side $i" main~1; git switch -q main
                git merge -q -m "to main $i" side~1
            done
            git clone -q --no-single-branch --depth \(depth) "file://$PWD" ../shallow
            """, in: scratch.path)
        let clone = scratch.outside.appending("shallow")
        let repository = try Repository(at: clone)
        func git(_ words: String...) throws -> [String] {
            try Shell.run(
                ["git"] + words, in: clone,
                environment: Shell.environment(home: scratch.outside)
            ).text.split(separator: "\n").map(String.init).sorted()
        }
        let commits = try git("rev-list", "--all").compactMap { ObjectID($0) }
        try #require(!commits.isEmpty)
        for a in commits {
            for b in commits {
                let (first, second) = (a.description, b.description)
                #expect(
                    try await repository.mergeBases(a, b).map(\.description).sorted()
                        == git("merge-base", "--all", first, second))
                let range = try await repository.commits(from: a, notIn: b)
                #expect(
                    range.map(\.description).sorted() == (try git("rev-list", first, "^" + second)))
                #expect(
                    try await repository.isAncestor(a, of: b)
                        == git("rev-list", second).contains(first))
            }
        }
    }
}
