import Base
import Git
import Merging
import TestSupport
import Testing

struct MergeInvariantsTests {
    /// Trees by their files; the invariants compare what each changed against the first.
    private func violation(
        base: [String: String], ours: [String: String], theirs: [String: String],
        merged: [String: String]
    ) async throws -> MergeInvariants.Violation? {
        let scratch = try ScratchRepository(bare: true)
        let repository = try Repository(at: scratch.path)
        var trees: [ObjectID] = []
        for files in [base, ours, theirs, merged] {
            var entries: [TreeEntry] = []
            for (name, text) in files {
                let blob = try await repository.writeBlob(Array(text.utf8))
                entries.append(
                    TreeEntry(name: Array(name.utf8), item: TreeItem(mode: .file, id: blob)))
            }
            trees.append(try await repository.writeTree(entries))
        }
        return MergeInvariants.violation(
            ours: try await repository.branchChanges(from: trees[0], to: trees[1]),
            theirs: try await repository.branchChanges(from: trees[0], to: trees[2]),
            merged: try await repository.branchChanges(from: trees[0], to: trees[3]))
    }

    private let base = ["a": "1", "b": "1", "c": "1"]

    @Test func `a merge that takes each side's change is sound`() async throws {
        #expect(
            try await violation(
                base: base, ours: ["a": "2", "b": "1", "c": "1"], theirs: ["a": "1", "b": "1"],
                merged: ["a": "2", "b": "1"]) == nil)
    }

    @Test(arguments: [
        ["a": "1", "b": "1"], ["a": "3", "b": "1"], ["b": "1"], ["a": "2", "b": "1", "c": "1"],
    ])
    func `a change of one side that is not in the merge is lost`(merged: [String: String])
        async throws
    {
        let found = try await violation(
            base: base, ours: ["a": "2", "b": "1", "c": "1"], theirs: ["a": "1", "b": "1"],
            merged: merged)
        let path = RepositoryPath(merged["c"] == nil ? "a" : "c")
        #expect(found == .changeLost(path))
    }

    @Test func `a change that neither side made is unasked`() async throws {
        #expect(
            try await violation(
                base: base, ours: base, theirs: base, merged: ["a": "1", "b": "2", "c": "1"])
                == .unasked(RepositoryPath("b")))
    }
}
