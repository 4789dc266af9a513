import Base
import TestSupport
import Testing

struct MainRunTests {
    private static let plan = """
        version: 1
        goal: a better menu
        checks:
          - {name: bread, run: grep -q bread menu.txt}
        tasks:
          - {id: first, title: Add a file, command: "printf 'a\\nb\\n' >a.txt"}
          - {id: second, command: "sed -i s/one/1/ notes.txt && git commit -qam 'Number one'"}
          - {id: third, command: "cat menu.txt"}
          - {id: fourth, command: "sed -i s/six/6/ notes.txt; echo '{\\"summary\\": \\"six is 6\\"}' >$TREEGUILD_RESULT_FILE"}
        """

    @Test func `the document says field by field what happened`() throws {
        let trial = try Trial()
        let base = try trial.repository.git("rev-parse", "HEAD")
        let answer = try trial.run(Self.plan)
        #expect(answer.status == 0, "\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.json["schema"]?.stringValue == "treeguild.run/1")
        #expect(run.json["run"]?.stringValue == "r1")
        #expect(run.json["base"]?.stringValue == base)
        #expect(run.status == "completed")
        #expect(
            run.ends == [
                "first": "completed changed", "second": "completed changed",
                "third": "completed unchanged", "fourth": "completed changed",
            ])
        let first = run.task("first")
        #expect(first["branch"]?.stringValue == "treeguild/r1/first")
        #expect(
            first["head"]?.stringValue
                == (try trial.repository.git("rev-parse", "treeguild/r1/first")))
        #expect(first["commits"]?.intValue == 1)
        #expect(first["files"]?.intValue == 1)
        #expect(first["insertions"]?.intValue == 2)
        #expect(first["deletions"]?.intValue == 0)
        #expect(first["attempts"]?.intValue == 1)
        #expect(first["error"] == .null)
        #expect(run.task("second")["deletions"]?.intValue == 1)
        #expect(run.task("third")["branch"] == .null)
        #expect(run.task("fourth")["summary"]?.stringValue == "six is 6")
        #expect(Set(run.included) == ["first", "second", "fourth"])
        #expect(run.excluded == [:])
        #expect(run.verdict == "passed")
        #expect(run.merge["branch"]?.stringValue?.hasSuffix("treeguild/r1/merged") == true)
        #expect(
            run.cleanup == [
                "first": "removed", "second": "removed", "third": "removed", "fourth": "removed",
            ])
        #expect(run.json["overlap"]?["schema"]?.stringValue == "treeguild.overlap/1")
        for task in ["first", "second", "third", "fourth"] {
            #expect(run.task(task)["seconds"]?.doubleValue ?? 0 > 0, "\(task)")
        }
    }

    @Test func `the result holds every task's work, by merges with both parents and trailers`()
        throws
    {
        let trial = try Trial()
        #expect(try trial.run(Self.plan).status == 0)
        let result = "treeguild/r1/merged"
        #expect(try trial.text("a.txt", at: result) == "a\nb\n")
        #expect(try trial.text("notes.txt", at: result) == "1\ntwo\nthree\nfour\nfive\n6\n")
        #expect(
            try trial.repository.git("diff", "--name-only", "main", result) == "a.txt\nnotes.txt")
        let merges = try trial.repository.git(
            "log", "--first-parent",
            "--format=%P|%an|%(trailers:key=Treeguild-Task,valueonly,separator=%x2C)",
            "main..\(result)"
        ).split(separator: "\n").map { $0.split(separator: "|") }
        #expect(merges.count == 3)
        #expect(merges.allSatisfy { $0[0].split(separator: " ").count == 2 && $0[1] == "Grace" })
        #expect(Set(merges.map { $0[2] }) == ["r1/first", "r1/second", "r1/fourth"])
        for task in ["first", "second", "fourth"] {
            try trial.repository.git("merge-base", "--is-ancestor", "treeguild/r1/\(task)", result)
        }
        let message = try trial.repository.git("log", "-1", "--format=%B", "treeguild/r1/first")
        #expect(message.contains("Add a file") && message.contains("Treeguild-Task: r1/first"))
        let branches = try trial.repository.git("for-each-ref", "--format=%(refname:short)", "refs")
        #expect(
            branches.split(separator: "\n") == [
                "main", "treeguild/r1/first", "treeguild/r1/fourth", "treeguild/r1/merged",
                "treeguild/r1/second",
            ])
    }

    @Test func `the user's repository stays as it is, uncommitted work and all`() throws {
        let trial = try Trial()
        try trial.repository.write("menu.txt", "stashed\n")
        try trial.repository.git("stash")
        try trial.repository.write("menu.txt", "soup\nbread\ncheese\nstaged\n")
        try trial.repository.git("add", "menu.txt")
        try trial.repository.write("menu.txt", "soup\nbread\ncheese\nunstaged\n")
        try trial.repository.write("new.txt", "untracked\n")
        try trial.repository.write("x.secret", "ignored\n")
        try trial.repository.write(
            ".git/hooks/post-commit", "#!/bin/sh\ntouch \(trial.outside)/hooked\n")
        try trial.repository.git(
            ["update-index", "-q", "--refresh"], in: trial.repository.path, allowingFailure: true)
        let before = try UserState(of: trial)
        let answer = try trial.run(Self.plan)
        #expect(answer.status == 0, "\(answer.errors)")
        try trial.expectTidy(before)
    }

    @Test func `a run in which nothing changes makes no branch and leaves nothing`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            checks: [{name: never, run: "echo ran >>$HOME/checks"}]
            tasks:
              - {id: look, command: "cat menu.txt"}
              - {id: see, reads: true, command: "true"}
            """)
        #expect(answer.status == 0, "\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.status == "completed")
        #expect(run.ends == ["look": "completed unchanged", "see": "completed unchanged"])
        #expect(run.merge["branch"] == .null && run.merge["head"] == .null)
        #expect(run.included == [] && run.verdict == "none")
        #expect(
            try trial.repository.git("for-each-ref", "--format=%(refname)") == "refs/heads/main")
        #expect(try trial.lines("checks") == [])
        try trial.expectTidy(before)
    }

    @Test func `workers see their run, and neither git's variables nor secrets`() throws {
        let trial = try Trial()
        let answer = try trial.run(
            "version: 1\ntasks: [{id: env, command: \"env >env.txt; cat $TREEGUILD_TASK_FILE >task.txt; pwd >pwd.txt\"}]",
            adding: ["GIT_EDITOR": "vi", "AWS_SECRET_ACCESS_KEY": "s", "LC_TIME": "C"])
        #expect(answer.status == 0, "\(answer.errors)")
        let text = try trial.text("env.txt", at: "treeguild/r1/env") ?? ""
        let names = Set(text.split(separator: "\n").compactMap { $0.split(separator: "=").first })
        #expect(
            names.isSuperset(of: [
                "TREEGUILD_RUN", "TREEGUILD_TASK", "TREEGUILD_WORKTREE", "TREEGUILD_BASE",
                "TREEGUILD_SCRATCHPAD", "TREEGUILD_TASK_FILE", "TREEGUILD_RESULT_FILE", "HOME",
                "PATH", "LC_TIME",
            ]))
        #expect(!names.contains { $0.hasPrefix("GIT_") || $0.hasPrefix("AWS_") })
        #expect(try trial.text("task.txt", at: "treeguild/r1/env")?.contains("Task env") == true)
        let folder = try trial.text("pwd.txt", at: "treeguild/r1/env") ?? ""
        #expect(folder.hasSuffix("/env\n") && !folder.hasPrefix(trial.repository.path.description))
    }
}
