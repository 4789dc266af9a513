import Base
import Store
import TestSupport
import Testing

@testable import Commands

struct OverlapCommandTests {
    /// Branches `a` and `b` conflict in menu.sh, `c` touches another file.
    private func repository() throws -> ScratchRepository {
        let scratch = try ScratchRepository()
        try scratch.write("menu.sh", "one\ntwo\nthree\nfour\nfive\n")
        try scratch.write("other.txt", "x\n")
        try scratch.write(".gitignore", "*.log\n")
        try scratch.commit("base")
        try scratch.git("branch", "base")
        for (name, file, text) in [
            ("a", "menu.sh", "one\nTWO\nthree\nfour\nfive\n"),
            ("b", "menu.sh", "one\ntwo!\nthree\nfour\nfive\n"), ("c", "other.txt", "y\n"),
        ] {
            try scratch.git("checkout", "-q", "-b", name, "base")
            try scratch.write(file, text)
            try scratch.commit(name)
        }
        try scratch.git("checkout", "-q", "main")
        return scratch
    }

    private func overlap(
        _ words: String..., in scratch: borrowing ScratchRepository,
        environment: [String: String] = [:]
    ) async -> Captured {
        await Captured.run(
            ["overlap"] + words, in: scratch.path, home: scratch.outside, environment: environment)
    }

    private func verdicts(_ captured: Captured) throws -> [String: JSON] {
        let pairs = try #require(try captured.json["pairs"]?.arrayValue)
        return Dictionary(
            uniqueKeysWithValues: pairs.map {
                let names = [$0["a"], $0["b"]].compactMap { $0?.stringValue }
                return (names.joined(separator: " "), $0["conflict"] ?? .null)
            })
    }

    @Test func `branches that conflict are named with their lines, exit 1`() async throws {
        let scratch = try repository()
        let captured = await overlap("a", "b", "c", in: scratch)
        #expect(captured.code == .notDone)
        #expect(captured.talk == "")
        for part in [
            "✗ a × b  overlap in menu.sh", "line 2 of the base", "+ TWO", "+ two!",
            "order a, c, b", "at least 1 resolution is unavoidable",
        ] {
            #expect(captured.data.contains(part), "\(part) in:\n\(captured.data)")
        }
    }

    @Test func `branches that merge are exit 0`() async throws {
        let scratch = try repository()
        let captured = await overlap("a", "c", in: scratch)
        #expect(captured.code == .done)
        #expect(captured.data.contains("every pair merges"))
    }

    @Test func `the document is what its schema says`() async throws {
        let scratch = try repository()
        try scratch.git("checkout", "-q", "-b", "d", "base")
        try scratch.git("rm", "-q", "menu.sh")
        try scratch.commit("d")
        let captured = await overlap("--json", "a", "b", "c", "d", in: scratch)
        let schema = try #require(Schemas.schema(named: "treeguild.overlap/1"))
        #expect(try SchemaChecker.problems(captured.json, schema) == [])
        #expect(try verdicts(captured) == ["a b": true, "a d": true, "b d": true])
        let base = try scratch.git("rev-parse", "base")
        #expect(try captured.json["base"] == .string(base))
    }

