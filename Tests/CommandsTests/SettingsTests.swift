import Base
import Tasks
import TestSupport
import Testing

@testable import Commands

/// A repository with a home beside it.
private struct Place: ~Copyable {
    let repository: ScratchRepository
    var home: AbsolutePath { repository.outside.appending("home") }
    var userFile: AbsolutePath { home.appending(".config/treeguild/config.yaml") }
    var repositoryFile: AbsolutePath { repository.path.appending(".treeguild/config.yaml") }

    init() throws { repository = try ScratchRepository() }

    func write(_ text: String, to file: AbsolutePath) throws {
        try Files.makeFolder(file.parent)
        try Files.replace(file, with: text.utf8)
    }

    func load(
        _ words: [String] = ["config"], environment: [String: String] = [:],
        in folder: AbsolutePath? = nil
    ) throws -> LoadedSettings {
        try LoadedSettings(
            folder: folder ?? repository.path,
            environment: environment.merging(["HOME": home.description]) { given, _ in given },
            arguments: try ParsedArguments(words))
    }

    func problems(
        _ words: [String] = ["config"], environment: [String: String] = [:]
    ) throws -> [String] {
        do {
            _ = try load(words, environment: environment)
            return []
        } catch let error as SettingsError {
            return error.commandError.details
        }
    }
}

struct SettingsTests {
    @Test func `layers add to what workers may reach, and a repository's only narrows the network`()
        throws
    {
        let place = try Place()
        try place.write(
            "sandbox: {hide: [~/private], write: [~/tools], network: loopback, memory: 1GiB}\n",
            to: place.userFile)
        try place.write(
            "sandbox: {hide: [keys], network: all, processes: 9}\n", to: place.repositoryFile)
        let wishes = try place.load().settings.sandbox
        #expect(Set(wishes.hide) == ["~/private", "keys"])
        #expect(wishes.write == [place.home.appending("tools").description])
        #expect(wishes.network == .loopback)
        #expect(wishes.processes == 9)
        #expect(wishes.memory == 1 << 30)
        try place.write("sandbox: {network: none, write: [out]}\n", to: place.repositoryFile)
        // What a repository would open waits for an approval.
        #expect(try place.load().settings.sandbox.network == .loopback)
        #expect(try place.load().withheld.map(\.key) == ["sandbox"])
        try place.write("sandbox: {network: none}\n", to: place.repositoryFile)
        #expect(try place.load().settings.sandbox.network == SandboxWishes.Network.none)
    }

    @Test func `without files all values are built in`() throws {
        let place = try Place()
        let settings = try place.load().settings
        #expect(settings.entries.allSatisfy { $0.origin == .builtIn })
        #expect(settings.jobs == nil)
        #expect(settings.preserveLimit == 10_000_000)
        #expect(settings.color == "auto")
        #expect(settings.checks == [])
        #expect(settings.agent == nil)
    }

    @Test func `later layers win, each value with its origin`() throws {
        let place = try Place()
        let all = "jobs: 1\nagent: user\npreserve_limit: 1\ncolor: never\ntimeout: 1\n"
        try place.write(all, to: place.userFile)
        try place.write(
            "# ours\njobs: 2\nagent: repository\npreserve_limit: 2KiB\n", to: place.repositoryFile)
        let environment = ["TREEGUILD_JOBS": "3", "TREEGUILD_AGENT": "1", "TREEGUILD_BUDGET": ""]
        let settings = try place.load(["run", "--jobs=4"], environment: environment).settings

        #expect(settings["jobs"] == .init(key: "jobs", value: 4, origin: .option("--jobs")))
        #expect(settings["agent"]?.value == "1")
        #expect(settings["agent"]?.origin == .variable("TREEGUILD_AGENT"))
        #expect(settings["preserve_limit"]?.value == 2048)
        let repositoryFile = try Files.resolve(place.repositoryFile)
        #expect(settings["preserve_limit"]?.origin == .repository(repositoryFile, line: 4))
        #expect(settings["timeout"]?.origin == .user(place.userFile, line: 5))
        #expect(settings["budget"]?.origin == .builtIn)
    }

