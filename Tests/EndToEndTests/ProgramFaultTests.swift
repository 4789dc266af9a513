import Base
import Foundation
import TestSupport
import Testing

/// Agent programs that fail, and settings that name them wrongly.
struct ProgramFaultTests {
    private func run(_ trial: borrowing Trial, _ words: [String] = []) throws -> Answer {
        try trial.treeguild(
            ["run", "--run-id", "r1", "--agent", "claude", "-t", "a=Do it.", "--json"] + words)
    }

    @Test(
        arguments: [
            (#"take; hello s-1; fail "API Error: invalid x-api-key" 401"#, 130, "not let in"),
            (
                #"take; hello s-1; printf '{"type":"system","subtype":"api_retry","attempt":1,"max_retries":1,"retry_delay_ms":1,"error_status":429}\n'; fail "Rate limited" 429"#,
                130, "limits the calls"
            ),
            (#"take; hello s-1; fail "prompt is too long" 400"#, 1, "window"),
            (
                #"take; hello s-1; end error_max_turns true "" ""; exit 1"#, 1,
                "answers that it allows itself"
            ),
            (
                #"echo "error: unknown option '--strict-mcp-config'" >&2; exit 1"#, 1,
                "profiles.claude"
            ),
            (
                #"echo "--dangerously-skip-permissions cannot be used with root/sudo privileges" >&2; exit 1"#,
                1, "root"
            ),
            (#"take; hello s-1; say "I begin."; exit 0"#, 1, "without saying how"),
            (#"take; hello s-1; say "I begin."; exit 3"#, 1, "Claude Code"),
            ("exec \(Shell.forever)", 1, "neither said nor did anything"),
        ] as [(String, Int32, String)])
    func `a fault of a program is a sentence, and what it left is kept`(
        _ script: String, _ status: Int32, _ words: String
    ) throws {
        let trial = try Trial()
        try trial.standIns(claude: "echo left >left.txt\n\(script)")
        if script.contains("sleep") {
            try trial.configure(
                "profiles: {claude: {program: \"\(trial.home)/bin/claude\", stall: 1s}}")
        }
        let answer = try run(trial)
        #expect(answer.status == status, "\(answer.output)\(answer.errors)")
        #expect((answer.output + answer.errors).contains(words), "\(answer.output)\(answer.errors)")
        #expect(try trial.markedProcesses() == [])
        if status == 1 {
            // Preserved, since nobody has collected it.
            let refs = try trial.repository.git("for-each-ref", "refs/treeguild/preserved")
            #expect(refs.contains("/r1/a"), "\(answer.output)")
        }
    }

    @Test func `a session outlives refusals, and what was used before a kill counts`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: #"""
                echo "$*" | grep -o -- "--resume s-1" >>"$HOME/resumed"; take; hello s-1
                case $(wc -l <"$HOME/resumed") in
                0) say "I begin."; end success false "" ""; fail "no credit" 402 ;;
                1) fail "no credit" 402 ;;
                esac
                echo "$said" >told.txt; done_ "Done."
                """#)
        #expect(try run(trial).status == 130)
        #expect(try trial.resume().status == 130)
        let answer = try trial.resume()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try trial.lines("resumed").count == 2)
        // It knows its assignment: that it was interrupted is all that it is told.
        #expect(try trial.text("told.txt", at: "treeguild/r1/a")?.contains("Do it.") == false)
        #expect((try RunDocument(answer).task("a")["usage"]?["turns"]?.intValue ?? 0) >= 2)
    }

    @Test func `a short refusal is waited for, and the session goes on`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: #"""
                take; hello s-1
                case " $* " in *" --resume s-1 "*) echo a >a.txt; done_ "Done."; exit 0 ;; esac
                say "I begin."; fail "Rate limited" 429
                """#)
        let answer = try run(trial)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try trial.text("a.txt", at: "treeguild/r1/a") == "a\n")
    }

    @Test func `a program that does not go after its last word has done its work`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: #"take; hello s-1; echo a >a.txt; done_ "Done."; exec \#(Shell.forever)"#)
        let answer = try run(trial)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try trial.text("a.txt", at: "treeguild/r1/a") == "a\n")
        #expect(try trial.markedProcesses() == [])
    }

    @Test func `secrets of its login, errors and results are kept nowhere`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: #"""
                take; hello s-1; say "sk-secret-1 and login-token-0123456789"
                echo "it is sk-secret-1" >"$TREEGUILD_RESULT_FILE"
                echo "boom sk-secret-1" >&2; exit 3
                """#)
        try Files.replace(
            trial.home.appending(".claude/.credentials.json"),
            with: #"{"oauth": {"accessToken": "login-token-0123456789"}}"#.utf8, mode: 0o600)
        let answer = try trial.treeguild(
            ["run", "--run-id", "r1", "--agent", "claude", "-t", "a=Do it.", "--json"],
            adding: ["ANTHROPIC_API_KEY": "sk-secret-1"])
        #expect(answer.status == 1)
        #expect(answer.output.contains("boom [secret]"), "\(answer.output)")
        let found = try Shell.run(
            [
                "grep", "-rE", "sk-secret-1|login-token",
                trial.repository.path.appending(".git/treeguild").description,
            ], in: trial.home, environment: trial.environment)
        #expect(found.text == "", "\(found.text)")
    }

    @Test func `a folder of settings that leads elsewhere is not written into`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: #"""
                take; hello s-1; case " $* " in *" --resume "*) done_ "Done."; exit 0;; esac
                mv "$CLAUDE_CONFIG_DIR" "$CLAUDE_CONFIG_DIR.old"; ln -s "$HOME/away" "$CLAUDE_CONFIG_DIR"
                fail "no credit" 402
                """#)
        try Files.makeFolder(trial.home.appending("away"))
        #expect(try run(trial).status == 130)
        #expect(try trial.resume().status == 0)
        #expect(try Files.list(trial.home.appending("away")) == [])
    }

    @Test func `garbage and fifty megabytes are passed over in bounded memory`() throws {
        let trial = try Trial()
        try trial.standIns(
            claude: #"""
                take; hello s-1; printf '\377\376{"type":\n{"type":"unknown"}\nnull\n[]\n'
                head -c 50000000 /dev/zero | tr '\0' 'x'; echo
                yes '{"type":"system","subtype":"status"}' | head -n 100000
                echo a >a.txt; done_ "Done."
                """#)
        let answer = try run(trial)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        let size = try Shell.run(
            ["du", "-sk", trial.repository.path.appending(".git/treeguild/runs/r1/a").description],
            in: trial.home, environment: trial.environment)
        #expect((Int(size.line.prefix { $0.isNumber }) ?? .max) < 20_000, "\(size.line)")
        #expect(try RunDocument(answer).task("a")["summary"] == "Done.")
    }

    @Test
    func
        `a program that is not there, too old or not logged in is refused before anything is made`()
        throws
    {
        let trial = try Trial()
        try trial.standIns(claude: "exit 9")
        let binary = "\(trial.home)/bin/claude"
        for (settings, words) in [
            ("{claude: {program: /no/such/claude}}", ["/no/such/claude", "agents doctor"]),
            (
                "{claude: {program: \"\(binary)\", version: {least: 99.1}}}",
                ["2.1.400 is too old", "99.1"]
            ),
            (
                "{claude: {program: \"\(binary)\", login: [.claude/none]}}",
                ["not logged in", "ANTHROPIC_API_KEY"]
            ),
            ("{claude: {program: \"\(binary)\", version: {arguments: [--no]}}}", ["version"]),
            ("{claude: {programm: x}}", ["profiles.claude", "did you mean 'program'"]),
            ("{claude: {start: [\"{promt}\"]}}", ["{promt}", "{prompt}"]),
            ("{x: {}}", ["profiles.x", "program"]),
        ] {
            try trial.configure("profiles: \(settings)")
            let answer = try run(trial)
            #expect(answer.status == 2, "\(settings): \(answer.errors)")
            for word in words { #expect(answer.errors.contains(word), "\(answer.errors)") }
        }
        #expect(try trial.treeguild(["status"]).output.contains("r1") == false)
        #expect(try trial.leftTrees() == [])
    }

    @Test func `all programs that a plan names and that cannot work are told, with their tasks`()
        throws
    {
        let trial = try Trial()
        try trial.configure(
            "profiles: {claude: {program: /no/such/claude}, codex: {program: /no/such/codex}}")
        let plan = """
            version: 1
            agent: claude
            tasks:
              - {id: a, prompt: Do it.}
              - {id: b, prompt: Do it., agent: codex}
              - {id: c, prompt: Do it.}
              - {id: d, command: 'true'}
            verify: {agent: codex}
            """
        let answer = try trial.run(plan)
        #expect(answer.status == 2, "\(answer.errors)")
        for words in [
            "2 agent programs", "'/no/such/claude' is no program that can be run (tasks a, c)",
            "'/no/such/codex' is no program that can be run (task b, the verifier)",
            "profiles.codex.program",
        ] {
            #expect(answer.errors.contains(words), "\(answer.errors)")
        }
        #expect(try trial.leftTrees() == [])
    }

    @Test func `what a program starts when it is asked for its version is ended`() throws {
        let trial = try Trial()
        try trial.standIns(claude: "exit 9")
        let file = trial.home.appending("bin/claude")
        let text = """
            #!/bin/sh
            echo "a warning" >&2
            mkfifo "$HOME/gate"
            setsid sh -c 'echo $$ >"$HOME/left"; echo >"$HOME/gate"; exec \(Shell.forever)' >/dev/null 2>&1 </dev/null &
            read -r _ <"$HOME/gate"
            echo "2.1.400 (Claude Code)"
            """
        try Files.replace(file, with: text.utf8, mode: 0o755)
        let answer = try trial.treeguild(["agents", "doctor", "claude", "--json"])
        #expect(answer.status == 0, "\(answer.errors)")
        let found = try answer.json["programs"]?.arrayValue?.first
        #expect(found?["version"] == "2.1.400", "\(answer.output)")
        let left = try #require(try trial.lines("left").first.flatMap { Int32($0) })
        #expect(kill(left, 0) != 0)
    }

    @Test func `a worker starts no run of its own, unless it is meant`() throws {
        let trial = try Trial()
        let nested = "'\(Trial.program)' run --run-id r2 --command b=true"
        let answer = try trial.treeguild([
            "run", "--run-id", "r1", "--json", "--command",
            "a=\(nested) 2>$HOME/refusal; echo $? >status.txt",
        ])
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(try trial.text("status.txt", at: "treeguild/r1/a") == "2\n")
        let refusal = try trial.lines("refusal").joined()
        #expect(refusal.contains("a worker starts no runs") && refusal.contains("--allow-nested"))
    }

    @Test func `doctor tells of each program what is there`() throws {
        let trial = try Trial()
        let bare = try trial.treeguild(["agents", "doctor", "--json"])
        #expect(bare.status == 0)
        let all = try bare.json["programs"]?.arrayValue ?? []
        #expect(
            all.map { $0["name"]?.stringValue } == [
                "claude", "codex", "gemini", "opencode", "aider",
            ])
        try trial.standIns(claude: "exit 9")
        let claude = try trial.treeguild(["agents", "doctor", "claude", "--json"])
        #expect(claude.status == 0, "\(claude.output)\(claude.errors)")
        let found = try claude.json["programs"]?.arrayValue?.first
        #expect(found?["version"] == "2.1.400" && found?["login"] == "file")
        #expect(found?["problem"] == .null)
        try trial.configure("profiles: {claude: {program: /no/such/claude}}")
        let missing = try trial.treeguild(["agents", "doctor", "claude"])
        #expect(missing.status == 1 && missing.output.contains("/no/such/claude"))
        let unknown = try trial.treeguild(["agents", "doctor", "nobody"])
        #expect(unknown.status == 2 && unknown.errors.contains("claude"))
    }
}
