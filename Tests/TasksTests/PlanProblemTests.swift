import Base
import Tasks
import Testing
import YAML

struct PlanProblemTests {
    typealias Kind = PlanProblem.Kind

    /// A valid plan of six lines, for mistakes to be added from line 7 on.
    private static let start = """
        version: 1
        checks:
          - {name: test, run: make test}
        tasks:
          - id: first
            prompt: do it

        """

    private func problems(_ text: String, _ name: String = "plan.yaml") -> [PlanProblem] {
        let files = ["empty.md": [], "bad.md": [0xff], "good.md": Array("x".utf8)]
        switch PlanLoader.load(text: text.utf8, name: name, readFile: { files[$0] }) {
        case .success: return []
        case .failure(let errors): return errors.problems
        }
    }

    @Test(
        arguments: [
            ("jbos: 4", 7, 1, "jbos", .unknownKey(nearest: "jobs")),
            ("workspace: 4", 7, 1, "workspace", .unknownKey(nearest: nil)),
            (
                "  - {id: b, promt: x, command: y}", 7, 13, "tasks[1].promt",
                .unknownKey(nearest: "prompt")
            ),
            ("budget: {eur: 5}", 7, 10, "budget.eur", .unknownKey(nearest: nil)),
            ("setup: {coppy: []}", 7, 9, "setup.coppy", .unknownKey(nearest: "copy")),
            (
                "land: {onto: main, stratgy: ff}", 7, 20, "land.stratgy",
                .unknownKey(nearest: "strategy")
            ),
            ("verify: {qorum: 1}", 7, 10, "verify.qorum", .unknownKey(nearest: "quorum")),
            ("goal: [x]", 7, 7, "goal", .wrongType),
            ("goal: 5", 7, 7, "goal", .wrongType),
            ("goal:", 7, 6, "goal", .wrongType),
            ("jobs: four", 7, 7, "jobs", .wrongType),
            ("jobs: 1.5", 7, 7, "jobs", .wrongType),
            ("outputs: dist", 7, 10, "outputs", .wrongType),
            ("env: [A]", 7, 6, "env", .wrongType),
            ("env: {A: true}", 7, 10, "env.A", .wrongType),
            ("setup: []", 7, 8, "setup", .wrongType),
            ("setup: {run: npm ci}", 7, 14, "setup.run", .wrongType),
            ("setup: {ports: 3}", 7, 16, "setup.ports", .wrongType),
            ("setup: {teardown: rm x}", 7, 19, "setup.teardown", .wrongType),
            ("sandbox: off", 7, 10, "sandbox", .wrongType),
            ("sandbox: {write: x}", 7, 18, "sandbox.write", .wrongType),
            ("sandbox: {write: [/a, build]}", 7, 23, "sandbox.write[1]", .invalidValue),
            ("sandbox: {write: [./a]}", 7, 19, "sandbox.write[0]", .invalidValue),
            ("sandbox: {network: off}", 7, 20, "sandbox.network", .invalidValue),
            ("sandbox: {processes: 0}", 7, 22, "sandbox.processes", .outOfRange),
            ("sandbox: {memory: 2 horses}", 7, 19, "sandbox.memory", .invalidValue),
            ("sandbox: {hid: []}", 7, 11, "sandbox.hid", .unknownKey(nearest: "hide")),
            ("  - x", 7, 5, "tasks[1]", .wrongType),
            ("  - {id: b, command: c, reads: maybe}", 7, 32, "tasks[1].reads", .wrongType),
            ("  - {id: b, command: c, after: first}", 7, 32, "tasks[1].after", .wrongType),
            ("budget: {usd: .inf}", 7, 15, "budget.usd", .wrongType),
            ("  - {prompt: x}", 7, 5, "tasks[1].id", .missingKey),
            ("land: {strategy: ff}", 7, 7, "land.onto", .missingKey),
            ("setup: {share: [{else: link}]}", 7, 17, "setup.share[0]", .missingKey),
            ("  - {id: b}", 7, 5, "tasks[1]", .missingKey),
            (
                "  - {id: b, prompt: x, command: y}", 7, 24, "tasks[1].command",
                .conflictingKeys(["prompt", "command"])
            ),
            (
                "  - {id: b, prompt_file: good.md, prompt: y}", 7, 13, "tasks[1].prompt_file",
                .conflictingKeys(["prompt", "prompt_file"])
            ),
            (
                "  - {id: b, command: x, agent: claude}", 7, 25, "tasks[1].agent",
                .conflictingKeys(["command", "agent"])
            ),
            (
                "verify: {agent: a, command: b}", 7, 20, "verify.command",
                .conflictingKeys(["agent", "command"])
            ),
            (
                "  - {id: b, prompt: x, agent: command}", 7, 5, "tasks[1]",
                .conflictingKeys(["prompt", "agent"])
            ),
            ("goal: ''", 7, 7, "goal", .invalidValue),
            ("setup: {share: [../x]}", 7, 17, "setup.share[0]", .invalidValue),
            ("setup: {share: [/x]}", 7, 17, "setup.share[0]", .invalidValue),
            (
                "setup: {share: [{path: x, else: move}]}", 7, 33, "setup.share[0].else",
                .invalidValue
            ),
            ("land: {onto: main, strategy: octopus}", 7, 30, "land.strategy", .invalidValue),
            ("agent: keep-both", 7, 8, "agent", .invalidValue),
            ("agent: a b", 7, 8, "agent", .invalidValue),
            ("verify: {agent: command}", 7, 17, "verify.agent", .invalidValue),
            ("base: --upload-pack=x", 7, 7, "base", .invalidName),
            ("land: {onto: a b}", 7, 14, "land.onto", .invalidName),
            ("  - {id: Fix, prompt: x}", 7, 10, "tasks[1].id", .invalidName),
            ("env: {A-B: x}", 7, 7, "env.A-B", .invalidName),
            ("setup: {ports: {0: 1}}", 7, 17, "", .syntax),
            ("setup: {ports: {0a: 1}}", 7, 17, "setup.ports.0a", .invalidName),
            ("env: {GIT_DIR: x}", 7, 7, "env.GIT_DIR", .reservedName),
            ("  - {id: merged, prompt: x}", 7, 10, "tasks[1].id", .reservedName),
            ("jobs: 0", 7, 7, "jobs", .outOfRange),
            ("jobs: 257", 7, 7, "jobs", .outOfRange),
            (
                "  - {id: b, command: c, budget: {turns: 0}}", 7, 41, "tasks[1].budget.turns",
                .outOfRange
            ),
            ("budget: {usd: 0}", 7, 15, "budget.usd", .outOfRange),
            ("budget: {tokens: -1}", 7, 18, "budget.tokens", .outOfRange),
            ("verify: {quorum: 1e999}", 7, 18, "verify.quorum", .outOfRange),
            ("verify: {quorum: 1e300}", 7, 18, "verify.quorum", .outOfRange),
            ("  - {id: b, command: c, attempts: 17}", 7, 35, "tasks[1].attempts", .outOfRange),
            ("  - {id: b, command: c, retries: -1}", 7, 34, "tasks[1].retries", .outOfRange),
            ("setup: {ports: {A: 0}}", 7, 20, "setup.ports.A", .outOfRange),
            ("  - {id: b, command: c, timeout: soon}", 7, 34, "tasks[1].timeout", .invalidDuration),
            ("  - {id: b, command: c, timeout: 0}", 7, 34, "tasks[1].timeout", .invalidDuration),
            ("  - {id: b, command: c, timeout: [1]}", 7, 34, "tasks[1].timeout", .invalidDuration),
            ("  - {id: first, prompt: y}", 7, 10, "tasks[1].id", .duplicate(first: "tasks[0].id")),
            ("goal: a\ngoal: b", 8, 1, "", .duplicate(first: "goal")),
            (
                "  - {id: b, prompt: y, after: [first, first]}", 7, 39, "tasks[1].after[1]",
                .duplicate(first: "tasks[1].after[0]")
            ),
            (
                "  - {id: b, prompt: y, after: [frist]}", 7, 32, "tasks[1].after[0]",
                .unknownReference(nearest: "first")
            ),
            (
                "  - {id: b, prompt: y, after: [No such]}", 7, 32, "tasks[1].after[0]",
                .unknownReference(nearest: nil)
            ),
            (
                "verify: {checks: [tets]}", 7, 19, "verify.checks[0]",
                .unknownReference(nearest: "test")
            ),
            ("  - {id: b, prompt_file: none.md}", 7, 26, "tasks[1].prompt_file", .unreadableFile),
            ("  - {id: b, prompt_file: bad.md}", 7, 26, "tasks[1].prompt_file", .unreadableFile),
            ("  - {id: b, prompt_file: empty.md}", 7, 26, "tasks[1].prompt_file", .unreadableFile),
            ("goal: [a", 7, 9, "", .syntax),
            ("goal: *a", 7, 7, "", .syntax),
        ] as [(String, Int, Int, String, Kind)])
    func `a mistake is one problem that names its place`(
        text: String, line: Int, column: Int, path: String, kind: Kind
    ) {
        let found = problems(Self.start + text)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.kind == kind)
        #expect(found.first?.path == path)
        #expect(found.first?.mark == YAMLMark(line: line, column: column))
        #expect(found.first?.file == "plan.yaml")
        #expect(found.first?.found.isEmpty == false && found.first?.expected.isEmpty == false)
    }

    @Test(arguments: [
        ("", "", 1, Kind.wrongType), ("[]", "", 1, .wrongType),
        ("tasks:\n  - {id: a, command: b}", "version", 1, .missingKey),
        ("version: 2\ntasks: [{id: a, command: b}]", "version", 1, .unsupportedVersion),
        ("goal: x\nversion: one\ntasks: [{id: a, command: b}]", "version", 2, .unsupportedVersion),
        ("version: 1", "tasks", 1, .missingKey), ("version: 1\ntasks: []", "tasks", 2, .missingKey),
        ("version: 1\ntasks: {a: b}", "tasks", 2, .wrongType),
        (
            "version: 1\ntasks: [{id: a, command: b}]\nchecks: [{name: x, run: y}, {name: x, run: z}]",
            "checks[1].name", 3, .duplicate(first: "checks[0].name")
        ),
        (
            "version: 1\ntasks: [{id: a, command: b}]\nchecks:\n- {run: y}", "checks[0].name", 4,
            .missingKey
        ),
        (
            "version: 1\ntasks: [{id: a, command: b}]\nchecks:\n- {name: y}", "checks[0].run", 4,
            .missingKey
        ),
        (
            "version: 1\ntasks: [{id: a, command: b}]\nchecks:\n- {name: y/z, run: x}",
            "checks[0].name", 4, .invalidName
        ),
        (
            "version: 1\nagent: command\ntasks:\n- {id: a, prompt: b}", "tasks[0]", 4,
            .conflictingKeys(["prompt", "agent"])
        ),
    ])
    func `a mistake in the frame of a plan is found`(
        text: String, path: String, line: Int, kind: Kind
    ) {
        let found = problems(text)
        #expect(found.map(\.kind).contains(kind), "\(found)")
        #expect(found.first { $0.kind == kind }?.path == path)
        #expect(found.first { $0.kind == kind }?.line == line)
    }

    @Test func `a bad pattern says where in the pattern`() throws {
        let found = problems(Self.start + "    touches: [\"src/**\", \"src/[a\"]")
        #expect(found.count == 1)
        #expect(found.first?.path == "tasks[0].touches[1]")
        #expect(found.first?.mark == YAMLMark(line: 7, column: 25))
        guard case .invalidPattern(let error) = found.first?.kind else {
            Issue.record("\(found)")
            return
        }
        #expect(error.offset == 4)
        #expect(error.reason == .unclosedClass)
    }

    @Test func `a cycle names its tasks, and a second one is found too`() throws {
        let found = problems(
            """
            version: 1
            tasks:
              - {id: a, command: x, after: [z, c]}
              - {id: b, command: x, after: [a]}
              - {id: c, command: x, after: [b]}
              - {id: d, command: x, after: [d]}
              - {id: e, command: x, after: [a]}
              - {id: z, command: x}
            """)
        let ids = try ["a", "c", "b", "d"].map { try #require(TaskID($0)) }
        #expect(found.map(\.kind) == [.cycle(Array(ids[...2])), .cycle([ids[3]])])
        #expect(found.map(\.path) == ["tasks[0].after[1]", "tasks[3].after[0]"])
        #expect(found.map(\.line) == [3, 6])
        #expect(found.first?.found == "a → c → b → a")
    }

    @Test func `everything that is wrong is said at once, in the order of the text`() {
        let found = problems(
            """
            version: 3
            jbos: 2
            tasks:
              - id: A
                after: [nobody]
                timeout: x
              - id: b
                after: [A, c]
                touches: ["[", "]", "a//b"]
              - id: c
                after: [b]
                command: x
            verify: {checks: [test], quorum: 0}
            """)
        #expect(
            found.map(\.path) == [
                "version", "jbos", "tasks[0]", "tasks[0].id", "tasks[0].after[0]",
                "tasks[0].timeout", "tasks[1]", "tasks[1].after[1]", "tasks[1].touches[0]",
                "tasks[1].touches[2]", "verify.checks[0]", "verify.quorum",
            ])
        #expect(found.compactMap(\.line) == found.compactMap(\.line).sorted())
    }

    @Test(arguments: [
        ("version: 1\n", 1, Kind.syntax), ("---\nversion: 1\n", 1, .syntax),
        ("---\nversion: 1\nversion: 1\n---\n## a\nx", 3, .duplicate(first: "version")),
        ("---\n[1]\n---\n## a\nx", 2, .wrongType),
        ("---\nversion: 1\n---\nNo section.", 3, .missingKey),
        ("---\nversion: 1\ntasks: []\n---\n## a\nx", 3, .conflictingKeys(["tasks", "##"])),
        ("---\nversion: 1\n---\n## Some words\nx", 4, .invalidName),
        ("---\nversion: 1\n---\n##\nx", 4, .invalidValue),
        ("---\nversion: 1\n---\n## a\n\n", 4, .missingKey),
        (
            "---\nversion: 1\n---\n## a\n```yaml\ncommand: x\n```\ntext", 6,
            .conflictingKeys(["prompt", "command"])
        ),
        (
            "---\nversion: 1\n---\n## a\n```yaml\nprompt: x\n```\ntext", 6,
            .duplicate(first: "prompt")
        ),
        ("---\nversion: 1\n---\n## a\n```yaml\nid: x\n```\ntext", 6, .duplicate(first: "id")),
        ("---\nversion: 1\n---\n## a\n```yaml\n[\n```\ntext", 7, .syntax),
        (
            "---\nversion: 1\n---\n## a\n```yaml\nretires: 1\n```\ntext", 6,
            .unknownKey(nearest: "retries")
        ),
        ("---\nversion: 1\n---\n## a\n```yaml\nretries: 1\n", 5, .syntax),
        ("---\nversion: 1\n---\n## a\nx\n\n## a\ny", 7, .duplicate(first: "tasks[0].id")),
        ("---\nversion: 1\n---\n## a\nx\u{0}", 5, .invalidValue),
    ])
    func `a mistake in Markdown names its line there`(text: String, line: Int, kind: Kind) {
        let found = problems(text, "plan.md")
        #expect(found.map(\.kind) == [kind], "\(found)")
        #expect(found.first?.line == line)
    }

    @Test func `what is not UTF-8 is found in every format`() {
        for name in ["a.yaml", "a.json", "a.md"] {
            let text = Array("---\na: ".utf8) + [0xff]
            let result = PlanLoader.load(text: text, name: name) { _ in nil }
            guard case .failure(let errors) = result else {
                Issue.record("\(name) was read")
                continue
            }
            #expect(errors.problems.map(\.mark) == [YAMLMark(line: 2, column: 4)])
            #expect(errors.problems.map(\.found) == ["byte 0xff"])
        }
    }
}
