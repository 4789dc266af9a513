import Base
import Git
import TestSupport
import Testing

@testable import Commands

/// What `treeguild overlap` writes beside its report, and what it refuses.
struct OverlapOptionsTests {
    /// `a` and `b` conflict in `menu list.sh`, `c` is near `a`.
    private func repository() throws -> ScratchRepository {
        let scratch = try ScratchRepository()
        let lines = (1...9).map { "line \($0)\n" }
        try scratch.write("menu list.sh", lines.joined())
        try scratch.commit("base")
        try scratch.git("branch", "base")
        for (name, line) in [("a", 2), ("b", 2), ("c", 5)] {
            try scratch.git("checkout", "-q", "-b", name, "base")
            try scratch.write(
                "menu list.sh", lines.joined().replacing("line \(line)\n", with: "\(name)\n"))
            try scratch.commit(name)
        }
        try scratch.git("checkout", "-q", "main")
        return scratch
    }

    private func overlap(
        _ words: String..., in scratch: borrowing ScratchRepository
    ) async -> Captured {
        await Captured.run(["overlap"] + words, in: scratch.path, home: scratch.outside)
    }

    @Test func `a SARIF file has conflicts as errors and risks as notes`() async throws {
        let scratch = try repository()
        let captured = await overlap("a", "b", "c", "--sarif", "../log.sarif", in: scratch)
        #expect(captured.code == .notDone)
        #expect(captured.data.contains("✗ a × b"))
        let text = try Files.read(scratch.outside.appending("log.sarif"))
        let log = try JSON(parsing: String(decoding: text, as: UTF8.self))
        let results = try #require(log["runs"]?.arrayValue?.first?["results"]?.arrayValue)
        #expect(results.map { $0["ruleId"]?.stringValue } == ["overlap/overlap", "risk/near"])
        #expect(results.map { $0["level"]?.stringValue } == ["error", "note"])
        let place = results[0]["locations"]?.arrayValue?.first?["physicalLocation"]
        #expect(place?["artifactLocation"]?["uri"] == "menu%20list.sh")
        #expect(place?["region"] == ["startLine": 2, "endLine": 2])
        let message = try #require(results[0]["message"]?["text"]?.stringValue)
        #expect(message.hasPrefix("a and b do not merge here"))
        let again = await overlap("a", "b", "c", "--sarif", "-", in: scratch)
        #expect(again.data == String(decoding: text, as: UTF8.self))
    }

    @Test(arguments: [
        (["--sarif", "-", "--json"], "--sarif - and --json both want standard output"),
        (["--sarif", "x", "--watch"], "--sarif is one document"),
        (["--sarif", "no/such/folder/x"], "no/such/folder"),
        (["--patch", "p", "--patch", "./p"], "the patch './p' is given twice"),
    ])
    func `options that do not go together are exit 2 or say what failed`(
        words: [String], sentence: String
    ) async throws {
        let scratch = try repository()
        try scratch.write("p", "")
        let captured = await Captured.run(
            ["overlap", "a", "b"] + words, in: scratch.path, home: scratch.outside)
        #expect([.usage, .notDone].contains(captured.code))
        #expect(captured.talk.contains(sentence), "\(captured.talk)")
        #expect(!captured.data.contains("$schema"))
    }

    @Test func `risks stand apart, move no exit code, and can be left out`() async throws {
        let scratch = try repository()
        let captured = await overlap("a", "c", in: scratch)
        #expect(captured.code == .done)
        #expect(captured.data.contains("every pair merges"))
        #expect(captured.data.contains("1 risk in what merges"))
        #expect(captured.data.contains("~ near  menu list.sh  lines 2–5 of the base"))
        let json = await overlap("a", "c", "--json", in: scratch)
        let risks = try #require(try json.json["risks"]?.arrayValue)
        #expect(risks.map { $0["kind"] } == ["near"])
        #expect(risks[0]["branches"] == ["a", "c"])
        let schema = try #require(Schemas.schema(named: "treeguild.overlap/1"))
        #expect(try SchemaChecker.problems(json.json, schema) == [])
        let without = await overlap("a", "c", "--json", "--no-risks", in: scratch)
        #expect(try without.json["risks"] == nil)
    }

