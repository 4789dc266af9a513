import Base
import TestSupport
import Testing

/// Trees that hold what cannot be saved stay, say how to give them up, and go with `clean --discard`.
struct CleanDiscardTests {
    /// What is done to a tree after its worker, in it; what the output then names as lost.
    private static let obstacles: [(name: String, script: String, lost: String)] = [
        ("pipe", "mkfifo a-pipe", "a-pipe (no file, folder or link)"),
        ("nested", "git init -q inner; echo i >inner/i", "inner (a repository)"),
        ("link", "ln -s /etc/hosts $(git rev-parse --git-dir)/planted", "/planted"),
        ("settings", "git config --worktree core.fsmonitor ./x", "the setting core.fsmonitor"),
        ("unlinked", "rm .git", "its link to the repository"),
        ("orphan", "git checkout -q --orphan mine", "HEAD (read: unborn)"),
    ]

    @Test
    func `a tree that cannot be saved stays until it is given up by name, and the rest is saved`()
        throws
    {
        let trial = try Trial()
        try trial.repository.git("config", "extensions.worktreeConfig", "true")
        let tasks = Self.obstacles.map { "  - {id: \($0.name), command: \"true\"}" }
        let run = try trial.run(
            "version: 1\njobs: 1\ntasks:\n\(tasks.joined(separator: "\n"))\n", ["--keep-trees"])
        #expect(run.status == 0, "\(run.errors)")
        let places = try trial.repository.git("worktree", "list", "--porcelain")
            .split(separator: "\n").filter { $0.hasPrefix("worktree ") }
            .compactMap { AbsolutePath(String($0.dropFirst(9))) }
        for obstacle in Self.obstacles {
            let place = try #require(places.first { $0.name == obstacle.name })
            try trial.repository.shell("echo mine >w.txt; \(obstacle.script)", in: place)
        }

        let refused = try trial.treeguild(["clean", "r1"])
        #expect(refused.status == 1)
        let kept = refused.output.split(separator: "\n").filter { $0.contains(" tree ") }
        #expect(kept.count == Self.obstacles.count, "\(refused.output)")
        for line in kept {
            #expect(line.contains("kept") && line.contains("--discard"), "\(line)")
            #expect(!line.contains("GitError"), "\(line)")
        }
        #expect(try trial.leftTrees().count == Self.obstacles.count)
        for words in [["clean", "--discard", "pipe"], ["clean", "r1", "--discard", "none"]] {
            #expect(try trial.treeguild(words).status == 2)
        }

        let named = Self.obstacles.flatMap { ["--discard", $0.name] }
        let cleaned = try trial.treeguild(["clean", "r1"] + named)
        #expect(cleaned.status == 0, "\(cleaned.output)")
        for obstacle in Self.obstacles {
            let line = cleaned.output.split(separator: "\n").first {
                $0.contains("tree \(obstacle.name):")
            }
            #expect(line?.contains(obstacle.lost) == true, "\(cleaned.output)")
            #expect(
                try trial.text("w.txt", at: "refs/treeguild/preserved/r1/\(obstacle.name)")
                    == "mine\n", "\(obstacle.name)")
        }
        #expect(try trial.leftTrees() == [])
    }

    @Test func `registrations of trees whose folders were deleted go with their names`() throws {
        let trial = try Trial()
        let run = try trial.run(
            "version: 1\ntasks: [{id: a, command: \"echo a >a.txt\"}]\n", ["--keep-trees"])
        #expect(run.status == 0)
        try Files.removeTree(trial.outside.appending("cache"))
        try Files.removeTree(trial.outside.appending(".treeguild"))
        let refused = try trial.treeguild(["clean", "r1"])
        #expect(refused.status == 1 && refused.output.contains("--discard a"), "\(refused.output)")
        let cleaned = try trial.treeguild(["clean", "r1", "--discard", "a"])
        #expect(cleaned.status == 0, "\(cleaned.output)")
        #expect(try trial.repository.git("worktree", "list").split(separator: "\n").count == 1)
        #expect(try trial.text("a.txt", at: "refs/treeguild/preserved/r1/a") == "a\n")
    }
}
