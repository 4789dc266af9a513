import Base
import Tasks
import Testing

struct PlanLoaderTests {
    private static let files = ["prompts/docs.md": Array("Write the docs.\n".utf8)]

    private static let yaml = """
        version: 1
        goal: Make the client retry
        base: 0123456
        jobs: 4
        agent: claude
        env: {LANG: C, LEVEL: 3, MODE: 0755, EMPTY: ""}
        budget: {usd: 5, tokens: 2000000, minutes: 60.5}
        setup:
          copy: [.env, "config/*.local"]
          share: [node_modules, {path: .build/, else: link}]
          run: [npm ci]
          ports: {WEB: 1, DB: 2}
        outputs: ["dist/**"]
        checks:
          - {name: test, run: make test, timeout: 10m}
          - {name: lint, run: make lint}
        tasks:
          - id: retry
            title: Retry
            prompt: |
              Retry twice.

              Then give up.
            touches: ["src/net/**"]
            attempts: 2
            retries: 1
            timeout: 1800
            agent: builtin
            env: {LEVEL: "4"}
          - id: docs
            prompt_file: prompts/docs.md
            after: [retry]
            agent: {command: ./agent.sh}
          - {id: count, command: wc -l src/*, reads: true, timeout: 1.5}
        verify: {agent: keep-both, quorum: 2, checks: [test], protect: ["tests/**", ".ci/**"]}
        land: {onto: main, strategy: ff}
        """

    private func load(_ text: String, _ name: String = "plan.yaml") throws -> Plan {
        try PlanLoader.load(text: text.utf8, name: name) { Self.files[$0] }.get()
    }