    @Test func `all kinds of values are read`() throws {
        let place = try Place()
        try place.write(
            """
            jobs: 3
            agent: {command: "agent --fast"}
            verifier: keep-both
            worktrees: ~/trees
            preserve_limit: 1 GB
            outputs: [dist/**, "*.o"]
            checks:
              - {name: test, run: make test, timeout: 10m}
              - name: lint
                run: make lint
            setup:
              copy: [.env]
              share: [node_modules]
              run: [npm ci]
              ports: {WEB: 2}
            budget: {usd: 1.5, tokens: 1000, minutes: 30}
            features: {fast: true, depth: 3}
            color: always
            timeout: 1h
            """, to: place.userFile)
        let settings = try place.load().settings
        #expect(settings.jobs == 3)
        #expect(settings.agent == .command("agent --fast"))
        #expect(settings.verifier == .named("keep-both"))
        #expect(settings.worktrees == place.home.appending("trees"))
        #expect(settings.preserveLimit == 1_000_000_000)
        #expect(settings.outputs == ["dist/**", "*.o"])
        #expect(settings.checks.map(\.name) == ["test", "lint"])
        #expect(settings.checks.map(\.timeout) == [600, nil])
        #expect(settings.setup.run == ["npm ci"])
        #expect(settings.setup.copy == [".env"])
        #expect(settings.setup.ports["WEB"] == 2)
        #expect(settings.budget.usd == 1.5)
        #expect(settings.budget.tokens == 1000)
        #expect(settings.features["depth"] == 3)
        #expect(settings.timeout == 3600)
    }

    @Test func `variables and options carry structures and short forms`() throws {
        let place = try Place()
        let settings = try place.load(
            ["run", "--budget", "2.5"],
            environment: [
                "TREEGUILD_BUDGET": "{minutes: 5}", "TREEGUILD_OUTPUTS": "[a, b]",
                "TREEGUILD_WORKTREES": "trees",
            ]
        ).settings
        #expect(settings.budget.usd == 2.5)
        #expect(settings.budget.minutes == nil)
        #expect(settings.outputs == ["a", "b"])
        #expect(settings.worktrees == place.repository.path.appending("trees"))
    }

    static let problems: [(String, [String])] = [
        ("job: 3", [":1:1: unknown key 'job'; did you mean 'jobs'?"]),
        ("zebra: 3", [":1:1: unknown key 'zebra'"]),
        (
            "permissions: {zebra: 3}",
            [":1:15: unknown key 'permissions.zebra'; known are mode, allow, ask, deny"]
        ),
        (
            "jobs: many\ntimeout: week",
            [
                ":1:7: jobs: found 'many', expected a whole number of at least 1",
                ":2:10: timeout: found 'week', expected a duration, such as 90, 90s, 15m, 2h or 7d",
            ]
        ),
        ("jobs: 0", [":1:7: jobs: found '0', expected a whole number of at least 1"]),
        ("agent: 1", [":1:8: agent: found '1', expected text, or keys with values"]),
        ("agent:", [":1:7: agent: found nothing, expected text, or keys with values"]),
        ("agent: [a]", [":1:8: agent: found a list, expected text, or keys with values"]),
        ("outputs: dist", [":1:10: outputs: found 'dist', expected a list"]),
        (
            "checks:\n  - {name: a}\n  - {run: b, nam: c}",
            [
                ":2:5: checks[0]: 'run' is missing",
                ":3:14: unknown key 'checks[1].nam'; did you mean 'name'?",
                ":3:5: checks[1]: 'name' is missing",
            ]
        ),
        (
            "setup:\n  run: [1]",
            [":2:9: setup.run[0]: found '1', expected a command line"]
        ),
        ("color: blue", [":1:8: color: found 'blue', expected auto, always or never"]),
        ("budget: {usd: -1}", [":1:15: budget.usd: found '-1', expected a number of at least 0"]),
        ("- jobs", [":1:1: found a list, expected keys with values"]),
        ("jobs: 1\njobs: 2", [":2:1: key 'jobs' stands here and in line 1"]),
        ("a: b: c", [":1:5: not YAML: mapping values are not allowed in this context"]),
    ]