    @Test func `unrelated histories are compared from nothing only when asked`() async throws {
        let scratch = try repository()
        try scratch.git("checkout", "-q", "--orphan", "lone")
        try scratch.write("menu list.sh", "something else\n")
        try scratch.commit("lone")
        let refused = await overlap("a", "lone", in: scratch)
        #expect(refused.code == .usage)
        #expect(refused.talk.contains("--unrelated"))
        let objects = try scratch.git("count-objects")
        let asked = await overlap("a", "lone", "--unrelated", "--json", in: scratch)
        #expect(asked.code == .notDone)
        #expect(try asked.json["base"]?.stringValue == ObjectID.emptyTree.description)
        let regions = try #require(try asked.json["regions"]?.arrayValue)
        #expect(regions.map { $0["kind"] } == ["add_add"])
        #expect(try scratch.git("count-objects") == objects)
        let related = await overlap("a", "c", "--unrelated", "--json", in: scratch)
        let base = try scratch.git("rev-parse", "base")
        #expect(try related.json["base"]?.stringValue == base)
    }

    @Test(arguments: [
        (
            "binary without data",
            "diff --git a/x.bin b/x.bin\nindex 1..2 100644\nBinary files a/x.bin and b/x.bin differ\n"
        ),
        (
            "truncated",
            "diff --git a/menu list.sh b/menu list.sh\n--- a/menu list.sh\n+++ b/menu list.sh\n@@ -1,3 +1,3 @@\n line 1\n-line 2\n"
        ),
        ("no patch at all", "hello\n"), ("empty", ""),
        (
            "outside the repository",
            "diff --git a/../evil b/../evil\nnew file mode 100644\n--- /dev/null\n+++ b/../evil\n@@ -0,0 +1 @@\n+x\n"
        ),
    ])
    func `a patch that cannot be applied whole is missing, and never clean`(
        name: String, patch: String
    ) async throws {
        let scratch = try repository()
        try scratch.write("../p.patch", patch)
        let captured = await overlap("a", "--patch", "../p.patch", "--json", in: scratch)
        #expect(captured.code == .notDone, "\(name)")
        #expect(captured.talk.contains("../p.patch is missing: "), "\(captured.talk)")
        let pairs = try #require(try captured.json["pairs"]?.arrayValue)
        #expect(pairs.map { $0["conflict"] } == [.null])
        // Undecided is not clean: the order says so as well.
        #expect(try captured.json["resolutions"] == ["in_order": 1, "unavoidable": 0])
    }

    @Test func `a patch beside one branch is taken to be made on what is checked out`()
        async throws
    {
        let scratch = try repository()
        let (patch, base) = (
            try scratch.git("diff", "base", "b"), try scratch.git("rev-parse", "base")
        )
        try scratch.write("../b.patch", patch + "\n")
        let captured = await overlap("a", "--patch", "../b.patch", "--json", in: scratch)
        #expect(try captured.json["base"]?.stringValue == base)
        let pairs = try #require(try captured.json["pairs"]?.arrayValue)
        #expect(pairs.map { $0["conflict"] } == [true])
    }

    @Test(arguments: [("../none", "there is no file"), (".", "is no regular file")])
    func `what is no patch file is refused`(path: String, sentence: String) async throws {
        let scratch = try repository()
        let captured = await overlap("a", "--patch", path, in: scratch)
        #expect(captured.code == .usage)
        #expect(captured.talk.contains(sentence), "\(captured.talk)")
    }

    @Test func `branches, worktrees and patches together`() async throws {
        let scratch = try repository()
        let patch = try scratch.git("diff", "base", "c")
        try scratch.write("../c.patch", patch + "\n")
        try scratch.git("worktree", "add", "-q", "\(scratch.outside)/wb", "b")
        let captured = await overlap(
            "a", "--worktrees", "--patch", "../c.patch", "--json", in: scratch)
        let branches = try #require(try captured.json["branches"]?.arrayValue)
        #expect(branches.map { $0["name"] } == ["a", "main", "b", "../c.patch"])
        let pairs = try #require(try captured.json["pairs"]?.arrayValue)
        #expect(pairs.map { [$0["a"], $0["b"], $0["conflict"]] } == [["a", "b", true]])
    }
}
