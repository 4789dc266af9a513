import Base
import TestSupport
import Testing

@testable import Agents

struct PermissionTests {
    private static let tree = AbsolutePath("/repo", relativeTo: Files.temporaryFolder)
    private static let home = AbsolutePath("/home/ada", relativeTo: Files.temporaryFolder)
    private static let pad = AbsolutePath("/tmp/pad", relativeTo: Files.temporaryFolder)
    private static let outputs = AbsolutePath("/run/out", relativeTo: Files.temporaryFolder)
    private static let bases = PathRule.Bases(tree: tree, settings: tree, home: home)
    private static let bash = BashTool().definition
    private static let edit = EditTool().definition
    private static let read = ReadTool().definition
    private static let fetch = WebFetchTool().definition

    private func policy(
        deny: [String] = [], ask: [String] = [], allow: [String] = [],
        _ mode: PermissionMode = .default, confined: Bool = false
    ) throws -> PermissionPolicy {
        PermissionPolicy(
            deny: try deny.map { try PermissionRule($0) },
            ask: try ask.map { try PermissionRule($0) },
            allow: try allow.map { try PermissionRule($0) }, mode: mode, bases: Self.bases,
            freeFolders: [Self.pad], readableFolders: [Self.outputs],
            commandsAreConfined: confined)
    }

    private func command(_ text: String, _ policy: PermissionPolicy) -> String {
        word(policy.verdict(on: [.command(text, folder: Self.tree)], by: Self.bash))
    }

    private func path(_ text: String, editing: Bool, _ policy: PermissionPolicy) -> String {
        let path = AbsolutePath(text, relativeTo: Self.tree)
        let resolved = ResolvedPath(named: path, real: path)
        return word(
            policy.verdict(
                on: [editing ? .edit(resolved) : .read(resolved)],
                by: editing ? Self.edit : Self.read))
    }

    private func word(_ verdict: PermissionVerdict) -> String {
        switch verdict {
        case .allow: "allow"
        case .ask: "ask"
        case .deny: "deny"
        }
    }

    @Test(arguments: [
        ("Bash(npm run build)", "npm run build", true),
        ("Bash(npm run build)", "npm run build x", false),
        ("Bash(git diff:*)", "git diff", true), ("Bash(git diff *)", "git diff a", true),
        ("Bash(git diff *)", "git difftool", false), ("Bash(ls*)", "lsof", true),
        ("Bash(git * main)", "git push origin main", true), ("Bash", "anything at all", true),
        ("Bash(*)", "anything", true), ("Bash(npm *)", "timeout 5 npm test", true),
        ("Bash(npm *)", "nice -n 5 npm test", true), ("Bash(npm *)", "CI=1 npm test", true),
        ("Bash(npm *)", "PATH=x npm test", false), ("Bash(npm *)", "LD_PRELOAD=x npm test", false),
        ("Bash(npm *)", "npm test && rm -r x", false), ("Bash(npm *)", "npm test; curl x", false),
        ("Bash(npm *)", "npm test | tee x", false), ("Bash(npm *)", "npm test & x", false),
        ("Bash(npm *)", "npm $(rm x)", false), ("Bash(npm *)", "npm `rm x`", false),
        ("Bash(npm *)", "npm <(rm x)", false), ("Bash(npm *)", "npm test > ~/.bashrc", false),
        ("Bash(npm *)", "npm test\nrm x", false), ("Bash(npm *)", "npm test | grep x", true),
        ("Bash(npm *)", "npm test 2>&1 | tail -5", true),
        ("Bash(npm *)", "npm test >/dev/null", true),
        ("Bash(find *)", "find . -exec rm {} ;", false), ("Bash(find *)", "find . -delete", false),
        ("Bash(watch *)", "watch rm x", false), ("Bash(npm *)", "env npm test", false),
        ("Bash(npm *)", "bash -c 'npm test'", false), ("Bash(npm *)", "$X npm", false),
        ("Bash(npm *)", "xargs npm", true), ("Bash(npm *)", "xargs -I{} npm", false),
        ("Bash(npm test:*)", "npm test", true), ("Bash(echo *)", "echo 'a && b'", true),
        ("Bash(git *)", "cd /tmp && git status", false), ("Bash(npm *)", "npm \"test", false),
    ])
    func `a command is allowed when every part of it is`(
        _ rule: String, _ text: String, _ isAllowed: Bool
    ) throws {
        #expect(command(text, try policy(allow: [rule])) == (isAllowed ? "allow" : "ask"))
    }

