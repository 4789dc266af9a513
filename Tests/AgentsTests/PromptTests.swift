import Base
import Glibc
import TestSupport
import Testing

@testable import Agents

struct PromptTests {
    private func facts(_ bench: borrowing ToolBench, _ agent: AgentDefinition) -> SystemPrompt.Facts
    {
        SystemPrompt.Facts(
            definition: agent, tree: bench.tree, branch: "treeguild/r/t", platform: "Linux",
            date: "2026-01-02")
    }

    @Test
    func `a prompt holds role, instructions, rules and environment, in an order that is shared`()
        async throws
    {
        let bench = try ToolBench()
        try bench.write("CLAUDE.md", "Use tabs. {tree}\n")
        try bench.write("AGENTS.md", "Never both.")
        var facts = facts(bench, BuiltInAgents.all[0])
        facts.instructions = await bench.context.files.instructions()
        facts.scratchpad = bench.scratch.path.appending("pad")
        let prompt = SystemPrompt(facts)
        #expect(prompt.parts.first == BuiltInAgents.all[0].prompt)
        // What a file says is not looked at for names to fill in.
        #expect(prompt.text.contains("Use tabs. {tree}") && !prompt.text.contains("Never both."))
        #expect(prompt.text.contains("Your worktree is \(bench.tree)."))
        #expect(prompt.text.contains("branch treeguild/r/t"))
        #expect(prompt.text.contains("share the folder \(bench.scratch.path)/pad"))
        #expect(prompt.parts.last?.hasPrefix("# Environment") == true)
        for name in ["{branch}", "{scratchpad}", "{folder}"] {
            #expect(!prompt.text.contains(name))
        }
        // Two workers of a run differ only behind the parts that they share.
        facts.tree = bench.tree.appending("other")
        let other = SystemPrompt(facts)
        let shared = zip(prompt.parts, other.parts).prefix { $0 == $1 }.count
        #expect(shared == prompt.parts.count - 2)
        #expect(SystemPrompt(self.facts(bench, BuiltInAgents.all[1])).parts.count == 3)
    }

    @Test func `imports are put in, not in code, not from outside, and not round and round`()
        async throws
    {
        let bench = try ToolBench()
        let secret = bench.scratch.path.appending("secret")
        try Files.replace(secret, with: "s3cret".utf8)
        try bench.write(
            "AGENTS.md",
            "@docs/a.md\n@\(secret)\n@../secret\n@.env\n```\n@docs/a.md\n```\n@none.md\n")
        try bench.write("docs/a.md", "A\n@b.md\n@../AGENTS.md")
        try bench.write("docs/b.md", "B")
        try bench.write(".env", "TOKEN=1")
        let files = await bench.context.files.instructions()
        #expect(
            files.map(\.text) == [
                "A\nB\n@../AGENTS.md\n@\(secret)\n@../secret\n@.env\n```\n@docs/a.md\n```\n@none.md\n"
            ])
    }

    @Test func `an instruction file that leads out of the tree says nothing`() async throws {
        let bench = try ToolBench()
        let secret = bench.scratch.path.appending("secret")
        try Files.replace(secret, with: "s3cret".utf8)
        #expect(symlink(secret.description, bench.tree.appending("AGENTS.md").description) == 0)
        #expect(await bench.context.files.instructions().isEmpty)
    }

    @Test func `files that import each other many times end`() async throws {
        let bench = try ToolBench()
        for (name, next) in [("AGENTS", "b"), ("b", "c"), ("c", "d"), ("d", "e")] {
            try bench.write(
                "\(name).md", String(repeating: "@\(next).md\n", count: 300))
        }
        try bench.write("e.md", "E\n")
        let text = try #require(await bench.context.files.instructions().first).text
        #expect(text.hasSuffix("[The rest is left out.]") && text.contains("E\n"))
    }

    @Test func `an assignment stands for itself`() {
        let text = AssignmentText.make(
            task: "retry", assignment: "Add retries.", touches: ["src/**"], goal: "Robust")
        #expect(
            text == """
                # Assignment: retry

                The run's goal, of which this is one part: Robust

                Add retries.

                Change only files that match: `src/**`. Others are working on the rest at this moment.
                """)
    }
}