    @Test(arguments: problems)
    func `what is wrong is told with file, line and column`(
        text: String, expected: [String]
    ) throws {
        let place = try Place()
        try place.write(text, to: place.userFile)
        #expect(try place.problems() == expected.map { place.userFile.description + $0 })
    }

    @Test func `a bad variable is told by its name, with all other problems`() throws {
        let place = try Place()
        try place.write("jobs: x", to: place.userFile)
        let problems = try place.problems(environment: ["TREEGUILD_TIMEOUT": "soon"])
        #expect(problems.count == 2)
        #expect(problems.last?.hasPrefix("TREEGUILD_TIMEOUT: timeout: found 'soon'") == true)
    }

    @Test(arguments: ["", "# nothing\n", "{}", "---\n"])
    func `an empty file says nothing`(text: String) throws {
        let place = try Place()
        try place.write(text, to: place.userFile)
        #expect(try place.load().settings.entries.allSatisfy { $0.origin == .builtIn })
    }

    @Test func `XDG variables count only with absolute paths`() throws {
        let place = try Place()
        let other = place.repository.outside.appending("xdg")
        try place.write("jobs: 5", to: other.appending("treeguild/config.yaml"))
        let absolute = ["XDG_CONFIG_HOME": other.description]
        #expect(try place.load(environment: absolute).settings.jobs == 5)
        #expect(try place.load(environment: ["XDG_CONFIG_HOME": "xdg"]).settings.jobs == nil)
    }

    @Test func `a linked worktree has the main worktree's settings`() throws {
        let place = try Place()
        try place.repository.commit()
        try place.write("jobs: 6", to: place.repositoryFile)
        let linked = place.repository.outside.appending("linked")
        try place.repository.git("worktree", "add", "-q", "--detach", linked.description)
        try place.write("jobs: 7", to: linked.appending(".treeguild/config.yaml"))
        #expect(try place.load(in: linked).settings.jobs == 6)
    }

    @Test func `outside a repository and in a bare one the user's settings count`() throws {
        let place = try Place()
        try place.write("jobs: 8", to: place.userFile)
        let loaded = try place.load(in: place.home)
        #expect(loaded.settings.jobs == 8)
        #expect(loaded.layout == nil)
        let bare = try ScratchRepository(bare: true)
        #expect(try place.load(in: bare.path).layout?.settingsFile == nil)
        #expect(try place.load(in: bare.path).settings.jobs == 8)
    }

    @Test func `config prints values with origins`() async throws {
        let place = try Place()
        try place.write("jobs: 2\n", to: place.userFile)
        let text = await Captured.run(["config"], in: place.repository.path, home: place.home)
        #expect(text.data.contains("jobs            2  (\(place.userFile):1)\n"))
        #expect(text.data.contains("color           auto  (built in)\n"))

        let one = await Captured.run(
            ["config", "jobs", "--json"], in: place.repository.path, home: place.home,
            environment: ["TREEGUILD_JOBS": "3"])
        let settings = try one.json["settings"]
        #expect(
            settings == [
                [
                    "key": "jobs", "value": 3,
                    "origin": ["kind": "environment", "variable": "TREEGUILD_JOBS"],
                ]
            ])
    }

    @Test func `config tells bad settings with exit 2, doctor goes on`() async throws {
        let place = try Place()
        try place.write("jbos: 2\n", to: place.userFile)
        let folder = place.repository.path
        let config = await Captured.run(["config"], in: folder, home: place.home)
        #expect(config.code == .usage)
        #expect(config.talk.contains("config.yaml:1:1: unknown key 'jbos'; did you mean 'jobs'?"))
        let doctor = await Captured.run(["doctor"], in: folder, home: place.home)
        #expect(doctor.code == .notDone)
        #expect(doctor.data.contains("failure  settings"))
        #expect(await Captured.run(["version"], in: folder, home: place.home).code == .done)
    }
}

