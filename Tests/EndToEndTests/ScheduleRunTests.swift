import Base
import TestSupport
import Testing

/// Which tasks run, when, and from what.
struct ScheduleRunTests {
    @Test func `a task starts from the merge of all that it comes after`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            tasks:
              - {id: a, command: "echo a >a.txt"}
              - {id: b, command: "sed -i s/one/1/ notes.txt"}
              - {id: c, command: "sed -i s/six/6/ notes.txt"}
              - {id: both, after: [a, b], command: "cat a.txt notes.txt >both.txt"}
              - {id: all, after: [a, b, c], command: "cat a.txt notes.txt >all.txt"}
              - {id: again, after: [a, b], command: "cat notes.txt a.txt >again.txt"}
              - {id: last, after: [both, all, again], command: "cat *.txt | wc -l >last.txt"}
            """, ["--jobs", "4"])
        #expect(answer.status == 0, "\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.status == "completed")
        #expect(Set(run.included) == ["a", "b", "c", "both", "all", "again", "last"])
        let result = "treeguild/r1/merged"
        #expect(
            try trial.text("all.txt", at: result) == "a\n1\ntwo\nthree\nfour\nfive\n6\n")
        #expect(
            try trial.text("both.txt", at: result) == "a\n1\ntwo\nthree\nfour\nfive\nsix\n")
        #expect(
            try trial.text("again.txt", at: result) == "1\ntwo\nthree\nfour\nfive\nsix\na\n")
        #expect(try trial.text("last.txt", at: result) == "31\n")
        // Both started from one and the same merge.
        #expect(
            try trial.repository.git("rev-parse", "treeguild/r1/both^")
                == trial.repository.git("rev-parse", "treeguild/r1/again^"))
        try trial.expectTidy(before)
    }

    @Test func `many tasks that come after the same two with a conflict get one resolution`() throws
    {
        let trial = try Trial()
        let answer = try trial.run(
            """
            version: 1
            verify: {agent: {command: "echo verified >>$HOME/verified; printf 'one\\nA\\nB\\n' >notes.txt"}}
            tasks:
              - {id: a, command: "printf 'one\\nA\\n' >notes.txt"}
              - {id: b, command: "printf 'one\\nB\\n' >notes.txt"}
              - {id: c, after: [a, b], command: "cp notes.txt c.txt"}
              - {id: d, after: [a, b], command: "cp notes.txt d.txt"}
              - {id: e, after: [a, b], command: "cp notes.txt e.txt"}
            """, ["--jobs", "5"])
        #expect(answer.status == 0, "\(answer.errors)")
        for name in ["c", "d", "e"] {
            #expect(try trial.text("\(name).txt", at: "treeguild/r1/merged") == "one\nA\nB\n")
        }
        #expect(try trial.lines("verified") == ["verified"])
    }

    @Test func `a fan-in over branches that conflict fails that task alone`() throws {
        let trial = try Trial()
        let answer = try trial.run(
            """
            version: 1
            tasks:
              - {id: a, command: "sed -i s/two/A/ notes.txt"}
              - {id: b, command: "sed -i s/two/B/ notes.txt"}
              - {id: both, after: [a, b], command: "true"}
              - {id: other, command: "echo o >o.txt"}
            """)
        let run = try RunDocument(answer)
        #expect(answer.status == 1)
        #expect(run.end("both") == "failed basis")
        #expect(run.task("both")["error"]?["message"]?.stringValue?.contains("b") == true)
        #expect(run.end("other") == "completed changed")
        #expect(run.included.contains("other") && run.excluded.count == 1)
    }

    @Test
    func `tasks with a common scope run one after another, the later from the earlier's work`()
        throws
    {
        let trial = try Trial()
        let answer = try trial.run(
            """
            version: 1
            tasks:
              - {id: a, touches: ["notes.txt"], command: "sed -i s/two/A/ notes.txt"}
              - {id: b, touches: ["*.txt"], command: "sed -i s/A/AB/ notes.txt"}
              - {id: c, touches: ["src/**"], command: "echo c >>src/app.sh"}
            """, ["--jobs", "3"])
        let run = try RunDocument(answer)
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(Set(run.included) == ["a", "b", "c"])
        #expect(
            try trial.text("notes.txt", at: "treeguild/r1/merged")?.hasPrefix("one\nAB\n") == true)
        #expect(try trial.text("notes.txt", at: "treeguild/r1/b")?.hasPrefix("one\nAB\n") == true)
    }

    @Test func `a failed task skips what comes after it and nothing else`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            tasks:
              - {id: bad, command: "echo partial >partial.txt; exit 7"}
              - {id: child, after: [bad], command: "echo c >>$HOME/ran"}
              - {id: grandchild, after: [child], command: "echo g >>$HOME/ran"}
              - {id: good, command: "echo g >good.txt"}
            """)
        let run = try RunDocument(answer)
        #expect(answer.status == 1 && run.status == "failed")
        #expect(
            run.ends == [
                "bad": "failed exit", "child": "skipped skipped", "grandchild": "skipped skipped",
                "good": "completed changed",
            ])
        #expect(run.task("bad")["error"]?["message"]?.stringValue == "exit status 7")
        #expect(run.included == ["good"])
        #expect(try trial.lines("ran") == [])
        #expect(run.cleanup == ["bad": "preserved", "good": "removed"])
        let ref = run.fate("bad")["ref"]?.stringValue ?? ""
        #expect(ref == "refs/treeguild/preserved/r1/bad")
        #expect(try trial.text("partial.txt", at: ref) == "partial\n")
        try trial.expectTidy(before)
    }

    @Test func `a retried task starts afresh, and what the failed attempts left is kept`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            tasks:
              - id: flaky
                retries: 2
                command: |
                  echo try >>$HOME/tries
                  n=$(wc -l <$HOME/tries)
                  echo left-$n >left.txt
                  test ! -e own.txt || exit 99
                  echo $n >own.txt
                  test $n = 3
              - {id: never, retries: 1, command: "echo n >>$HOME/never; exit 1"}
            """)
        let run = try RunDocument(answer)
        #expect(answer.status == 1)
        #expect(run.end("flaky") == "completed changed")
        #expect(run.task("flaky")["attempts"]?.intValue == 3)
        #expect(run.end("never") == "failed exit")
        #expect(run.task("never")["attempts"]?.intValue == 2)
        #expect(try trial.lines("never").count == 2)
        #expect(try trial.text("own.txt", at: "treeguild/r1/merged") == "3\n")
        let kept = try trial.repository.git(
            "for-each-ref", "--format=%(refname)", "refs/treeguild/preserved"
        ).split(separator: "\n").map(String.init)
        let texts = try kept.map { try trial.text("left.txt", at: $0) ?? "" }
        #expect(texts.sorted() == ["left-1\n", "left-2\n"])
        try trial.expectTidy(before)
    }

    @Test func `a task whose time is up is ended with all that it started`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            tasks:
              - {id: slow, timeout: 0.5, command: "echo s >slow.txt; setsid \(Shell.forever) & \(Shell.forever)"}
              - {id: quick, command: "echo q >quick.txt"}
            """)
        let run = try RunDocument(answer)
        #expect(answer.status == 1)
        #expect(run.end("slow") == "failed timeout")
        #expect(run.included == ["quick"])
        #expect(try trial.text("slow.txt", at: "refs/treeguild/preserved/r1/slow") == "s\n")
        #expect(try trial.markedProcesses() == [])
        try trial.expectTidy(before)
    }

    @Test func `a task that only reads and yet writes fails, and its writing is not merged`() throws
    {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let answer = try trial.run(
            """
            version: 1
            tasks:
              - {id: reader, reads: true, command: "echo r >r.txt"}
              - {id: writer, command: "echo w >w.txt"}
            """)
        let run = try RunDocument(answer)
        #expect(answer.status == 1)
        #expect(run.end("reader") == "failed policy")
        #expect(run.included == ["writer"])
        #expect(try trial.text("r.txt", at: "treeguild/r1/merged") == nil)
        #expect(try trial.anyPreserved(holding: "r.txt", of: "reader") == "r\n")
        try trial.expectTidy(before)
    }

    @Test func `forty tasks run at once and all come into the result`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let tasks = (1...40).map { "  - {id: t\($0), command: \"echo \($0) >f\($0).txt\"}" }
        let answer = try trial.run(
            "version: 1\ntasks:\n" + tasks.joined(separator: "\n"), ["--jobs", "40"])
        #expect(answer.status == 0, "\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.included.count == 40)
        #expect(
            try trial.repository.git("ls-tree", "--name-only", "treeguild/r1/merged")
                .split(separator: "\n").count { $0.hasPrefix("f") } == 40)
        try trial.expectTidy(before)
    }
}
