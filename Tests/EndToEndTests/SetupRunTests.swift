import Base
import Glibc
import TestSupport
import Testing

/// What trees get before their workers, and give back afterwards.
struct SetupRunTests {
    @Test func `a tree has a name, a temporary folder and ports that no other has, until it goes`()
        throws
    {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let note = "echo $TREEGUILD_NAME $TREEGUILD_PORT_WEB $TREEGUILD_PORT_DB >>$HOME/ran"
        let run = try RunDocument(
            trial.run(
                """
                version: 1
                jobs: 4
                setup: {ports: {WEB: 1, DB: 2}}
                tasks:
                  - {id: a, command: "\(note); echo $TMPDIR >>$HOME/tmp; touch $TREEGUILD_TMP/x"}
                  - {id: b, command: "\(note)"}
                  - {id: c, command: "\(note)"}
                """))
        #expect(run.status == "completed", "\(run.json.pretty)")
        let words = try trial.lines("ran").flatMap { $0.split(separator: " ") }
        #expect(words.count == 12 && Set(words).count == 12, "\(words)")
        let ports = words.compactMap { Int($0) }
        #expect(ports.count == 9 && ports.allSatisfy { (20000...29999).contains($0) })
        let names = words.filter { Int($0) == nil }
        #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z][a-z0-9]{11}/) != nil }, "\(names)")
        let line = try trial.lines("tmp").first
        let folder = try #require(line.flatMap { AbsolutePath($0) })
        #expect(names.contains { folder.name == $0 })
        #expect(Files.kind(of: folder) == nil)
        try trial.expectTidy(before)
    }

