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

    @Test func `undo without a name takes the last removal back, all of it and nothing else`()
        throws
    {
        let trial = try Trial()
        for id in ["r1", "r2"] {
            let answer = try trial.treeguild(
                ["run", "-c", "a=echo \(id) >a.txt", "--run-id", id])
            #expect(answer.status == 0, "\(answer.errors)")
        }
        let heads = try trial.repository.git("for-each-ref", "refs/heads/treeguild")
        // Nobody cleaned yet: the last to remove anything was the second run, one tree.
        let first = try trial.treeguild(["undo", "--json"])
        #expect(try first.json["runs"] == ["r2"])
        #expect(try first.json["restored"]?.arrayValue?.map { $0["name"] } == ["a"])
        #expect(try trial.leftTrees() == ["a"])

        #expect(try trial.treeguild(["clean"]).status == 0)
        #expect(try trial.repository.git("for-each-ref", "refs/heads/treeguild") == "")
        // Cleaning again removes nothing, so it is no removal.
        #expect(try trial.treeguild(["clean"]).status == 0)
        let second = try trial.treeguild(["undo"])
        #expect(second.status == 0, "\(second.output) \(second.errors)")
        #expect(try trial.repository.git("for-each-ref", "refs/heads/treeguild") == heads)
        #expect(try trial.leftTrees() == ["a"], "the first run removed its tree itself")
        let again = try trial.treeguild(["undo"])
        #expect(again.status == 1 && again.errors.contains("already"), "\(again.errors)")
        #expect(try trial.leftTrees() == ["a"])
    }

    @Test func `what git lets nobody write holds nothing else up, and the output says where it is`()
        throws
    {
        let trial = try Trial()
        let command = "mkdir .GIT d; echo z >.GIT/z; echo w >w.txt; exit 4"
        #expect(
            try trial.run("version: 1\ntasks: [{id: a, command: \"\(command)\"}]\n").status == 1)
        let undo = try trial.treeguild(["undo", "r1/a"])
        #expect(undo.status == 1)
        let place = try tree(of: trial)
        #expect(try Files.read(place.appending("w.txt")) == Array("w\n".utf8))
        #expect(Files.kind(of: place.appending(".GIT")) == nil)
        let object = "refs/treeguild/preserved/r1/a:.GIT/z"
        #expect(undo.output.contains("git show \(object)"), "\(undo.output)")
        #expect(try trial.repository.git("show", object) == "z")
    }
}
