import Base
import Testing

@testable import Agents

struct ProgramProfileTests {
    private func catalog(_ text: String) throws -> ProgramCatalog {
        try ProgramCatalog(settings: JSON(parsing: text).objectValue ?? JSON.Members())
    }

    private func place(confined: Bool = true, user: [String: String] = [:]) throws
        -> ProgramLaunch.Place
    {
        func path(_ text: String) throws -> AbsolutePath { try #require(AbsolutePath(text)) }
        return ProgramLaunch.Place(
            program: try path("/bin/agent"), tree: try path("/trees/a"),
            promptFile: try path("/records/prompt.md"), home: try path("/records/home"),
            isConfined: confined, environment: ["TMPDIR": "/scratch", "TERM": "xterm"],
            userEnvironment: user)
    }

    @Test func `the built-in profiles are all there and whole`() throws {
        let catalog = try ProgramCatalog()
        #expect(
            catalog.profiles.map(\.name) == ["claude", "codex", "gemini", "opencode", "aider"])
        for profile in catalog.profiles {
            #expect(!profile.start.isEmpty && profile.leastVersion != nil, "\(profile.name)")
            #expect(
                profile.title != profile.name || profile.name == "opencode"
                    || profile.name == "aider")
            // What the settings' reader would refuse of a user's profile, ours must not hold either.
            var again = ProgramProfile(name: profile.name, program: "x")
            again.apply(["start": .array(profile.start.map { .string($0) })])
            #expect(again.start == profile.start)
        }
        #expect(catalog["claude"]?.takesMessages == true && catalog["codex"]?.isResumable == true)
        #expect(catalog["aider"]?.litter == [".aider*"] && catalog["aider"]?.isResumable == false)
    }

    @Test func `a profile of the settings changes what it names and keeps the rest`() throws {
        let catalog = try catalog(
            """
            {"claude": {"model": "opus", "version": {"least": 2.1}},
             "fast": {"like": "claude", "model": "haiku", "title": "Fast Claude"},
             "own": {"like": "generic", "program": "my-agent", "start": ["--task", "{prompt_file}"],
                     "prompt": "file", "stall": 30}}
            """)
        let claude = try #require(catalog["claude"])
        #expect(claude.model == "opus" && claude.format == .claude)
        #expect(claude.leastVersion == ProgramVersion(in: "2.1.0"))
        #expect(catalog["fast"]?.model == "haiku" && catalog["fast"]?.start == claude.start)
        let own = try #require(catalog["own"])
        #expect(own.program == "my-agent" && own.stall == 30 && own.title == "own")
        let launch = ProgramLaunch(own, in: try place(), text: "Do it.")
        #expect(launch.arguments == ["/bin/agent", "--task", "/records/prompt.md"])
        #expect(launch.files.values.map(\.self) == ["Do it."] && launch.input.isEmpty)
    }

    @Test(
        arguments: [
            (#"{"x": {"like": "nobody"}}"#, "unknownModel"), (#"{"x": {}}"#, "noProgram"),
            (#"{"x": {"program": "p", "prompt": "file"}}"#, "missingPlaceholder"),
            (#"{"x": {"program": "p", "prompt": "argument"}}"#, "missingPlaceholder"),
            (#"{"x": {"program": "p", "resume": ["--again"]}}"#, "missingPlaceholder"),
            (#"{"x": {"program": "p", "model": "m"}}"#, "missingPlaceholder"),
            (#"{"x": {"program": "p", "start": ["{promt}"]}}"#, "unknownPlaceholder"),
            (#"{"x": {"program": "p", "litter": ["../*"]}}"#, "outside"),
            (#"{"x": {"program": "p", "litter": ["a/b"]}}"#, "outside"),
            (#"{"x": {"program": "p", "login": ["/etc/shadow"]}}"#, "outside"),
            (#"{"x": {"program": "p", "home": {"copy": ["a"]}}}"#, "incompleteHome"),
            (#"{"builtin": {"program": "p"}}"#, "badName"),
            (#"{"a b/../c": {"program": "p"}}"#, "badName"),
            (#"{"x": {"program": "p", "version": {"least": "abc"}}}"#, "badVersion"),
            (#"{"x": {"program": "p", "stall": 0}}"#, "noTime"),
            (
                #"{"x": {"program": "p", "home": {"variable": "H", "from": ".x", "link": ["../y"]}}}"#,
                "outside"
            ),
        ])
    func `a profile that cannot work is refused`(_ text: String, _ problem: String) throws {
        let error = try #require(throws: ProgramCatalog.Problem.self) { try catalog(text) }
        #expect("\(error)".hasPrefix(problem), "\(error)")
    }

    @Test func `a start names model, session and walls, and gets the secrets that are named`()
        throws
    {
        let claude = try #require(
            try catalog(#"{"claude": {"model": "opus"}}"#)["claude"])
        let user = [
            "ANTHROPIC_API_KEY": "sk-1", "OPENAI_API_KEY": "sk-2", "ANTHROPIC_BASE_URL": "u",
        ]
        let launch = ProgramLaunch(
            claude, in: try place(user: user), text: "Do\nit.", session: "s-1")
        func follows(_ first: String, _ second: String) -> Bool {
            zip(launch.arguments, launch.arguments.dropFirst()).contains { $0 == (first, second) }
        }
        #expect(follows("--model", "opus") && follows("--resume", "s-1"))
        #expect(follows("--permission-mode", "bypassPermissions"))
        #expect(launch.environment["ANTHROPIC_API_KEY"] == "sk-1")
        #expect(launch.environment["OPENAI_API_KEY"] == nil)
        #expect(launch.environment["IS_SANDBOX"] == "1" && launch.environment["TERM"] == "dumb")
        #expect(launch.environment["CLAUDE_CODE_TMPDIR"] == "/scratch")
        #expect(launch.environment["CLAUDE_CONFIG_DIR"] == "/records/home")
        // Nothing of the prompt is in an argument that all users can read.
        #expect(!launch.arguments.contains { $0.contains("it.") })
        let message = try JSON(parsing: launch.input)
        #expect(message["message"]?["content"] == "Do\nit." && launch.input.last == 10)
        let open = ProgramLaunch(claude, in: try place(confined: false), text: "x")
        #expect(open.arguments.contains("acceptEdits") && open.environment["IS_SANDBOX"] == nil)
        #expect(!open.arguments.contains("--resume"))
    }

    @Test func `a long prompt is never an argument`() throws {
        let gemini = try #require(try ProgramCatalog()["gemini"])
        let long = String(repeating: "word ", count: 1000)
        let launch = ProgramLaunch(gemini, in: try place(), text: long)
        #expect(launch.files.values.map(\.self) == [long])
        #expect(launch.arguments.contains { $0.contains("/records/prompt.md") })
        #expect(launch.arguments.allSatisfy { $0.utf8.count < 200 })
        #expect(ProgramLaunch(gemini, in: try place(), text: "short").arguments.contains("short"))
    }

    @Test(
        arguments: [
            ("2.1.329 (Claude Code)", "2.1.329"), ("codex-cli 0.163.0", "0.163.0"),
            ("aider 0.86.2", "0.86.2"), ("v1.2", "1.2"), ("no number", nil), ("7", nil),
        ] as [(String, String?)])
    func `versions are found in what programs say`(_ text: String, _ version: String?) {
        #expect(ProgramVersion(in: text)?.description == version)
    }

    @Test func `versions are compared by their numbers`() throws {
        let sorted = try ["0.9", "0.10", "1.0.0", "1.0.1", "2.1.329", "2.10"].map {
            try #require(ProgramVersion(in: $0))
        }
        #expect(sorted == sorted.shuffled().sorted())
        #expect(ProgramVersion(in: "1.0") == ProgramVersion(in: "1.0.0"))
        #expect(ProgramVersion(in: "1.0").hashValue == ProgramVersion(in: "1.0.0").hashValue)
    }
}