    @Test
    func
        `a port that somebody listens on is passed over, and so few that not all get theirs is a failure`()
        throws
    {
        let trial = try Trial()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutableBytes(of: &address) { bytes in
            guard let start = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else {
                return Int32(-1)
            }
            var length = size
            return bind(listener, start, size) == 0 && listen(listener, 1) == 0
                ? getsockname(listener, start, &length) : -1
        }
        #expect(bound == 0)
        let port = Int(in_port_t(bigEndian: address.sin_port))
        let plan = """
            version: 1
            setup: {ports: {P: 1}}
            tasks: [{id: a, command: "echo $TREEGUILD_PORT_P >>$HOME/ran"}]
            """
        let failed = try RunDocument(
            trial.run(plan, adding: ["TREEGUILD_PORTS": "\(port)-\(port)"]))
        #expect(failed.end("a") == "failed setup")
        #expect(
            failed.task("a")["error"]?["message"]?.stringValue?.contains("\(port)-\(port)") == true)
        #expect(try trial.lines("ran") == [])
    }

    @Test func `two repositories of one user never have the same port at the same time`() throws {
        let one = try Trial()
        let other = try Trial()
        let home = [
            "HOME": one.home.description, "TREEGUILD_PORTS": "21000-21005",
            "TREEGUILD_SANDBOX": "{write: [\"\(one.home)\"]}",
        ]
        // Each holds its port until all six workers of both runs have theirs.
        let has = try Gate(one.home.appending("has"))
        let on = try Gate(one.home.appending("on"))
        let hold =
            "mkdir $HOME/$TREEGUILD_PORT_P; had=$?; \(has.letting); \(on.passing); exit $had"
        let plan = """
            version: 1
            jobs: 3
            setup: {ports: {P: 1}}
            tasks:
              - {id: a, command: "\(hold)"}
              - {id: b, command: "\(hold)"}
              - {id: c, command: "\(hold)"}
            """
        let beside = try Background(
            one, ["run", try one.plan(plan), "--run-id", "r1", "--json"], adding: home)
        let within = try Background(
            other, ["run", try other.plan(plan), "--run-id", "r1", "--json"], adding: home)
        let areThere = has.pass(6)
        #expect(areThere)
        try on.letPass(6)
        let here = try RunDocument(try within.end())
        let there = try RunDocument(try beside.end())
        #expect(here.status == "completed" && there.status == "completed", "\(here.json.pretty)")
    }

    @Test func `a tear-down runs once for each tree, in it, with what the worker had`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let run = try RunDocument(
            trial.run(
                """
                version: 1
                setup:
                  run: ["echo up $TREEGUILD_TASK $TREEGUILD_NAME $TREEGUILD_PORT_P >>$HOME/ran"]
                  teardown: ["test -f menu.txt && echo down $TREEGUILD_TASK $TREEGUILD_NAME $TREEGUILD_PORT_P >>$HOME/ran"]
                  ports: {P: 1}
                checks: [{name: c, run: "true"}]
                tasks:
                  - {id: a, command: "echo a >a.txt"}
                  - {id: b, command: "true"}
                  - {id: bad, retries: 1, command: "exit 3"}
                """))
        #expect(run.end("a") == "completed changed" && run.end("bad") == "failed exit")
        let lines = try trial.lines("ran").map { $0.split(separator: " ").map(String.init) }
        let up = lines.filter { $0[0] == "up" }.map { Array($0.dropFirst()) }
        let down = lines.filter { $0[0] == "down" }.map { Array($0.dropFirst()) }
        #expect(up == down && up.count == 5, "\(lines)")
        #expect(up.allSatisfy { $0.count == 3 })
        try trial.expectTidy(before)
        #expect(try trial.treeguild(["clean", "r1"]).status == 0)
        #expect(try trial.lines("ran").count == 10)
    }

    @Test(arguments: ["exit 4", Shell.forever, "kill -9 $$"])
    func `a tear-down that fails or takes too long is told with its log and holds nothing up`(
        _ command: String
    ) throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            setup: {teardown: ["\(command)", "echo next >>$HOME/ran"], teardown_timeout: 1}
            tasks: [{id: a, command: "echo a >a.txt"}]
            """)
        #expect(answer.status == 0)
        #expect(answer.errors.contains("tear-down of a: '\(command)' failed"), "\(answer.errors)")
        let warning = try RunDocument(answer).json["warnings"]?.arrayValue?.first
        #expect(warning?["task"] == "a" && warning?["about"] == "teardown", "\(answer.output)")
        let text = answer.errors.split(separator: "log ").last?.split(separator: "\n").first
        let log = try #require(text.flatMap { AbsolutePath(String($0)) })
        #expect(Files.kind(of: log) == .file)
        try trial.expectTidy(before)
    }

    @Test func `what the set-up does not find, and what of it a worker commits, is in the report`()
        throws
    {
        let trial = try Trial()
        try trial.repository.write("here.secret", "key\n")
        let plan = """
            version: 1
            setup:
              share: [node_modules, src]
              copy: ["*.local", "*.secret", menu.txt]
              run: ["echo made >made.txt"]
            tasks:
              - {id: a, command: "echo a >a.txt; git add -A; git commit -qm a"}
              - {id: b, command: "echo b >b.txt"}
            """
        let answer = try trial.run(plan)
        #expect(answer.status == 0, "\(answer.errors)")
        let warnings = (try RunDocument(answer).json["warnings"]?.arrayValue ?? []).map {
            "\($0["task"]?.stringValue ?? "-") \($0["about"]?.stringValue ?? "") "
                + ($0["message"]?.stringValue?.split(separator: ", and ").first ?? "")
        }
        #expect(
            Set(warnings) == [
                "- setup setup.share names node_modules", "- setup setup.copy names *.local",
                "a commits the commits of a hold files that its set-up had put there: made.txt",
            ] && warnings.count == 3, "\(answer.output)")
        let report = try trial.treeguild(["run", try trial.plan(plan), "--run-id", "r2"]).output
        #expect(report.contains("Warnings\n  setup."), "\(report)")
    }

    @Test func `a tree that is kept is torn down when it is cleaned`() throws {
        let trial = try Trial()
        let plan = """
            version: 1
            setup: {teardown: ["echo down >>$HOME/ran"], ports: {P: 1}}
            tasks: [{id: a, command: "echo a >a.txt"}]
            """
        #expect(try trial.run(plan, ["--keep-trees"]).status == 0)
        #expect(try trial.lines("ran") == [])
        #expect(try trial.treeguild(["clean", "r1"]).status == 0)
        #expect(try trial.lines("ran") == ["down"])
        #expect(try trial.treeguild(["undo", "r1"]).status == 0)
        #expect(try trial.treeguild(["clean", "r1"]).status == 0)
        #expect(try trial.lines("ran") == ["down"])
    }

    @Test(arguments: 0..<3)
    func `whenever the program is killed, what was set up is torn down and never twice`(_ part: Int)
        async throws
    {
        let plan = """
            version: 1
            jobs: 1
            setup:
              run: ["mkdir $HOME/$TREEGUILD_NAME; echo up $TREEGUILD_NAME >>$HOME/ran"]
              teardown: ["rmdir $HOME/$TREEGUILD_NAME; echo down $TREEGUILD_NAME >>$HOME/ran"]
              ports: {P: 1}
            tasks:
              - {id: a, command: "echo a >a.txt"}
              - {id: bad, command: "exit 3"}
            """
        var points = 0
        for point in stride(from: part + 1, to: 1000, by: 3) {
            let trial = try Trial()
            let killed = try trial.run(plan, adding: ["TREEGUILD_FAULT": "\(point)"])
            guard killed.status == 137 else { break }
            points += 1
            guard try trial.resume().status != 2 else { continue }
            let lines = try trial.lines("ran")
            let up = lines.filter { $0.hasPrefix("up") }.map { $0.dropFirst(3) }
            let down = lines.filter { $0.hasPrefix("down") }.map { $0.dropFirst(5) }
            // Set-ups that were cut off are torn down as well, so there can be more of these.
            #expect(Set(up) == Set(down) && down.count >= up.count, "point \(point): \(lines)")
            let left = try Files.list(trial.home).filter { $0.hasPrefix("tg") }
            #expect(left == [], "point \(point): \(lines)")
        }
        #expect(points > 10)
    }

    @Test func `a set-up command that fails, or takes too long, fails the task and names its log`()
        throws
    {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let run = try RunDocument(
            trial.run(
                """
                version: 1
                setup: {run: ["echo setting up; \(Shell.forever)"], timeout: 0.3}
                tasks: [{id: a, command: "echo a >>$HOME/ran"}]
                """))
        #expect(run.end("a") == "failed setup")
        let message = run.task("a")["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains("timed out"), "\(message)")
        let log = try #require(
            message.split(separator: "log ").last.flatMap { AbsolutePath(String($0)) })
        #expect(String(decoding: try Files.read(log), as: UTF8.self) == "setting up\n")
        #expect(try trial.lines("ran") == [])
        try trial.expectTidy(before)
    }

    @Test func `checks and verifiers work in trees that are set up as well`() throws {
        let trial = try Trial()
        let run = try RunDocument(
            trial.run(
                """
                version: 1
                setup: {run: ["echo made >built.secret"]}
                checks: [{name: c, run: "grep -q made built.secret"}]
                verify: {agent: {command: "test -f built.secret && printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt"}}
                tasks:
                  - {id: left, command: "sed -i s/bread/rye/ menu.txt"}
                  - {id: right, command: "sed -i s/bread/wheat/ menu.txt"}
                """))
        #expect(run.verdict == "PASS" || run.verdict == "passed", "\(run.json.pretty)")
        #expect(run.included.count == 2)
    }

    @Test(arguments: ["copy", "link", "none"])
    func `a shared folder is in the tree, in no commit and in no finding`(_ fallback: String) throws
    {
        let trial = try Trial()
        try trial.repository.write("deps/lib/one.txt", "one\n")
        try trial.repository.write("deps/lib/two.txt", "two\n")
        let outside = trial.outside.appending("secret")
        try Files.replace(outside, with: "secret\n".utf8)
        #expect(
            symlink(outside.description, trial.repository.path.appending("deps/out").description)
                == 0)
        #expect(symlink("lib/one.txt", trial.repository.path.appending("deps/in").description) == 0)
        #expect(chmod(trial.repository.path.appending("deps/lib/one.txt").description, 0o755) == 0)
        let before = try UserState(of: trial)
        let run = try RunDocument(
            trial.run(
                """
                version: 1
                setup: {share: [{path: deps, else: \(fallback)}]}
                tasks:
                  - {id: a, command: "ls -l deps >$HOME/listed; cat deps/in >>$HOME/ran; readlink deps >>$HOME/links; test -x deps/lib/one.txt && echo x >>$HOME/ran; echo a >a.txt"}
                """))
        #expect(run.status == "completed", "\(run.json.pretty)")
        let clones = try trial.clones()
        let expected = !clones && fallback == "none" ? [] : ["one", "x"]
        #expect(try trial.lines("ran") == expected)
        #expect(try trial.lines("links").isEmpty == (clones || fallback != "link"))
        #expect(run.cleanup["a"] == "removed", "\(run.fate("a").compact)")
        #expect(
            try trial.repository.git("diff", "--name-only", "main", "treeguild/r1/a") == "a.txt")
        try trial.expectTidy(before)
    }
}

extension Trial {
    /// Whether the file system that the repository and its trees lie on can copy on write.
    fileprivate func clones() throws -> Bool {
        let file = repository.path.appending("menu.txt").description
        let copy = outside.appending("clone").description
        let status = try Shell.run(
            ["cp", "--reflink=always", file, copy], in: outside, environment: environment
        ).status
        unlink(copy)
        return status == 0
    }
}