    @Test(arguments: [
        "git push", "git push origin", "a && git push", "(git push)", "echo $(git push)",
        "timeout 5 git push", "env X=1 git push", "sudo -u root git push", "X=1 git push",
        "bash -c 'git push'", "sh -c \"a; git push\"", "eval git push", "nohup git push &",
        "/usr/bin/git push", "\"git\" push", "g''it push", "git \\\n push", "command git push",
        "xargs -n 1 git push", "find . -exec git push ;", "if true; then git push; fi",
        "for a in b; do git push; done", "exec git push", "`git push`", "cat <(git push)",
        "if X=1 git push; then a; fi", "{ X=1 git push; }", "! X=1 git push",
        "env bash -c 'git push'", "f() { git push; }", "time git push", "setsid git push",
    ])
    func `a rule that denies finds the command wherever it hides`(_ text: String) throws {
        let policy = try policy(
            deny: ["Bash(git push:*)"], allow: ["Bash"], .bypassPermissions, confined: true)
        #expect(command(text, policy) == "deny")
        #expect(command("git pull", policy) == "allow")
    }

    @Test(arguments: [
        ("ls -la src", "allow"), ("cat a.txt | grep x | wc -l", "allow"),
        ("cat /etc/passwd", "ask"),
        ("cat ../other", "ask"), ("cat $X", "ask"), ("git status", "allow"),
        ("git log -p", "allow"),
        ("git push", "ask"), ("git diff --output=x", "ask"), ("git -C /x status", "ask"),
        ("find . -name x", "allow"), ("find / -name x", "ask"), ("find . -delete", "ask"),
        ("echo hi > a", "ask"), ("grep -r /etc .", "allow"), ("rg --pre sh x", "ask"),
        ("cd src", "allow"), ("cd /", "ask"), ("cat .env", "deny"), ("cat < .env", "deny"),
        ("cp .env x", "deny"), ("git show HEAD:.env", "deny"), ("cat sub/.ssh/id_rsa", "deny"),
        ("python3 -c x --file=.env", "deny"), ("cat .env.example", "allow"),
        ("cat ~/.aws/credentials", "deny"), ("", "ask"), ("head -n 5 a", "allow"),
    ])
    func `looking needs no rule, inside the worker's folders`(
        _ text: String, _ expected: String
    ) throws {
        #expect(command(text, try policy()) == expected)
    }

    @Test(arguments: [
        "rm -rf /", "rm -rf /*", "rm -r ~", "rm -rf ~/", "rm -rf $HOME", "rm -rf /usr", "rm -rf .",
        "rm -rf ..", "sudo rm -rf /", "a; rm -rf /", "rm -rf *", "bash -c 'rm -rf /'",
        "rm -rf /repo",
        "echo $(rm -rf /)",
    ])
    func `what removes too much is asked in every mode`(_ text: String) throws {
        let policy = try policy(allow: ["Bash"], .bypassPermissions, confined: true)
        #expect(command(text, policy) == "ask")
        #expect(command("rm -rf build", policy) == "allow")
    }

    @Test(arguments: [
        ("default", "src/a", "ask"), ("acceptEdits", "src/a", "allow"), ("plan", "src/a", "deny"),
        ("dontAsk", "src/a", "deny"), ("bypassPermissions", "src/a", "allow"),
        ("acceptEdits", "/etc/x", "ask"), ("acceptEdits", ".vscode/tasks.json", "ask"),
        ("acceptEdits", "sub/.husky/pre-commit", "ask"), ("acceptEdits", ".npmrc", "ask"),
        ("bypassPermissions", ".npmrc", "allow"), ("bypassPermissions", ".git/config", "deny"),
        ("bypassPermissions", ".env", "deny"), ("default", "/tmp/pad/note", "allow"),
        ("plan", "/tmp/pad/note", "deny"), ("dontAsk", "/tmp/pad/note", "allow"),
        ("acceptEdits", "/tmp/padding", "ask"),
    ])
    func `modes say what becomes of an edit`(
        _ mode: String, _ name: String, _ expected: String
    ) throws {
        let mode = try #require(PermissionMode(named: mode))
        #expect(path(name, editing: true, try policy(mode)) == expected)
    }