struct MemoryTests {
    @Test(arguments: [
        ("reviewer", "reviewer"), ("a_b-C1", "a_b-C1"), ("..", ""), ("../../x", ""), ("", ""),
        ("a/b", ""),
        ("plugin:a:b", ""), (".hidden", ""), (String(repeating: "x", count: 300), ""),
    ])
    func `a type's name becomes one folder's name`(_ type: String, _ plain: String) {
        let name = AgentMemory.sanitised(type)
        if plain.isEmpty { #expect(name != type) } else { #expect(name == plain) }
        #expect(!name.contains("/") && !name.hasPrefix(".") && !name.isEmpty && name.count < 100)
    }

    @Test func `types whose names look alike keep apart`() {
        #expect(AgentMemory.sanitised("a/b") != AgentMemory.sanitised("a:b"))
        #expect(AgentMemory.sanitised("a/b") != AgentMemory.sanitised("a-b"))
    }

    @Test func `each scope has its place, an existing one of another program first`() throws {
        let scratch = try Scratch()
        let names = ["tree", "main", "home"].map { scratch.path.appending($0) }
        try Files.makeFolder(names[1].appending(".claude/agent-memory-local/x"))
        let places = AgentMemory.Places(tree: names[0], mainWorktree: names[1], home: names[2])
        func folder(_ scope: MemoryScope) -> String? {
            AgentMemory(scope, of: "x", in: places)?.folder.description
        }
        #expect(folder(.project) == "\(names[0])/.treeguild/agent-memory/x")
        #expect(folder(.user) == "\(names[2])/.treeguild/agent-memory/x")
        #expect(folder(.local) == "\(names[1])/.claude/agent-memory-local/x")
        let nowhere = AgentMemory.Places(tree: names[0], mainWorktree: names[1], home: nil)
        #expect(AgentMemory(.user, of: "x", in: nowhere) == nil)
    }

    @Test func `a local memory stays out of version control`() throws {
        let repository = try ScratchRepository()
        let places = AgentMemory.Places(
            tree: repository.path, mainWorktree: repository.path, home: nil)
        let memory = try #require(AgentMemory(.local, of: "x", in: places))
        try memory.prepare()
        try Files.replace(memory.folder.appending("MEMORY.md"), with: "n".utf8)
        #expect(try repository.git("status", "--porcelain").isEmpty)
        let shared = try #require(AgentMemory(.project, of: "x", in: places))
        try shared.prepare()
        try Files.replace(shared.folder.appending("MEMORY.md"), with: "n".utf8)
        #expect(try repository.git("status", "--porcelain") == "?? .treeguild/")
    }

    @Test func `the beginning of the entry file is shown, a link never`() throws {
        let scratch = try Scratch()
        let places = AgentMemory.Places(
            tree: scratch.path, mainWorktree: scratch.path, home: scratch.path)
        let memory = try #require(AgentMemory(.user, of: "x", in: places))
        try memory.prepare()
        #expect(try memory.excerpt() == nil)
        let file = memory.folder.appending("MEMORY.md")
        try Files.replace(file, with: (1...300).map { "line \($0)\n" }.joined().utf8)
        let text = try #require(try memory.excerpt())
        #expect(text.contains("line 200\n[The file is longer") && !text.contains("line 201"))
        try Files.replace(file, with: String(repeating: "x", count: 30_000).utf8)
        #expect(try memory.excerpt()?.utf8.count ?? 0 < 25_100)
        try Files.removeFile(file)
        #expect(symlink("/etc/passwd", file.description) == 0)
        #expect(try memory.excerpt() == nil)
    }

    @Test(arguments: [".treeguild", ".treeguild/agent-memory", ".treeguild/agent-memory/x"])
    func `a link of the repository makes no other folder a memory`(_ link: String) throws {
        let scratch = try Scratch()
        let (tree, outside) = (scratch.path.appending("tree"), scratch.path.appending("outside"))
        let path = tree.appending(link)
        try Files.makeFolder(path.parent)
        try Files.makeFolder(outside)
        #expect(symlink(outside.description, path.description) == 0)
        let places = AgentMemory.Places(tree: tree, mainWorktree: tree, home: tree)
        let memory = try #require(AgentMemory(.project, of: "x", in: places))
        #expect(throws: FileError("open", path.description, code: ELOOP)) {
            try memory.prepare()
        }
        #expect(try Files.list(outside).isEmpty)
        // Links in a home are the user's own.
        let own = try #require(AgentMemory(.user, of: "x", in: places))
        try own.prepare()
    }

    private func pad(_ base: AbsolutePath) throws -> Scratchpad {
        Scratchpad(
            base: base, project: AbsolutePath("/home/ada/my repo", relativeTo: base),
            run: try #require(RunID("run-1")))
    }

    @Test func `the scratchpad is its owner's alone`() throws {
        let scratch = try Scratch()
        let pad = try pad(scratch.path)
        let parts = pad.folder.description.dropFirst(scratch.path.description.count + 1).split(
            separator: "/")
        #expect(parts.count == 4 && parts[0] == "treeguild-\(getuid())")
        #expect(parts[1].hasPrefix("home-ada-my-repo-") && parts[2] == "run-1")
        umask(0o022)
        try pad.prepare()
        try pad.prepare()
        var folder = pad.folder
        while folder != scratch.path {
            var status = stat()
            stat(folder.description, &status)
            #expect(status.st_mode & 0o777 == 0o700, "\(folder)")
            folder = folder.parent
        }
        try pad.remove()
        #expect(Files.kind(of: pad.folder) == nil)
    }

    @Test func `a folder that somebody else put there is refused`() throws {
        let scratch = try Scratch()
        let pad = try pad(scratch.path)
        let trap = scratch.path.appending("trap")
        try Files.makeFolder(trap)
        let first = pad.folder.parent.parent.parent
        #expect(symlink(trap.description, first.description) == 0)
        #expect(throws: FileError.self) { try pad.prepare() }
        #expect(try Files.list(trap).isEmpty)
    }

    @Test(arguments: [
        ("", true), ("/a", true), ("/a/../b", true), ("/../scratchpad/x", true), ("x", false),
        ("/..", false), ("/../../x", false), ("-evil/x", false), ("/a/../../x", false),
    ])
    func `a path is inside once its dots are taken out`(_ rest: String, _ isInside: Bool) throws {
        let pad = try pad(try Files.currentFolder())
        #expect(pad.contains(pad.folder.description + rest) == isInside)
        #expect(!pad.contains("relative"))
    }
}