    @Test func `uncommitted and untracked work of worktrees counts, ignored files do not`()
        async throws
    {
        let scratch = try repository()
        try scratch.git("worktree", "add", "-q", "\(scratch.outside)/wa", "a")
        try scratch.git("worktree", "add", "-q", "--detach", "\(scratch.outside)/wd", "base")
        for (name, text) in [("fresh.txt", "from wd\n"), ("noise.log", "wd\n")] {
            try Files.create(scratch.outside.appending("wd/\(name)"), with: Array(text.utf8))
        }
        try scratch.write("fresh.txt", "from main\n")
        try scratch.write("noise.log", "main\n")
        try scratch.write("menu.sh", "one\n2\nthree\nfour\nfive\n")
        let before = try state(of: scratch)
        let captured = await overlap("--worktrees", "--json", in: scratch)
        #expect(captured.code == .notDone)
        #expect(try verdicts(captured) == ["main a": true, "main wd": true])
        let branches = try #require(try captured.json["branches"]?.arrayValue)
        #expect(branches.map { $0["head"] == .null } == [true, false, true])
        let regions = try #require(try captured.json["regions"]?.arrayValue)
        #expect(
            Set(regions.compactMap { $0["path"]?.stringValue }) == ["fresh.txt", "menu.sh"])
        #expect(try state(of: scratch) == before)
    }

    /// Status, index and objects of a repository: what must not change.
    private func state(of scratch: borrowing ScratchRepository) throws -> [String] {
        let index = try Files.read(scratch.path.appending(".git/index"))
        return [
            try scratch.git("--no-optional-locks", "status", "--porcelain"),
            try scratch.git("count-objects", "-v"), Digest.sha256(index).hexadecimal,
        ]
    }

    @Test func `a file changed in the very moment of its commit, to one of the same size, counts`()
        async throws
    {
        let scratch = try repository()
        for round in 0..<5 {
            try scratch.write("menu.sh", "one\ntwo\nthree\nfour\n\(round)ive\n")
            try scratch.commit()
            try scratch.write("menu.sh", "one\ntwo\nthree\nfour\n\(round)IVE\n")
            let captured = await overlap("--worktrees", "--base", "HEAD", "--json", in: scratch)
            let branches = try #require(try captured.json["branches"]?.arrayValue)
            #expect(branches.first?["files"] == 1)
        }
    }

    @Test func `patches are applied to the base, one that does not apply is missing and not clean`()
        async throws
    {
        let scratch = try repository()
        let patch = try scratch.git("diff", "base", "a")
        try scratch.write("../good.patch", patch + "\n")
        try scratch.write("../bad.patch", patch.replacing("-two", with: "-deux") + "\n")
        let good = await overlap(
            "--patch", "../good.patch", "--json", "b", "c", in: scratch)
        #expect(try verdicts(good) == ["b ../good.patch": true])
        let bad = await overlap("--patch", "../bad.patch", "--json", "c", in: scratch)
        #expect(bad.code == .notDone)
        #expect(bad.talk.contains("../bad.patch is missing: patch failed: menu.sh:1"))
        #expect(try verdicts(bad) == ["c ../bad.patch": .null])
        let schema = try #require(Schemas.schema(named: "treeguild.overlap/1"))
        #expect(try SchemaChecker.problems(bad.json, schema) == [])
        let none = await overlap("--patch", "../none.patch", "c", in: scratch)
        #expect(none.code == .usage)
    }

    @Test func `without branches, a run and options there is nothing to compare`() async throws {
        let scratch = try repository()
        let captured = await overlap(in: scratch)
        #expect(captured.code == .usage)
        #expect(captured.talk.contains("hint: name branches"))
    }

    @Test func `without branches those of the latest run are compared, its result left out`()
        async throws
    {
        let scratch = try repository()
        for name in ["a", "b", "c"] { try scratch.git("branch", "treeguild/r1/\(name)", name) }
        try scratch.git("branch", "treeguild/r1/merged", "base")
        let base = try scratch.git("rev-parse", "base")
        let ledger = try await Ledger.open(at: scratch.path.appending(".git/treeguild"))
        let run = try #require(RunID("r1"))
        try await ledger.createRun(
            run, kind: "run", base: base, plan: .null, options: .null, owner: "test")
        let captured = await overlap("--json", in: scratch)
        #expect(captured.code == .notDone)
        #expect(try verdicts(captured) == ["a b": true])
        let names = try captured.json["branches"]?.arrayValue?.map { $0["name"]?.stringValue }
        #expect(names == ["a", "b", "c"])
        #expect(try captured.json["base"] == .string(base))
    }

    @Test(
        arguments: [
            (["a", "a"], "the branch 'a' is given twice"),
            (["a", "refs/heads/a"], "'refs/heads/a' is given twice"),
            (["a", "nowhere"], "there is no branch or commit 'nowhere'"),
            (["a", "--base", "nowhere"], "there is no branch or commit 'nowhere'"),
            (["a", "lone"], "'a' and 'lone' have no common ancestor"),
        ])
    func `bad input is exit 2 with a sentence`(words: [String], sentence: String) async throws {
        let scratch = try repository()
        try scratch.git("checkout", "-q", "--orphan", "lone")
        try scratch.commit("lone")
        let captured = await Captured.run(
            ["overlap"] + words, in: scratch.path, home: scratch.outside)
        #expect(captured.code == .usage)
        #expect(captured.talk.contains(sentence), "\(captured.talk)")
    }

    @Test func `outside a repository, and in one without a commit, a sentence tells what to do`()
        async throws
    {
        let scratch = try Scratch()
        let outside = await Captured.run(["overlap", "a"], in: scratch.path)
        #expect(outside.code == .usage)
        #expect(outside.talk.contains("not inside a git repository"))
        let empty = try ScratchRepository()
        let captured = await overlap("--patch", "x", in: empty)
        #expect(captured.code == .usage)
        #expect(captured.talk.contains("no commit yet"))
    }

    @Test func `without git a pair that needs it is undecided, exit 1`() async throws {
        let scratch = try repository()
        for name in ["d", "e"] {
            try scratch.git("checkout", "-q", "-b", name, "base")
            try scratch.git("mv", "menu.sh", "\(name).sh")
            try scratch.commit(name)
        }
        let captured = await overlap(
            "--json", "d", "e", in: scratch, environment: ["PATH": "/nonexistent"])
        #expect(captured.code == .notDone)
        #expect(try verdicts(captured) == ["d e": .null])
    }
}
