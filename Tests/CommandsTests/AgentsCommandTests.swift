import Base
import TestSupport
import Testing

@testable import Commands

struct AgentsCommandTests {
    private func run(_ repository: borrowing ScratchRepository, _ words: String...) async
        -> Captured
    {
        await Captured.run(["agents"] + words, in: repository.path, home: repository.outside)
    }

    @Test func `agents of the repository stand beside those of the program`() async throws {
        let repository = try ScratchRepository()
        try repository.write(
            ".claude/agents/r.md",
            "---\nname: reviewer\ndescription: Reads code\ntools: Read, Nope\n---\nRead it.")
        let list = await run(repository)
        #expect(list.code == .done)
        #expect(
            list.data.split(separator: "\n").map { $0.prefix { $0 != " " } }
                == ["Explore", "Plan", "Verify", "general-purpose", "reviewer"])
        #expect(list.data.contains("reviewer         project   Reads code"))
        let shown = await run(repository, "show", "reviewer")
        #expect(shown.data.contains("unknown tools  Nope") && shown.data.hasSuffix("Read it.\n"))
        let unknown = await run(repository, "show", "x")
        #expect(unknown.code == .usage && unknown.talk.contains("there is no agent 'x'"))
        #expect(await run(repository, "show").code == .usage)
        #expect(await run(repository, "list", "x").code == .usage)
    }

    @Test func `mistakes are told with file and line, and only they fail`() async throws {
        let repository = try ScratchRepository()
        try repository.write(
            ".treeguild/agents/a.md", "---\nname: a\ndescription: d\nTools: x\n---\nx")
        let warned = await run(repository, "validate")
        #expect(warned.code == .done)
        #expect(
            warned.data.contains(
                "/.treeguild/agents/a.md:4: warning: unknown field 'Tools'; did you mean 'tools'?"))
        #expect(warned.data.hasSuffix("1 file, 0 errors, 1 warning\n"))
        try repository.write("b.md", "---\nname: b\ndescription: d\nmaxTurns: -1\n---\nx")
        let failed = await run(repository, "validate", "b.md", "missing.md")
        #expect(failed.code == .notDone)
        #expect(
            failed.data.contains("b.md:4: maxTurns: found '-1', expected a whole number above 0"))
        #expect(failed.data.contains("missing.md:1: cannot be read: No such file or directory"))
        #expect(failed.data.hasSuffix("2 files, 2 errors, 0 warnings\n"))
        // A broken file says so wherever agents are listed, and keeps nobody from the others.
        try repository.write(".treeguild/agents/c.md", "no front matter")
        let list = await run(repository)
        #expect(list.code == .done && list.talk.contains("c.md:1: must begin with front matter"))
    }

    @Test func `what a definition says cannot move the terminal's cursor`() async throws {
        let repository = try ScratchRepository()
        try repository.write(
            ".claude/agents/r.md",
            "---\nname: r\ndescription: \"a\\eb\"\n---\n\u{1b}[2Jx")
        for words in [["list"], ["show", "r"]] {
            let captured = await Captured.run(
                ["agents"] + words, in: repository.path, home: repository.outside)
            #expect(captured.code == .done && !captured.data.contains("\u{1b}"))
        }
    }
}