    @Test func `every key of a plan is read`() throws {
        var plan = Plan()
        plan.goal = "Make the client retry"
        plan.base = "0123456"
        plan.jobs = 4
        plan.agent = .named("claude")
        plan.environment = ["LANG": "C", "LEVEL": "3", "MODE": "0755", "EMPTY": ""]
        plan.budget = Budget(usd: 5, tokens: 2_000_000, minutes: 60.5)
        plan.setup.copy = [try Glob(".env"), try Glob("config/*.local")]
        plan.setup.share = [
            SharedPath(path: RepositoryPath("node_modules")),
            SharedPath(path: RepositoryPath(".build"), fallback: .link),
        ]
        plan.setup.run = ["npm ci"]
        plan.setup.ports = ["WEB": 1, "DB": 2]
        plan.outputs = [try Glob("dist/**")]
        plan.checks = [
            Check(name: "test", run: "make test", timeout: .seconds(600)),
            Check(name: "lint", run: "make lint"),
        ]
        let ids = try ["retry", "docs", "count"].map { try #require(TaskID($0)) }
        var retry = PlannedTask(id: ids[0], work: .prompt("Retry twice.\n\nThen give up.\n"))
        retry.title = "Retry"
        retry.touches = [try Glob("src/net/**")]
        retry.attempts = 2
        retry.retries = 1
        retry.timeout = .seconds(1800)
        retry.agent = .named("builtin")
        retry.environment = ["LEVEL": "4"]
        var docs = PlannedTask(id: ids[1], work: .prompt("Write the docs.\n"))
        docs.after = [ids[0]]
        docs.agent = .command("./agent.sh")
        var count = PlannedTask(id: ids[2], work: .command("wc -l src/*"))
        count.reads = true
        count.timeout = .milliseconds(1500)
        plan.tasks = [retry, docs, count]
        plan.verification.agent = .keepBoth
        plan.verification.quorum = 2
        plan.verification.checks = ["test"]
        plan.verification.protect = [try Glob("tests/**"), try Glob(".ci/**")]
        plan.landing = Landing(onto: "main", strategy: .fastForward)

        let loaded = try load(Self.yaml)
        #expect(loaded == plan)
        #expect(try Plan(json: loaded.json) == plan)
        #expect(loaded.environment(for: retry)["LEVEL"] == "4")
        #expect(loaded.agent(for: count) == nil)
        #expect(loaded.verification.selected(from: loaded.checks).map(\.name) == ["test"])
    }

    @Test func `the same plan as JSON and as YAML is the same plan`() throws {
        let plan = try load(Self.yaml)
        #expect(try load(plan.json.pretty, "plan.json") == plan)
        #expect(try load(plan.json.compact, "plan") == plan)
    }

    @Test func `JSON escapes outside the basic plane are read, lone halves replaced`() throws {
        let plan = try load(
            #"{"version": 1, "goal": "\ud83d\ude00 \\ud83d \ud83d! \u00e9", "tasks": [{"id": "a", "command": "b"}]}"#,
            "plan.json")
        #expect(plan.goal == "😀 \\ud83d \u{FFFD}! é")
    }

    @Test func `a verifier may be a command`() throws {
        let short = try load(
            "version: 1\ntasks: [{id: a, command: b}]\nverify: {command: ./v}\n")
        #expect(short.verification.agent == .command("./v"))
        let long = try load(
            "version: 1\ntasks: [{id: a, command: b}]\nverify: {agent: {command: ./v}}\n")
        #expect(long == short)
    }

    @Test func `a plan without tasks is read where they come from elsewhere`() throws {
        let plan = try PlanLoader.load(
            text: "version: 1\ngoal: x".utf8, name: "p", requiringTasks: false
        ) { _ in nil }.get()
        #expect(plan.goal == "x")
        #expect(plan.tasks.isEmpty)
    }

    @Test func `Markdown holds one task per section`() throws {
        let plan = try load(
            """
            ---
            version: 1
            checks: [{name: test, run: make test}]
            ---

            # Make the client retry

            For people.

            ## retry: Retry: twice

            ```yaml
            touches: ["src/net/**"]
            retries: 2
            ```

            Retry twice.

            ### How

            ```sh
            ## no heading
            ```

            ## count
            ~~~yml
            command: wc -l
            after: [retry]
            ~~~

            ## docs
            Write.
            """, "plan.md")
        #expect(plan.goal == "Make the client retry")
        #expect(plan.checks.map(\.name) == ["test"])
        #expect(plan.tasks.map(\.id.description) == ["retry", "count", "docs"])
        #expect(plan.tasks[0].title == "Retry: twice")
        #expect(plan.tasks[0].retries == 2)
        #expect(plan.tasks[0].touches == [try Glob("src/net/**")])
        #expect(
            plan.tasks[0].work
                == .prompt("Retry twice.\n\n### How\n\n```sh\n## no heading\n```"))
        #expect(plan.tasks[1].work == .command("wc -l"))
        #expect(plan.tasks[1].after == [plan.tasks[0].id])
        #expect(plan.tasks[2].work == .prompt("Write."))
    }

    @Test func `line ends of another system change nothing`() throws {
        let text = "---\nversion: 1\ngoal: g\n---\n## a\n```yaml\nretries: 1\n```\nDo\nit.\n"
        let plan = try load(text, "plan.md")
        #expect(try load(text.replacing("\n", with: "\r\n"), "plan.md") == plan)
        #expect(try load("\u{FEFF}" + text, "plan.md") == plan)
        #expect(plan.tasks[0].work == .prompt("Do\nit."))
        #expect(plan.tasks[0].retries == 1)
    }

    @Test(arguments: [
        ("a.yaml", "{}", PlanFormat.yaml), ("a.YML", "{}", .yaml), ("a.json", "a: 1", .json),
        ("a.md", "a: 1", .markdown), ("-", " \n {\"a\": 1}", .json), ("plan", "a: 1", .yaml),
        ("a.txt", "---\na: 1\n---\n\n## x\ny", .markdown), ("a.txt", "---\na: 1\n## x\n", .yaml),
        ("", "", .yaml), ("md", "a: 1", .markdown),
    ])
    func `the format is that of the name, else that of the text`(
        name: String, text: String, format: PlanFormat
    ) {
        #expect(PlanFormat(name: name, text: text.utf8) == format)
    }
}
