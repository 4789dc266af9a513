import Base
import Git
import Merging
import TestSupport
import Testing

/// Merges by other means than lines, and attributes that only the base has.
struct MergeAttributesTests {
    /// A base with the attributes, two branches that both change `f`, and a worktree without attributes.
    private func report(
        _ attributes: String, withGit: Bool = true, renaming: Bool = false,
        prepare: (borrowing ScratchRepository) throws -> Void = { _ in }
    ) async throws -> OverlapReport.Verdict {
        let scratch = try ScratchRepository()
        try scratch.commit("before")
        try scratch.git("branch", "before")
        let text = (1...20).map { "\($0)\n" }.joined()
        try scratch.write("f", text)
        try scratch.write(".gitattributes", attributes)
        let base = try #require(ObjectID(try scratch.commit("base")))
        var heads: [ObjectID] = []
        for line in [1, 20] {
            try scratch.git("checkout", "-q", "--detach", "\(base)")
            try scratch.write(
                "f", text.replacing("\(line)\n", with: "changed\n", maxReplacements: 1))
            if renaming, line == 1 { try scratch.git("mv", "f", "g") }
            heads.append(try #require(ObjectID(try scratch.commit())))
        }
        try scratch.git("checkout", "-q", "before")
        try prepare(scratch)
        let engine =
            withGit
            ? GitMergeEngine(
                program: await GitProgram.find(in: scratch.environment), repository: scratch.path,
                objects: scratch.path.appending(".git/objects")) : nil
        let made = try await OverlapReport.make(
            in: Repository(at: scratch.path), base: base,
            branches: [("a", heads[0]), ("b", heads[1])], engine: engine)
        return made.pairs.first?.verdict ?? .clean
    }

    @Test(arguments: [
        ("", OverlapReport.Verdict.clean), ("* text=auto\n", .clean), ("f merge\n", .clean),
        ("f -merge\n", .conflict), ("f binary\n", .conflict), ("f merge=binary\n", .conflict),
        ("f merge=text\n", .clean), ("g -merge\n", .clean),
        ("[attr]whole -merge\nf whole\n", .conflict),
    ])
    func `attributes of the base decide, whatever the worktree has`(
        attributes: String, verdict: OverlapReport.Verdict
    ) async throws {
        #expect(try await report(attributes, withGit: false) == verdict)
    }

    @Test func `attributes of the worktree and of its index have no say`() async throws {
        let verdict = try await report("") { scratch in
            try scratch.write(".gitattributes", "f -merge\n")
            try scratch.git("add", ".gitattributes")
        }
        #expect(verdict == .clean)
    }

    @Test func `a driver is git's affair, and undecided without git`() async throws {
        #expect(try await report("f merge=union\n") == .clean)
        #expect(try await report("f merge=union\n", withGit: false) == .undecided)
    }

    @Test func `git goes by the base's attributes too, when a rename makes it decide`() async throws
    {
        #expect(try await report("", renaming: true) == .clean)
        #expect(try await report("* -merge\n", renaming: true) == .conflict)
    }

    @Test(arguments: ["merge.renormalize", "merge.default"])
    func `settings that change merges of text leave them to git`(key: String) async throws {
        let value = key == "merge.default" ? "union" : "true"
        for (withGit, verdict) in [(true, OverlapReport.Verdict.clean), (false, .undecided)] {
            let found = try await report("", withGit: withGit) {
                try $0.git("config", key, value)
            }
            #expect(found == verdict)
        }
    }

    @Test func `a binary branch spoils no pair of others`() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("f", "1\n2\n3\n4\n5\n")
        let base = try #require(ObjectID(try scratch.commit("base")))
        var branches: [(name: String, head: ObjectID)] = []
        for (name, text) in [
            ("a", "one\n2\n3\n4\n5\n"), ("b", "1\n2\n3\n4\nfive\n"), ("c", "\0"),
        ] {
            try scratch.git("checkout", "-q", "--detach", "\(base)")
            try scratch.write("f", text)
            branches.append((name, try #require(ObjectID(try scratch.commit()))))
        }
        let made = try await OverlapReport.make(
            in: Repository(at: scratch.path), base: base, branches: branches, engine: nil)
        #expect(made.pairs.map { [$0.a, $0.b] } == [[0, 2], [1, 2]])
        #expect(made.pairs.allSatisfy { $0.verdict == .conflict })
        #expect(made.regions.map(\.kind) == [.binary])
        #expect(made.resolutions == 1 && made.order.last == 2)
    }
}
