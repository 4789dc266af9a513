import Base
import Git
import TestSupport
import Testing

@testable import Merging

struct LandingReplayTests {
    @Test func `a rebase makes the commits that git's makes`() async throws {
        let scratch = try LandingScratch()
        try scratch.git("checkout", "-q", "topic")
        try scratch.git(
            "-c", "user.name=Zoë", "commit", "-q", "--allow-empty",
            "--author=Bob <bob@example.com>",
            "--date=2020-02-03T04:05:06+0530", "-m", "empty\n\nwith a body\n\n* and a list")
        try scratch.git("checkout", "-q", "main")
        try scratch.moveMain()
        try scratch.git("branch", "-q", "oracle", "topic")
        try scratch.git("checkout", "-q", "oracle")
        try scratch.git("rebase", "-q", "main")
        try scratch.git("checkout", "-q", "main")
        let start = try scratch.id("main")
        #expect(try await scratch.land(.rebase).landed != nil)
        let format = "--format=%T %an %ae %ad%n%B"
        #expect(
            try scratch.git("log", format, "\(start)..main")
                == scratch.git("log", format, "\(start)..oracle"))
        #expect(try scratch.git("log", "--format=%cn", "\(start)..main").contains("treeguild"))
        #expect(try scratch.git("status", "--porcelain") == "")
        #expect(try scratch.git("fsck", "--strict", "--no-dangling") == "")
    }

    @Test func `commits on the tip stay the same, and what is there already is left out`()
        async throws
    {
        let ahead = try LandingScratch()
        #expect(try await ahead.land(.rebase).landed == (try ahead.id("topic")))

        let picked = try LandingScratch()
        try picked.moveMain()
        try picked.git("cherry-pick", "topic~1")
        let start = try picked.id("main")
        #expect(try await picked.land(.rebase).landed != nil)
        #expect(
            try picked.git("log", "--format=%s", "\(start)..main") == "add a file")
    }

    @Test func `a merge commit becomes a plain one with all that it brought`() async throws {
        let scratch = try LandingScratch()
        try scratch.git("checkout", "-q", "-b", "merged", "main")
        try scratch.git("merge", "-q", "--no-ff", "topic", "-m", "task topic")
        try scratch.git("checkout", "-q", "main")
        try scratch.moveMain()
        let expected = try scratch.git("merge-tree", "--write-tree", "main", "merged")
        let start = try scratch.id("main")
        #expect(try await scratch.land(.rebase, of: "merged").landed != nil)
        #expect(
            try scratch.git("log", "--format=%s %P", "\(start)..main") == "task topic \(start)")
        #expect(try scratch.git("rev-parse", "main^{tree}") == expected)
    }

    @Test func `of a commit's headers author and encoding stay, signatures go`() throws {
        let id = try #require(ObjectID(String(repeating: "1", count: 40)))
        let original = """
            tree 0000000000000000000000000000000000000000
            parent 0000000000000000000000000000000000000000
            author A <a@x> 1 +0530
            committer C <c@x> 2 +0000
            encoding ISO-8859-1
            gpgsig -----BEGIN PGP SIGNATURE-----
             author Forged <f@x> 1 +0000
             -----END PGP SIGNATURE-----

            subject

            author of this line: nobody

            """
        let message: [UInt8] = [0xe9, 0x0a]
        let copy = ReplayedCommit(Array(original.utf8) + message)
            .text(tree: id, parent: id, committer: Array("D <d@x> 3 +0000".utf8))
        let expected = """
            tree \(id)
            parent \(id)
            author A <a@x> 1 +0530
            committer D <d@x> 3 +0000
            encoding ISO-8859-1

            subject

            author of this line: nobody

            """
        #expect(copy == Array(expected.utf8) + message)
    }
}
