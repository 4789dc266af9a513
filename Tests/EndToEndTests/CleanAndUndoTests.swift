import Base
import TestSupport
import Testing

/// What `clean` removes `undo` brings back, with everything that was in it.
struct CleanAndUndoTests {
    /// The folder of the one tree that is left of a run.
    private func tree(of trial: borrowing Trial) throws -> AbsolutePath {
        let lines = try trial.repository.git("worktree", "list", "--porcelain")
            .split(separator: "\n").filter { $0.hasPrefix("worktree ") }.map { $0.dropFirst(9) }
        let path = try #require(lines.count == 2 ? lines.last : nil)
        return try #require(AbsolutePath(String(path)))
    }

    @Test func `a tree goes and comes back, and again with work that nobody committed`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        #expect(try trial.treeguild(["run", "-c", "a=true", "--run-id", "r1"]).status == 0)
        try trial.expectTidy(before)
        #expect(try trial.treeguild(["undo", "r1"]).status == 0)
        let place = try tree(of: trial)
        #expect(try trial.repository.git(["status", "--porcelain"], in: place).text == "")
        try Files.replace(place.appending("work.txt"), with: "by hand\n".utf8)

        #expect(try trial.treeguild(["clean", "r1"]).status == 0)
        #expect(Files.kind(of: place) == nil)
        #expect(
            try trial.repository.git("show", "refs/treeguild/preserved/r1/a:work.txt")
                == "by hand")
        try trial.expectTidy(before)
        #expect(try trial.treeguild(["undo", "r1/a"]).status == 0)
        #expect(try Files.read(place.appending("work.txt")) == Array("by hand\n".utf8))
        #expect(try trial.treeguild(["undo", "r1/a"]).status == 1)
    }

    @Test func `branches that clean removes are kept under a ref and come back`() throws {
        let trial = try Trial()
        #expect(
            try trial.treeguild(["run", "-c", "a=echo a >a.txt", "--run-id", "r1"]).status == 0)
        let head = try trial.repository.git("rev-parse", "treeguild/r1/a")
        #expect(try trial.treeguild(["clean"]).status == 0)
        #expect(try trial.repository.git("branch", "--list", "treeguild/*") == "")
        #expect(try trial.repository.git("rev-parse", "refs/treeguild/preserved/r1/a") == head)
        #expect(try trial.treeguild(["undo", "r1"]).status == 0)
        #expect(try trial.repository.git("rev-parse", "treeguild/r1/a") == head)
        #expect(try trial.text("a.txt", at: "treeguild/r1/merged") == "a\n")
    }
}