struct TrustTests {
    private static let text = """
        jobs: 2
        checks:
          - {name: test, run: make test}
        setup:
          run:
            - npm ci
        """

    @Test func `what would run is left out until it is approved`() async throws {
        let place = try Place()
        try place.write(Self.text, to: place.repositoryFile)
        let before = try place.load()
        #expect(before.settings.jobs == 2)
        #expect(before.settings.checks == [])
        #expect(before.withheld.map(\.key) == ["checks", "setup"])
        let items = before.trust.waiting
        #expect(items.map(\.setting) == ["checks[0].run", "setup.run[0]"])
        #expect(items.map(\.text) == ["make test", "npm ci"])
        #expect(items.map(\.line) == [3, 6])

        let approved = await Captured.run(
            ["trust", "--yes"], in: place.repository.path, home: place.home)
        #expect(approved.code == .done)
        #expect(approved.data.contains("make test") && approved.data.contains("npm ci"))
        let after = try place.load()
        #expect(after.settings.checks.map(\.run) == ["make test"])
        #expect(after.settings.setup.run == ["npm ci"])
        #expect(after.withheld == [])
    }

    @Test func `any change of the file asks again, the old content stays approved`() async throws {
        let place = try Place()
        try place.write(Self.text, to: place.repositoryFile)
        _ = await Captured.run(["trust", "-y"], in: place.repository.path, home: place.home)
        try place.write(Self.text + " # harmless\n", to: place.repositoryFile)
        guard case .untrusted = try place.load().trust else {
            Issue.record("a changed file is trusted")
            return
        }
        try place.write(Self.text, to: place.repositoryFile)
        guard case .trusted = try place.load().trust else {
            Issue.record("the approved content is not trusted")
            return
        }
    }

    @Test func `the same content in another repository is not approved`() async throws {
        let first = try Place()
        let second = try Place()
        for repository in [first.repositoryFile, second.repositoryFile] {
            try first.write(Self.text, to: repository)
        }
        _ = await Captured.run(["trust", "--yes"], in: first.repository.path, home: first.home)
        let other = try second.load(environment: ["HOME": first.home.description])
        #expect(other.trust.waiting.count == 2)
    }

    @Test(arguments: [
        ("y", ExitCode.done), ("Yes", .done), ("n", .refused), ("", .refused), ("yess", .refused),
    ])
    func `on a terminal the user is asked`(answer: String, exit: ExitCode) async throws {
        let place = try Place()
        try place.write(Self.text, to: place.repositoryFile)
        let captured = await Captured.run(
            ["trust"], in: place.repository.path, home: place.home, answer: answer)
        #expect(captured.code == exit)
        #expect(captured.talk.hasSuffix("[y/N] "))
        #expect(try place.load().trust.waiting.isEmpty == (exit == .done))
    }

    @Test func `without a terminal --yes is needed`() async throws {
        let place = try Place()
        try place.write(Self.text, to: place.repositoryFile)
        let captured = await Captured.run(["trust"], in: place.repository.path, home: place.home)
        #expect(captured.code == .refused)
        #expect(captured.talk.contains("hint: approve with: treeguild trust --yes"))
        #expect(!(try place.load().trust.waiting.isEmpty))
    }

    @Test func `revoke takes all approvals of this repository back, list prints all`() async throws
    {
        let first = try Place()
        let second = try Place()
        for file in [first.repositoryFile, second.repositoryFile] {
            try first.write(Self.text, to: file)
        }
        for folder in [first.repository.path, second.repository.path] {
            _ = await Captured.run(["trust", "--yes"], in: folder, home: first.home)
        }
        let list = await Captured.run(
            ["trust", "--list", "--json"], in: first.home.parent, home: first.home)
        #expect(try list.json["approvals"]?.arrayValue?.count == 2)
        let revoked = await Captured.run(
            ["trust", "--revoke"], in: first.repository.path, home: first.home)
        #expect(revoked.data == "1 approval taken back\n")
        #expect(try first.load().trust.waiting.count == 2)
        let kept = try second.load(environment: ["HOME": first.home.description])
        #expect(kept.trust.waiting.isEmpty)
    }

