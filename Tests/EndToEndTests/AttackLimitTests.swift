import Base
import Glibc
import TestSupport
import Testing

/// Attacks on the machine rather than on the repository, and changes that are nobody's attack.
struct AttackLimitTests {
    @Test func `a fork bomb is bounded, ended, and the others go on`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let script = trial.outside.appending("bomb.sh")
        // 0.2 s is how long each of them takes a place; nothing waits for it.
        try Files.replace(
            script, with: "echo work >w.txt; f() { f | f & sleep 0.2; }; f; wait; exit 1".utf8)
        let answer = try trial.run(
            """
            version: 1
            sandbox: {processes: 100}
            tasks:
              - {id: bomb, command: "sh \(script)", timeout: 3}
              - {id: other, command: "echo other >other.txt"}
            """)
        let run = try RunDocument(answer)
        #expect(["failed exit", "failed timeout", "failed signal"].contains(run.end("bomb")))
        #expect(run.end("other") == "completed changed")
        #expect(try trial.anyPreserved(holding: "w.txt", of: "bomb") == "work\n")
        #expect(try trial.markedProcesses() == [])
        try trial.expectTidy(before)
    }

    @Test func `a full disk fails the task that filled it, and loses nothing of the others`() throws
    {
        guard geteuid() == 0 else { return }  // Mounts a small file system.
        let trial = try Trial()
        let before = try UserState(of: trial)
        let disk = trial.outside.appending("disk")
        try Files.makeFolder(disk)
        func system(_ words: String...) throws {
            let result = try Shell.run(words, in: trial.outside, environment: trial.environment)
            try #require(result.status == 0, "\(result.text)")
        }
        try system("mount", "-t", "tmpfs", "-o", "size=16m", "none", disk.description)
        defer { try? system("umount", disk.description) }
        let answer = try trial.run(
            """
            version: 1
            jobs: 1
            tasks:
              - {id: early, command: "echo early >early.txt"}
              - {id: full, command: "echo work >w.txt; cat /dev/zero >big.secret"}
              - {id: late, command: "echo late >late.txt", after: [early]}
            """, adding: ["TREEGUILD_WORKTREES": disk.description])
        let run = try RunDocument(answer)
        #expect(run.end("early") == "completed changed")
        #expect(run.end("full") == "failed exit")
        #expect(run.included.contains("early"))
        if run.cleanup["full"] == "kept" {
            let kept = try Shell.run(
                ["sh", "-c", "cat */full/w.txt"], in: disk, environment: trial.environment)
            #expect(kept.text == "work\n")
        } else {
            #expect(try trial.anyPreserved(holding: "w.txt", of: "full") == "work\n")
        }
        let after = try UserState(of: trial)
        #expect(after.files == before.files && after.index == before.index)
        #expect(after.references == before.references && after.config == before.config)
    }

    @Test func `what the user does meanwhile is the user's`() throws {
        let trial = try Trial()
        let answer = try editing(trial, [])
        let run = try RunDocument(answer)
        #expect(run.ends.values.allSatisfy { $0 == "completed changed" })
        let changes = run.json["sandbox"]?["changes"]?.arrayValue ?? []
        #expect(!changes.isEmpty && changes.allSatisfy { $0["by"] == "user" }, "\(changes)")
        #expect(changes.contains { ($0["paths"]?.arrayValue ?? []).contains("menu.txt") })
    }

    @Test func `without a sandbox and with several workers nobody is blamed, and it is said`()
        throws
    {
        let trial = try Trial()
        let answer = try editing(trial, ["--no-sandbox"])
        let run = try RunDocument(answer)
        #expect(run.ends.values.allSatisfy { $0 == "completed changed" })
        let changes = run.json["sandbox"]?["changes"]?.arrayValue ?? []
        #expect(
            changes.contains { $0["by"] == "unknown" && $0["paths"] == ["menu.txt"] }, "\(changes)")
        #expect(answer.errors.contains("warning: changed while several workers ran"))
    }

    /// Two workers that wait for each other, and a change of the user's between.
    private func editing(_ trial: borrowing Trial, _ words: [String]) throws -> Answer {
        let menu = trial.repository.path.appending("menu.txt")
        let id = "edit-\(words.count)"
        let here = try Gate(trial.home.appending("here-\(id)"))
        let edited = try Gate(trial.home.appending("edited-\(id)"))
        let plan = try trial.plan(
            """
            version: 1
            jobs: 2
            tasks:
              - {id: one, command: "echo 1 >one.txt; \(here.letting); \(edited.passing)"}
              - {id: two, command: "echo 2 >two.txt; \(here.letting); \(edited.passing)"}
            """)
        let user = """
            \(here.passing); \(here.passing); echo tea >>'\(menu)'; \(edited.letting); \(edited.letting)
            """
        let errors = trial.outside.appending("errors")
        let result = try Shell.run(
            [
                "sh", "-c",
                "(\(user)) & exec '\(Trial.program)' run '\(plan)' --run-id \(id) --json \(words.joined(separator: " ")) 2>'\(errors)'",
            ], in: trial.repository.path, environment: trial.environment, joiningErrors: false)
        return Answer(
            status: result.status, output: result.text,
            errors: String(decoding: try Files.read(errors), as: UTF8.self))
    }

    @Test func `a worker that hits the wall says how to open a door`() throws {
        let trial = try Trial()
        let answer = try trial.run(
            """
            version: 1
            tasks:
              - {id: odd, command: "echo x >/var/tmp/treeguild-test-file"}
            """)
        let run = try RunDocument(answer)
        let message = run.task("odd")["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains("sandbox.write"), "\(message)")
        #expect(Files.kind(of: try #require(AbsolutePath("/var/tmp/treeguild-test-file"))) == nil)
    }

    @Test func `secrets, other trees and the ledger are out of sight unless shown`() throws {
        let trial = try Trial(Trial.files.merging([".gitignore": ".env\n"]) { $1 })
        try Files.makeFolder(trial.home.appending(".ssh"))
        try Files.replace(trial.home.appending(".ssh/id"), with: "key\n".utf8)
        try trial.repository.write(".env", "TOKEN=1\n")
        let look =
            "cat ~/.ssh/id $MAIN/.env $MAIN/.git/treeguild/ledger.db >seen 2>/dev/null; ls .. >>seen; true"
        func seen(_ more: String, _ id: String) throws -> String {
            let answer = try trial.run(
                """
                version: 1
                jobs: 1
                env: {MAIN: "\(trial.repository.path)"}
                \(more)
                tasks:
                  - {id: first, command: "echo 1 >first.txt"}
                  - {id: second, command: "\(look)"}
                """, id: id)
            #expect(answer.status == 0, "\(answer.output)")
            return try trial.text("seen", at: "treeguild/\(id)/merged") ?? ""
        }
        #expect(try seen("", "r1") == "second\n")
        let shown = try seen("sandbox: {show: [~/.ssh, .env]}", "r2")
        #expect(shown.hasPrefix("key\nTOKEN=1\n"))
    }

    @Test(arguments: [
        ([], "failed setup"), (["--no-sandbox"], "failed escaped"),
    ])
    func `a set-up command is held and watched as a worker is`(words: [String], end: String) throws
    {
        let trial = try Trial()
        let menu = trial.repository.path.appending("menu.txt")
        let before = try Files.read(menu)
        let answer = try trial.run(
            """
            version: 1
            jobs: 1
            setup: {run: ["echo x >>'\(menu)'"]}
            tasks: [{id: odd, command: "echo 1 >w.txt"}]
            """, words)
        #expect(try RunDocument(answer).end("odd") == end)
        #expect(try (Files.read(menu) == before) == words.isEmpty)
    }

    @Test(arguments: [
        ([], "check"), (["--no-sandbox"], "check"),
    ])
    func `a check that changes the repository passes nothing`(words: [String], name: String) throws
    {
        let trial = try Trial()
        let menu = trial.repository.path.appending("menu.txt")
        let before = try Files.read(menu)
        let answer = try trial.run(
            """
            version: 1
            checks: [{name: \(name), run: "echo x >>'\(menu)'"}]
            tasks: [{id: odd, command: "echo 1 >w.txt"}]
            """, words)
        let run = try RunDocument(answer)
        #expect(run.end("odd") == "completed changed")
        #expect(answer.status == 1)
        #expect(run.verdict == (words.isEmpty ? "failed" : "unknown"))
        #expect(try (Files.read(menu) == before) == words.isEmpty)
    }

    @Test func `a sandbox that is open to the repository is refused`() throws {
        let trial = try Trial()
        let answer = try trial.run(
            """
            version: 1
            sandbox: {write: ["\(trial.outside)"]}
            tasks: [{id: odd, command: "true"}]
            """)
        #expect(answer.status == 2)
        #expect(answer.errors.contains("sandbox.write"))
    }

    @Test func `with the network off there is not even loopback`() throws {
        let trial = try Trial()
        let run = try RunDocument(
            trial.run(
                """
                version: 1
                sandbox: {network: none}
                tasks: [{id: odd, command: "cat /proc/net/route /proc/net/if_inet6 >net.txt; true"}]
                """))
        #expect(run.end("odd") == "completed changed")
        #expect(run.json["sandbox"]?["network"] == "none")
        #expect(
            try trial.text("net.txt", at: "treeguild/r1/merged")?.split(separator: "\n").count ?? 0
                <= 1)
    }
}
