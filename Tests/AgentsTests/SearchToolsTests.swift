import Base
import TestSupport
import Testing

@testable import Agents

struct SearchToolsTests {
    private func bench() throws -> ToolBench {
        let bench = try ToolBench()
        try bench.write("src/a.swift", "let one = 1\nlet two = 2\nfunc f() {}\n")
        try bench.write("src/b.ts", "const one = 1\n")
        try bench.write(".gitignore", "build/\n*.log\n")
        try bench.write("build/out.swift", "let one = 1\n")
        try bench.write("x.log", "one\n")
        try bench.write(".hidden/c.md", "one\n\nthree\n")
        try bench.write("bin", [0x6f, 0x6e, 0x65, 0])
        return bench
    }

    private func grep(_ bench: borrowing ToolBench, _ input: (String, JSON)...) async -> String {
        await bench.call("Grep", input).text
    }

    @Test func `contents are found where git does not ignore them`() async throws {
        let bench = try bench()
        #expect(
            await grep(bench, ("pattern", "one"), ("output_mode", "content"))
                == ".hidden/c.md:1:one\nsrc/a.swift:1:let one = 1\nsrc/b.ts:1:const one = 1")
        #expect(
            await grep(bench, ("pattern", "one"), ("output_mode", "count"))
                == ".hidden/c.md:1\nsrc/a.swift:1\nsrc/b.ts:1")
        #expect(
            Set(await grep(bench, ("pattern", "one")).split(separator: "\n")) == [
                ".hidden/c.md", "src/a.swift", "src/b.ts",
            ])
        #expect(await grep(bench, ("pattern", "nothing")) == "No files found")
        // A file that is named is searched though it is ignored.
        #expect(await grep(bench, ("pattern", "one"), ("path", "x.log")) == "x.log")
    }

    @Test func `files are chosen by glob and type`() async throws {
        let bench = try bench()
        #expect(
            await grep(bench, ("pattern", "one"), ("glob", "*.{ts,md}"), ("type", "ts"))
                == "src/b.ts")
        #expect(await grep(bench, ("pattern", "one"), ("type", "swift")) == "src/a.swift")
        #expect(
            await grep(bench, ("pattern", "one"), ("glob", "!*.ts"), ("path", "src"))
                == "src/a.swift")
        #expect(await grep(bench, ("pattern", "one"), ("type", "cobol")).contains("Unknown type"))
    }

    @Test func `lines come with their context, and as much as is asked for`() async throws {
        let bench = try bench()
        let around = await grep(
            bench, ("pattern", "two"), ("output_mode", "content"), ("-C", 1))
        #expect(
            around
                == "src/a.swift-1-let one = 1\nsrc/a.swift:2:let two = 2\nsrc/a.swift-3-func f() {}"
        )
        let parts = await grep(
            bench, ("pattern", "one|three"), ("output_mode", "content"), ("glob", "*.md"),
            ("-A", 0),
            ("-n", false))
        #expect(parts == ".hidden/c.md:one\n.hidden/c.md:three")
        let matches = await grep(
            bench, ("pattern", "[a-z]+ ="), ("output_mode", "content"), ("-o", true),
            ("type", "swift"))
        #expect(matches == "src/a.swift:1:one =\nsrc/a.swift:2:two =")
        let limited = await grep(
            bench, ("pattern", "one"), ("output_mode", "count"), ("head_limit", 1), ("offset", 1))
        #expect(limited.hasPrefix("src/a.swift:1\n\n[Lines 2 to 2 of the answer, 3 in all."))
        let over = await grep(
            bench, ("pattern", "1.let"), ("output_mode", "content"), ("multiline", true))
        #expect(over == "src/a.swift:1:let one = 1\nsrc/a.swift:2:let two = 2")
    }

    @Test func `a wrong pattern is told with its place`() async throws {
        let bench = try bench()
        let text = await grep(bench, ("pattern", "a(b"))
        #expect(text == "The pattern is no regular expression: unclosed group (at character 1).")
    }

    @Test func `file names are found, ignored ones too`() async throws {
        let bench = try bench()
        let result = await bench.call("Glob", [("pattern", "**/*.swift")])
        #expect(
            Set(result.text.split(separator: "\n").map(String.init)) == [
                bench.tree.appending("src/a.swift").description,
                bench.tree.appending("build/out.swift").description,
            ])
        let below = await bench.call("Glob", [("pattern", "*.ts"), ("path", "src")])
        #expect(below.text == bench.tree.appending("src/b.ts").description)
        let absolute = await bench.call(
            "Glob", [("pattern", .string("\(bench.tree)/src/*.ts"))])
        #expect(absolute.text == below.text)
        #expect(await bench.call("Glob", [("pattern", "*.none")]).text == "No files found")
    }

    @Test func `a hundred files at most are listed, with the number of all`() async throws {
        let bench = try ToolBench()
        for number in 0..<120 { try bench.write("f\(number)", "") }
        let result = await bench.call("Glob", [("pattern", "f*")])
        #expect(result.text.split(separator: "\n").count == 101)
        #expect(
            result.text.hasSuffix("[100 of 120 files, those changed last. Narrow the pattern.]"))
    }

    /// With `rg` on the machine both ways must say the same.
    @Test func `ripgrep's candidates are the files that our own search finds`() async throws {
        let bench = try bench()
        for pattern in ["one", "^let", "(?i)ONE", "f\\(\\)"] {
            let query = try GrepQuery(["pattern": .string(pattern)])
            guard let candidates = await Ripgrep.candidates(for: query, in: bench.tree) else {
                return
            }
            let program = try PatternProgram(pattern)
            let own = try await bench.context.files.grep(query, program, candidates: nil)
            let both = try await bench.context.files.grep(query, program, candidates: candidates)
            #expect(own == both)
        }
    }
}
