import Base
import Git
import Merging
import TestSupport
import Testing

struct LandingTests {
    @Test func `a merge has git's tree, both parents, and the files follow`() async throws {
        let scratch = try LandingScratch()
        try scratch.moveMain()
        let (main, topic) = (try scratch.id("main"), try scratch.id("topic"))
        let expected = try scratch.git("merge-tree", "--write-tree", "main", "topic")
        let outcome = try await scratch.land()
        let new = try scratch.id("main")
        #expect(
            outcome == .landed(old: main, new: new, backup: "refs/treeguild/backup/run/main-1"))
        #expect(try scratch.git("rev-parse", "main^{tree}") == expected)
        #expect(try scratch.id("main^1") == main)
        #expect(try scratch.id("main^2") == topic)
        #expect(try scratch.id("refs/treeguild/backup/run/main-1") == main)
        #expect(try scratch.git("status", "--porcelain") == "")
        #expect(
            try scratch.git("log", "-1", "--format=%B", "main") == """
                Merge branch 'topic' into main

                * change a
                * add a file

                """)
        #expect(
            try scratch.git("log", "-g", "-1", "--format=%gs", "main")
                == "treeguild land: merge topic")
    }

    @Test func `what is on the branch already lands no more, by any strategy`() async throws {
        let scratch = try LandingScratch()
        try scratch.git("merge", "-q", "--no-ff", "topic", "-m", "by hand")
        let before = try scratch.snapshot()
        for strategy in Landing.Strategy.allCases {
            #expect(try await scratch.land(strategy) == .alreadyThere(try scratch.id("main")))
        }
        #expect(try scratch.snapshot() == before)
    }

    @Test func `a plain result ahead of the branch still gets its merge commit`() async throws {
        let scratch = try LandingScratch()
        let new = try #require(try await scratch.land().landed)
        #expect(new != (try scratch.id("topic")))
        #expect(try scratch.id("main^2") == (try scratch.id("topic")))
        #expect(try scratch.git("diff", "main", "topic") == "")
    }

    @Test func `a result that is a merge made on the tip is taken as it is`() async throws {
        let scratch = try LandingScratch()
        try scratch.git("checkout", "-q", "-b", "merged", "main")
        try scratch.git("merge", "-q", "--no-ff", "topic", "-m", "merged")
        try scratch.git("checkout", "-q", "main")
        #expect(try await scratch.land(of: "merged").landed == (try scratch.id("merged")))
        #expect(try scratch.git("status", "--porcelain") == "")
    }

    @Test func `a squash is one commit that names what is in it, once`() async throws {
        let scratch = try LandingScratch()
        try scratch.moveMain()
        let main = try scratch.id("main")
        let expected = try scratch.git("merge-tree", "--write-tree", "main", "topic")
        let new = try #require(try await scratch.land(.squash).landed)
        #expect(try scratch.git("rev-parse", "main^{tree}") == expected)
        #expect(try scratch.git("log", "-1", "--format=%P", "main") == "\(main)")
        #expect(
            try scratch.git("log", "-1", "--format=%B", "main") == """
                Squash topic

                * change a
                * add a file

                """)
        #expect(try await scratch.land(.squash) == .alreadyThere(new))
    }

    @Test func `a fast-forward goes to the result itself, or nowhere`() async throws {
        let scratch = try LandingScratch()
        #expect(try await scratch.land(.ff).landed == (try scratch.id("topic")))
        #expect(try scratch.git("status", "--porcelain") == "")
        let diverged = try LandingScratch()
        try diverged.moveMain()
        let before = try diverged.snapshot()
        #expect(try await diverged.land(.ff) == .diverged(tip: try diverged.id("main")))
        #expect(try diverged.snapshot() == before)
    }

    @Test(arguments: [Landing.Strategy.merge, .squash, .rebase])
    func `a conflict names the paths and changes nothing`(
        strategy: Landing.Strategy
    ) async throws {
        let scratch = try LandingScratch()
        try scratch.write("a", LandingScratch.lines(changing: 8).uppercased())
        try scratch.commit("the same line")
        let before = try scratch.snapshot()
        let commit = strategy == .rebase ? try scratch.id("topic~1") : nil
        #expect(
            try await scratch.land(strategy)
                == .conflict([RepositoryPath("a")], commit: commit))
        #expect(try scratch.snapshot() == before)
    }

    @Test func `a branch that is not there, or no branch, is unknown`() async throws {
        let scratch = try LandingScratch()
        try scratch.git("tag", "v1")
        for name in ["mian", "v1", "a b", "refs/tags/v1", ""] {
            #expect(try await scratch.land(onto: name) == .unknownBranch(name))
        }
    }

    @Test func `a symbolic branch moves the one that it names`() async throws {
        let scratch = try LandingScratch()
        try scratch.git("symbolic-ref", "refs/heads/stable", "refs/heads/main")
        #expect(try await scratch.land(.ff, onto: "stable").landed != nil)
        #expect(try scratch.id("main") == (try scratch.id("topic")))
        #expect(
            try scratch.git("symbolic-ref", "refs/heads/stable") == "refs/heads/main")
        #expect(try scratch.git("status", "--porcelain") == "")
    }

    @Test func `a branch in no worktree moves, and no file does`() async throws {
        let scratch = try LandingScratch()
        try scratch.git("branch", "-q", "release/1")
        let files = try scratch.git("ls-files", "-s")
        try scratch.write("keep", "edited\n")
        let outcome = try await scratch.land(onto: "release/1")
        #expect(outcome.landed == (try scratch.id("release/1")))
        #expect(try scratch.id("refs/treeguild/backup/run/release-1-1") == scratch.id("main"))
        #expect(try scratch.git("ls-files", "-s") == files)
        #expect(try scratch.git("status", "--porcelain") == " M keep")
    }

    @Test func `a bare repository has no files to follow`() async throws {
        let scratch = try LandingScratch()
        let bare = scratch.outside.appending("bare.git")
        try scratch.git("clone", "-q", "--bare", ".", bare.description)
        let program = try #require(await GitProgram.find(in: scratch.environment))
        let landing = Landing(repository: try Repository(at: bare), program: program)
        let outcome = try await landing.land(
            Landing.Request(
                onto: "main", result: try scratch.id("topic"), name: "topic", strategy: .rebase))
        #expect(outcome.landed == (try scratch.id("topic")))
    }

    @Test func `a branch that has moved since is not moved`() async throws {
        let scratch = try LandingScratch()
        let start = try scratch.id("main")
        try scratch.moveMain()
        let before = try scratch.snapshot()
        #expect(
            try await scratch.land(expected: start)
                == .moved(expected: start, found: try scratch.id("main")))
        #expect(try scratch.snapshot() == before)
    }

    @Test func `of landings at once each takes its turn or is told that the branch moved`()
        async throws
    {
        let scratch = try LandingScratch()
        try scratch.git("branch", "-q", "target", "main")
        let names = try (0..<6).map { number in
            try scratch.git("checkout", "-q", "-b", "side-\(number)", "main")
            try scratch.write("side-\(number)", "x\n")
            return (
                name: "side-\(number)", id: try #require(ObjectID(try scratch.commit()))
            )
        }
        let landing = try await scratch.landing()
        let outcomes = try await withThrowingTaskGroup(of: Landing.Outcome.self) { group in
            for (name, id) in names {
                group.addTask {
                    try await landing.land(
                        Landing.Request(onto: "target", result: id, name: name, strategy: .squash))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let landed = outcomes.compactMap(\.landed).map(\.description)
        let history = try scratch.git(
            "rev-list", "--first-parent", "main..target"
        ).split(separator: "\n").map(String.init)
        #expect(!landed.isEmpty)
        #expect(Set(landed) == Set(history))
        for outcome in outcomes where outcome.landed == nil {
            guard case .moved = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        let backups = try scratch.git("for-each-ref", "refs/treeguild/backup")
        #expect(backups.split(separator: "\n").count == landed.count)
    }
}