    @Test func `what commands printed may be read without a question, and not written`() throws {
        for mode in [PermissionMode.default, .acceptEdits, .dontAsk, .plan] {
            let policy = try policy(mode)
            #expect(path("/run/out/shell-1.log", editing: false, policy) == "allow")
            #expect(path("/run/out/shell-1.log", editing: true, policy) != "allow")
            #expect(path("/run/outer", editing: false, policy) != "allow")
        }
    }

    @Test(arguments: [
        // Deny before ask before allow, however exact the others are.
        (["Edit(src/**)"], [], ["Edit(src/a)"], "src/a", "deny"),
        ([], ["Edit(src/**)"], ["Edit(src/a)"], "src/a", "ask"),
        ([], [], ["Edit(src/**)"], "src/a", "allow"), ([], [], ["Edit(src/**)"], "lib/a", "ask"),
        ([], [], ["Edit(/src/**)"], "src/x/y", "allow"),
        ([], [], ["Edit(//repo/src)"], "src/a", "allow"),
        ([], [], ["Edit(./src)"], "src/a", "allow"), ([], [], ["Edit(src/**)"], "x/src/a", "ask"),
        (["Edit(src/**)"], [], ["Edit"], "x/src/a", "deny"),
        (["Read(*.key)"], [], ["Edit"], "x/a.key", "deny"),
        ([], [], ["Edit(*.md)"], "x/a.md", "allow"),
        (["Edit(~/**)"], [], ["Edit"], "/home/ada/x", "deny"),
        (["Write"], [], ["Edit"], "a", "allow"),
        (["Edit"], [], ["Edit(src/**)"], "src/a", "deny"), (["*"], [], ["Edit"], "a", "deny"),
        ([], [], ["*"], "a", "ask"), ([], ["Edit"], ["Edit"], "a", "ask"),
    ])
    func `rules for paths are evaluated deny, ask, allow`(
        _ deny: [String], _ ask: [String], _ allow: [String], _ name: String, _ expected: String
    ) throws {
        #expect(
            path(name, editing: true, try policy(deny: deny, ask: ask, allow: allow)) == expected)
    }

    @Test func `a link is allowed when both ends are, and denied when either is`() throws {
        let link = ResolvedPath(
            named: AbsolutePath("src/a", relativeTo: Self.tree),
            real: AbsolutePath("lib/b", relativeTo: Self.tree))
        func verdict(_ policy: PermissionPolicy) -> String {
            word(policy.verdict(on: [.edit(link)], by: Self.edit))
        }
        #expect(verdict(try policy(allow: ["Edit(src/**)"])) == "ask")
        #expect(verdict(try policy(allow: ["Edit(src/**)", "Edit(lib/**)"])) == "allow")
        #expect(verdict(try policy(deny: ["Edit(lib/**)"], allow: ["Edit"])) == "deny")
        #expect(verdict(try policy(deny: ["Edit(src/**)"], allow: ["Edit"])) == "deny")
    }

    @Test(arguments: [
        ("WebFetch(domain:example.com)", "example.com", "allow"),
        ("WebFetch(domain:*.example.com)", "api.example.com", "allow"),
        ("WebFetch(domain:*.example.com)", "example.com", "ask"),
        ("WebFetch(domain:example.com)", "example.com.evil.org", "ask"),
        ("WebFetch(domain:EXAMPLE.com)", "example.com", "allow"), ("WebFetch", "x.org", "allow"),
    ])
    func `hosts are held against domains`(
        _ rule: String, _ host: String, _ expected: String
    ) throws {
        let policy = try policy(allow: [rule])
        #expect(word(policy.verdict(on: [.fetch(host: host)], by: Self.fetch)) == expected)
    }

    @Test func `rules name servers, agents, skills and parameters`() throws {
        let tool = ToolDefinition(name: "mcp__db__query", description: "", inputSchema: .null)
        let agent = ToolDefinition(name: "Agent", description: "", inputSchema: .null)
        for rule in ["mcp__db", "mcp__db__*", "mcp__db__query", "mcp__*", "*"] {
            let policy = try policy(deny: [rule], .bypassPermissions)
            #expect(word(policy.verdict(on: [.tool], by: tool)) == "deny", "\(rule)")
        }
        let policy = try policy(deny: ["Task(Plan)", "Agent(model:opus)", "mcp__d"])
        #expect(word(policy.verdict(on: [.agent(type: "Plan")], by: agent)) == "deny")
        #expect(word(policy.verdict(on: [.agent(type: "Explore")], by: agent)) == "allow")
        #expect(
            word(policy.verdict(on: [.agent(type: "X")], by: agent, input: ["model": "opus"]))
                == "deny")
        // `mcp__d` is another server; nothing says that this one's tool changes nothing.
        #expect(word(policy.verdict(on: [.tool], by: tool)) == "ask")
        let allowed = try self.policy(allow: ["mcp__db"])
        #expect(word(allowed.verdict(on: [.tool], by: tool)) == "allow")
    }

    @Test(arguments: ["", "(x)", "Bash(x", "Bash)x", "Bash(a:* b)"])
    func `what is no rule is refused`(_ text: String) {
        #expect(throws: PermissionRule.Problem.self) { _ = try PermissionRule(text) }
    }

    @Test func `a whole tool that is denied is not there`() throws {
        let policy = try policy(deny: ["Bash", "Edit(src/**)", "Web*"])
        let names = policy.permitted(.all).names
        #expect(!names.contains("Bash") && !names.contains("WebFetch") && names.contains("Edit"))
    }

    /// Whatever a random policy of allowing rules is, what is denied stays denied.
    @Test(arguments: 0..<300)
    func `nothing that allows outweighs what denies`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let names = ["src/a", "src/.env", "lib/b.key", ".git/x", "a/id_rsa", "x"]
        let denies = ["Read(*.key)", "Edit(src/**)", "Bash(rm *)"]
        let allows = [
            "Edit", "Read", "Bash", "Edit(**)", "Bash(*)", "Read(//**)", "Edit(src/a)",
            "Bash(rm x)",
        ]
        let mode = PermissionMode.allCases.randomElement(using: &random) ?? .default
        let policy = try policy(
            deny: denies, allow: allows.filter { _ in Bool.random(using: &random) }, mode,
            confined: Bool.random(using: &random))
        let name = names.randomElement(using: &random) ?? "x"
        if name != "x" { #expect(path(name, editing: true, policy) == "deny", "\(name) \(mode)") }
        let hidden = ["rm x", "a; rm x", "echo $(rm x)", "env rm x", "sh -c 'rm x'", "cat b.key"]
        let text = hidden.randomElement(using: &random) ?? "rm x"
        #expect(command(text, policy) == "deny", "\(text) \(mode)")
    }

    private struct Person: PermissionAsker {
        let answer: PermissionAnswer
        func answer(to question: PermissionQuestion) async -> PermissionAnswer { answer }
    }

    @Test func `without anybody to ask, a question is a no that is counted`() async throws {
        let gate = PermissionGate(policy: try policy(), asker: nil, worker: "w")
        let access = [Access.command("make", folder: Self.tree)]
        let refusal = await gate.refusal(of: access, by: Self.bash, input: ["command": "make"])
        #expect(refusal?.contains("nobody can be asked") == true)
        #expect(await gate.denials.map(\.tool) == ["Bash"])
    }

    @Test func `an answer for always is a rule from then on`() async throws {
        let person = Person(answer: .allowAlways(try PermissionRule("Bash(make *)")))
        let gate = PermissionGate(policy: try policy(), asker: person, worker: "w")
        for _ in 0..<2 {
            let access = [Access.command("make all", folder: Self.tree)]
            #expect(await gate.refusal(of: access, by: Self.bash, input: .null) == nil)
        }
        let no = PermissionGate(
            policy: try policy(), asker: Person(answer: .deny("use ninja")), worker: "w")
        let text = await no.refusal(
            of: [.command("make", folder: Self.tree)], by: Self.bash, input: .null)
        #expect(text?.contains("They said: use ninja") == true)
        #expect(await no.denials.count == 1)
    }
}
