import Base
import TestSupport
import Testing

@testable import Git

/// Every kind of repository, with git as the oracle: a tree of ours beside one that `git worktree add` made.
struct RepositoryShapeTests {
    @Test(arguments: RepositoryShape.content + RepositoryShape.settings)
    func `nobody can tell a tree of ours from one of git's`(shape: RepositoryShape) async throws {
        let scratch = try ScratchRepository()
        let start = try shape.build(scratch)
        let pair = try await TreePair(scratch, start: start, base: shape.base)
        try pair.expectAlike(scratch, "as made")
        #expect(await pair.trees.inspect(pair.ours).findings == [])
        #expect(await pair.trees.inspect(pair.gits).findings == [])
        try pair.expectGitManages(scratch)
        try pair.expectAlike(scratch, "after git's own commands")
        try await pair.expectRetiringIsUndone()
        try pair.expectAlike(scratch, "after retiring")

        try scratch.shell(shape.work, in: pair.ours.path)
        try scratch.shell(shape.work, in: pair.gits.path)
        let before = try snapshot(pair.gits.path)
        try await pair.expectStatusAgrees(scratch)
        try await pair.expectSameCommit(scratch)
        #expect(try snapshot(pair.gits.path) == before)
        #expect(try snapshot(pair.ours.path) == before)
        try await pair.expectRetiringIsUndone()
        try pair.expectGitRemoves(scratch)
    }
}