    @Test func `settings that run nothing need no approval`() async throws {
        let place = try Place()
        try place.write("jobs: 2\nagent: claude\noutputs: [dist/**]\n", to: place.repositoryFile)
        #expect(try place.load().trust == .nothingToTrust)
        let captured = await Captured.run(["trust"], in: place.repository.path, home: place.home)
        #expect(captured.code == .done)
    }

    @Test func `the user's own settings need no approval`() throws {
        let place = try Place()
        try place.write(Self.text, to: place.userFile)
        #expect(try place.load().settings.setup.run == ["npm ci"])
    }

    @Test func `a repository cannot move the worktrees without approval`() throws {
        let place = try Place()
        try place.write("worktrees: /somewhere\n", to: place.repositoryFile)
        #expect(try place.load().settings.worktrees == nil)
        #expect(try place.load().trust.waiting.map(\.setting) == ["worktrees"])
    }

    @Test func `a user's value stands while the repository's is withheld`() throws {
        let place = try Place()
        try place.write("verifier: keep-both\n", to: place.userFile)
        try place.write("verifier: {command: evil}\n", to: place.repositoryFile)
        #expect(try place.load().settings.verifier == .named("keep-both"))
    }

    @Test func `the file of approvals is the user's alone`() async throws {
        let place = try Place()
        try place.write(Self.text, to: place.repositoryFile)
        let folder = place.repository.path
        _ = await Captured.run(["trust", "--yes"], in: folder, home: place.home)
        let file = place.home.appending(".local/state/treeguild/trust.json")
        let mode = try Shell.run(
            ["stat", "-c", "%a", file.description], in: folder,
            environment: place.repository.environment)
        #expect(mode.line == "600")

        _ = try Shell.run(
            ["chmod", "666", file.description], in: folder,
            environment: place.repository.environment)
        #expect(throws: TrustError.writableByOthers(file)) { try place.load() }
        let captured = await Captured.run(["config"], in: folder, home: place.home)
        #expect(captured.code == .refused)
        try Files.replace(file, with: "no JSON".utf8, mode: 0o600)
        #expect(throws: TrustError.damaged(file)) { try place.load() }
    }

    @Test func `approvals made at once are all kept`() async throws {
        let scratch = try Scratch()
        let store = TrustStore(path: scratch.path.appending("state/trust.json"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try store.approve(
                        Approval(repository: "/r\(number)", hash: "h", time: "now"))
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(try store.load().map(\.repository)).count == 40)
    }

    @Test func `without a home nothing can be approved`() async throws {
        let place = try Place()
        try place.write(Self.text, to: place.repositoryFile)
        let captured = await Captured.run(
            ["trust", "--yes"], in: place.repository.path, home: place.home,
            environment: ["HOME": ""])
        #expect(captured.code == .notDone)
        #expect(captured.talk.contains("HOME is not set"))
    }

    @Test func `a command that needs approved settings refuses and says what to do`() async throws {
        let place = try Place()
        try place.write(Self.text, to: place.repositoryFile)
        let surroundings = Surroundings(
            environment: ["HOME": place.home.description], folder: place.repository.path,
            streams: Output.Streams(data: Memory().stream(), talk: Memory().stream(), answer: nil))
        let prepared = Invocation.Prepared(
            arguments: try ParsedArguments(["run"]), surroundings: surroundings)
        let invocation = Invocation(
            prepared: prepared,
            output: Output(streams: surroundings.streams, mode: Output.Mode()))
        let error = #expect(throws: CommandError.self) { try invocation.approvedSettings() }
        #expect(error?.exit == .refused)
        #expect(error?.details == ["make test", "npm ci"])
        #expect(error?.hint == "read and approve them with: treeguild trust")
    }
}
