import Base
import TestSupport
import Testing

/// Conflicts, verifiers and checks, from the plan to the result branch.
struct VerifierRunTests {
    /// Two tasks that change one line, with a verifier of the given command.
    private static func plan(_ verifier: String, _ more: String = "") -> String {
        """
        version: 1
        \(more)
        verify: {agent: {command: "sh \(verifier)"}}
        tasks:
          - {id: left, command: "sed -i s/bread/rye/ menu.txt"}
          - {id: right, command: "sed -i s/bread/wheat/ menu.txt"}
          - {id: apart, command: "echo apart >apart.txt"}
        """
    }

    struct Verification: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: String
        /// Text of `menu.txt` in the result; nil when the second branch must be left out.
        let menu: String?
        /// A part of the reason for leaving it out.
        var reason = ""

        init(_ description: String, _ script: String, menu: String?, reason: String = "") {
            testDescription = description
            self.script = script
            self.menu = menu
            self.reason = reason
        }
    }

    static let both = "soup\nrye\nwheat\ncheese\n"
    static let explanation =
        #"{"explained": [{"path": "menu.txt", "line": "wheat", "reason": "rye is enough"}, {"path": "menu.txt", "line": "rye", "reason": "wheat is enough"}]}"#

    static let verifications = [
        Verification(
            "resolves by taking the markers out",
            "sed -i -e '/^|||||||/,/^=======/d' -e '/^<<<<<<</d' -e '/^>>>>>>>/d' menu.txt",
            menu: both),
        Verification(
            "resolves and commits",
            "printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt; git commit -qam resolved",
            menu: both),
        Verification(
            "leaves a marker", "sed -i '/^=======/d' menu.txt", menu: nil, reason: "marker"),
        Verification("does nothing", "true", menu: nil, reason: "marker"),
        Verification(
            "edits another file",
            "printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt; echo x >>notes.txt", menu: nil,
            reason: "notes.txt"),
        Verification(
            "adds another file",
            "printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt; echo x >new.txt", menu: nil,
            reason: "new.txt"),
        Verification(
            "drops a line without a word", "printf 'soup\\nrye\\ncheese\\n' >menu.txt", menu: nil,
            reason: "menu.txt lost 1 line"),
        Verification(
            "drops a line and explains it",
            "printf 'soup\\nrye\\ncheese\\n' >menu.txt; echo '\(explanation)' >$TREEGUILD_RESULT_FILE",
            menu: "soup\nrye\ncheese\n"),
        Verification(
            "explains with an empty reason",
            "printf 'soup\\nrye\\ncheese\\n' >menu.txt; echo '\(explanation.replacing("rye is enough", with: "").replacing("wheat is enough", with: ""))' >$TREEGUILD_RESULT_FILE",
            menu: nil, reason: "menu.txt lost 1 line"),
        Verification(
            "exits 1 after resolving",
            "printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt; exit 1", menu: nil,
            reason: "exit status 1"),
        Verification(
            "deletes its tree", "cd /; rm -rf $TREEGUILD_WORKTREE", menu: nil, reason: "verifier"),
        Verification("deletes the file", "rm menu.txt", menu: nil, reason: "menu.txt lost"),
        Verification(
            "moves HEAD away",
            "git checkout -q --force --detach main; printf 'soup\\nrye\\nwheat\\ncheese\\n' >menu.txt",
            menu: nil, reason: ""),
    ]

    @Test(arguments: verifications)
    func `what a verifier leaves is checked and not believed`(_ one: Verification) throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let script = trial.outside.appending("verifier.sh")
        try Files.replace(script, with: one.script.utf8)
        let answer = try trial.run(Self.plan(script.description))
        let run = try RunDocument(answer)
        #expect(answer.status == (one.menu == nil ? 1 : 0), "\(run.excluded)")
        #expect(run.included.contains("apart"))
        if let menu = one.menu {
            #expect(Set(run.included) == ["left", "right", "apart"])
            #expect(try trial.text("menu.txt", at: "treeguild/r1/merged") == menu)
            let resolution = run.merge["resolutions"]?.arrayValue?.first
            #expect(resolution?["by"]?.stringValue == "verifier")
        } else {
            #expect(run.excluded.count == 1 && run.included.count == 2)
            let reason = run.excluded.values.first ?? ""
            #expect(reason.contains(one.reason), "\(reason)")
            let menu = try trial.text("menu.txt", at: "treeguild/r1/merged")
            #expect(menu == "soup\nrye\ncheese\n" || menu == "soup\nwheat\ncheese\n")
        }
        // Whatever the verifier did, both authors' branches are there.
        #expect(try trial.text("menu.txt", at: "treeguild/r1/left") == "soup\nrye\ncheese\n")
        #expect(try trial.text("menu.txt", at: "treeguild/r1/right") == "soup\nwheat\ncheese\n")
        try trial.expectTidy(before)
    }

    @Test func `a verifier is told intents, regions and files, in a fresh tree`() throws {
        let trial = try Trial()
        let script = trial.outside.appending("verifier.sh")
        try Files.replace(
            script,
            with:
                "cp $TREEGUILD_REGIONS $HOME/regions.json; cp $TREEGUILD_TASK_FILE $HOME/task; git status --porcelain >$HOME/status; cat menu.txt >$HOME/menu; exit 1"
                .utf8)
        _ = try trial.run(Self.plan(script.description))
        let json = try JSON(parsing: try Files.read(trial.home.appending("regions.json")))
        #expect(json["schema"]?.stringValue == "treeguild.resolution/1")
        #expect(json["files"]?.arrayValue == ["menu.txt"])
        let region = json["regions"]?.arrayValue?.first
        #expect(region?["base"]?["lines"] == ["bread"])
        let sides = Set([
            region?["ours"]?["lines"]?.arrayValue?.first?.stringValue,
            region?["theirs"]?["lines"]?.arrayValue?.first?.stringValue,
        ])
        #expect(sides == ["rye", "wheat"])
        #expect(json["branch"]?["intent"]?.stringValue?.contains("sed -i s/bread/") == true)
        #expect(try trial.lines("status") == [])
        #expect(try trial.lines("menu").contains { $0.hasPrefix("<<<<<<<") })
    }

    @Test func `a verifier whose time is up is ended, and the branch left out`() throws {
        let trial = try Trial()
        let script = trial.outside.appending("verifier.sh")
        try Files.replace(script, with: Shell.forever.utf8)
        let config = trial.home.appending("config/treeguild")
        try Files.makeFolder(config)
        try Files.replace(config.appending("config.yaml"), with: "timeout: 1\n".utf8)
        let answer = try trial.run(Self.plan(script.description))
        let run = try RunDocument(answer)
        #expect(answer.status == 1)
        #expect(run.excluded.values.first?.contains("timed out") == true, "\(run.excluded)")
        #expect(try trial.markedProcesses() == [])
    }

    @Test(arguments: ["true", "! grep -q wheat menu.txt || ! grep -q rye menu.txt"])
    func `both sides' insertions are kept when the checks allow it`(_ check: String) throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            checks: [{name: c, run: "\(check)"}]
            verify: {agent: keep-both}
            tasks:
              - {id: left, command: "sed -i '/bread/a rye' menu.txt"}
              - {id: right, command: "sed -i '/bread/a wheat' menu.txt"}
              - {id: apart, command: "echo apart >apart.txt"}
            """)
        let run = try RunDocument(answer)
        let menu = try trial.text("menu.txt", at: "treeguild/r1/merged") ?? ""
        if check == "true" {
            #expect(answer.status == 0, "\(run.excluded)")
            #expect(Set(run.included) == ["left", "right", "apart"])
            #expect(
                menu == "soup\nbread\nrye\nwheat\ncheese\n"
                    || menu == "soup\nbread\nwheat\nrye\ncheese\n")
            #expect(
                run.merge["resolutions"]?.arrayValue?.first?["by"]?.stringValue == "mechanical")
        } else {
            #expect(answer.status == 1)
            #expect(run.excluded.count == 1 && run.included.contains("apart"))
            #expect(run.excluded.values.first?.contains("check c fails") == true)
            #expect(run.verdict == "passed")
        }
        try trial.expectTidy(before)
    }

    @Test func `keep-both leaves a changed line to people`() throws {
        let trial = try Trial()
        let answer = try trial.run(
            """
            version: 1
            verify: {agent: keep-both}
            tasks:
              - {id: left, command: "sed -i s/bread/rye/ menu.txt"}
              - {id: right, command: "sed -i s/bread/wheat/ menu.txt"}
            """)
        let run = try RunDocument(answer)
        #expect(answer.status == 1 && run.included.count == 1 && run.excluded.count == 1)
        #expect(run.excluded.values.first?.contains("1 conflict in 1 file") == true)
    }

    @Test func `the branch that breaks a check in combination is left out, the others delivered`()
        throws
    {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            checks: [{name: not-both, run: "! test -e a.txt || ! test -e b.txt"}]
            tasks:
              - {id: a, command: "echo a >a.txt"}
              - {id: x, command: "echo x >x.txt"}
              - {id: b, command: "echo b >b.txt"}
              - {id: y, command: "echo y >y.txt"}
            """)
        let run = try RunDocument(answer)
        #expect(answer.status == 1 && run.status == "failed")
        #expect(run.included.count == 3 && run.excluded.count == 1)
        #expect(Set(run.included).isSuperset(of: ["x", "y"]))
        let culprit = run.excluded.keys.first ?? ""
        #expect(["a", "b"].contains(culprit))
        #expect(run.excluded[culprit]?.contains("not-both") == true)
        #expect(run.verdict == "passed")
        #expect(try trial.text("\(culprit).txt", at: "treeguild/r1/merged") == nil)
        #expect(try trial.text("x.txt", at: "treeguild/r1/merged") == "x\n")
        #expect(try trial.text("\(culprit).txt", at: "treeguild/r1/\(culprit)") != nil)
        try trial.expectTidy(before)
    }

    @Test func `a branch that is left out does not take along what it started from`() throws {
        let trial = try Trial()
        let answer = try trial.run(
            """
            version: 1
            checks: [{name: not-bad, run: "! test -e bad.txt"}]
            tasks:
              - {id: a, command: "echo a >a.txt"}
              - {id: b, after: [a], command: "echo b >bad.txt"}
              - {id: c, command: "echo c >c.txt"}
            """)
        let run = try RunDocument(answer)
        #expect(Set(run.included) == ["a", "c"] && Set(run.excluded.keys) == ["b"])
        #expect(run.verdict == "passed" && answer.status == 1)
        #expect(try trial.text("a.txt", at: "treeguild/r1/merged") == "a\n")
        #expect(try trial.text("bad.txt", at: "treeguild/r1/merged") == nil)
    }

    @Test func `a check that fails on the base as well blames no branch`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            checks: [{name: never, run: "echo ran >>$HOME/checks; false"}]
            tasks:
              - {id: a, command: "echo a >a.txt"}
              - {id: b, command: "echo b >b.txt"}
            """)
        let run = try RunDocument(answer)
        #expect(answer.status == 1 && run.verdict == "failed")
        #expect(Set(run.included) == ["a", "b"] && run.excluded == [:])
        let evidence = run.merge["verifiers"]?.arrayValue?.first?["evidence"]?.stringValue
        #expect(evidence?.contains("base") == true)
        // Twice on the tip, twice on the base.
        #expect(try trial.lines("checks").count == 4)
        try trial.expectTidy(before)
    }

    @Test func `a check that fails once and then passes is the check's own fault`() throws {
        let trial = try Trial()
        let answer = try trial.run(
            """
            version: 1
            checks: [{name: flaky, run: "test -e $HOME/tried || { touch $HOME/tried; false; }"}]
            tasks: [{id: a, command: "echo a >a.txt"}]
            """)
        #expect(answer.status == 0)
        #expect(try RunDocument(answer).verdict == "passed")
    }

    @Test func `a check whose time is up, or that wrecks its tree, leaves nothing behind`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            checks:
              - {name: slow, timeout: 0.3, run: "\(Shell.forever)"}
              - {name: wrecks, run: "rm -rf .git *"}
            tasks: [{id: a, command: "echo a >a.txt"}]
            """)
        let run = try RunDocument(answer)
        #expect(answer.status == 1 && run.verdict == "failed")
        #expect(try trial.markedProcesses() == [])
        try trial.expectTidy(before)
    }
}
