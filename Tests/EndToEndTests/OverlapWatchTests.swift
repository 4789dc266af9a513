import Base
import Glibc
import TestSupport
import Testing

/// `treeguild overlap --watch` beside somebody who works.
struct OverlapWatchTests {
    /// Waits until the program has printed a report for which the question is true, for at most half a minute.
    private func awaitReport(
        _ program: borrowing Background, _ question: (JSON) -> Bool
    ) throws -> Bool {
        for _ in 0..<3000 {
            let last = try program.lines().last.map { try JSON(parsing: $0) }
            if let last, question(last) { return true }
            _ = poll(nil, 0, 10)  // Between two looks; no result depends on it.
        }
        return false
    }

    private func conflicts(_ report: JSON) -> [String] {
        (report["pairs"]?.arrayValue ?? []).filter { $0["conflict"] == true }.map {
            "\($0["a"]?.stringValue ?? "") \($0["b"]?.stringValue ?? "")"
        }
    }

    private func names(_ report: JSON) -> [String?] {
        (report["branches"]?.arrayValue ?? []).map { $0["name"]?.stringValue }
    }

    @Test func `uncommitted work of worktrees is followed until a signal, which is exit 0`() throws
    {
        let trial = try Trial()
        let (one, two) = ("\(trial.outside)/one", "\(trial.outside)/two")
        try trial.repository.git("worktree", "add", "-q", "-b", "one", one)
        try trial.repository.git("worktree", "add", "-q", "-b", "two", two)
        let program = try Background(trial, ["overlap", "--worktrees", "--watch", "--json"])
        #expect(try awaitReport(program) { names($0) == ["main", "one", "two"] })
        for (folder, word) in [(one, "1"), (two, "2")] {
            try write(folder, "notes.txt", "one\ntwo\n\(word)\nfour\nfive\nsix\n")
        }
        #expect(try awaitReport(program) { conflicts($0) == ["one two"] })
        // A folder that was not there is followed, too.
        for (folder, word) in [(one, "x"), (two, "y")] {
            try write(folder, "new/deep/file.txt", word + "\n")
        }
        #expect(
            try awaitReport(program) { report in
                (report["regions"]?.arrayValue ?? []).contains { $0["kind"] == "add_add" }
            })
        let count = try program.lines().count
        try write(one, "ignored.secret", "x\n")
        try trial.repository.git(["checkout", "-q", "notes.txt"], in: path(one))
        try Files.removeTree(path(one).appending("new"))
        #expect(try awaitReport(program) { conflicts($0) == [] && names($0).count == 3 })
        #expect(try program.lines().count > count)
        program.send(SIGINT)
        let answer = try program.end()
        #expect(answer.status == 0)
        #expect(answer.errors == "")
    }

    @Test func `worktrees that come and go, and branches that move`() throws {
        let trial = try Trial()
        let folder = "\(trial.outside)/late"
        let program = try Background(trial, ["overlap", "--worktrees", "--watch", "--json"])
        #expect(try awaitReport(program) { names($0) == ["main"] })
        try trial.repository.git("worktree", "add", "-q", "-b", "late", folder)
        #expect(try awaitReport(program) { names($0) == ["main", "late"] })
        try write(folder, "menu.txt", "tea\n")
        try trial.repository.write("menu.txt", "milk\n")
        #expect(try awaitReport(program) { conflicts($0) == ["main late"] })
        try trial.repository.git("worktree", "remove", "--force", folder)
        #expect(try awaitReport(program) { names($0) == ["main"] })
        program.send(SIGTERM)
        #expect(try program.end().status == 0)
    }

    @Test func `branches by name are followed without a worktree of theirs`() throws {
        let trial = try Trial()
        for name in ["one", "two"] { try trial.repository.git("branch", name) }
        let program = try Background(trial, ["overlap", "one", "two", "--watch", "--json"])
        #expect(try awaitReport(program) { names($0) == ["one", "two"] })
        for name in ["one", "two"] {
            try trial.repository.git("checkout", "-q", name)
            try trial.repository.write("menu.txt", "\(name)\n")
            try trial.repository.commit(name)
        }
        #expect(try awaitReport(program) { conflicts($0) == ["one two"] })
        program.send(SIGINT)
        #expect(try program.end().status == 0)
    }

    @Test func `work in progress of a run is compared, and the run takes no notice`() throws {
        let trial = try Trial()
        for pipe in ["l", "r", "left", "right"] { try trial.makePipe(pipe) }
        let plan = """
            version: 1
            jobs: 3
            tasks:
              - {id: left, command: "sed -i s/bread/rye/ menu.txt; echo l >$HOME/l; read x <$HOME/left; sed -i s/rye/bread/ menu.txt; echo l >l"}
              - {id: right, command: "sed -i s/bread/wheat/ menu.txt; echo r >r; echo r >$HOME/r; read x <$HOME/right"}
            """
        let program = try Background(
            trial, ["run", try trial.plan(plan), "--run-id", "r1", "--json"])
        for pipe in ["l", "r"] { #expect(try trial.awaitLine(pipe) == pipe) }
        let report = try trial.treeguild(["overlap", "--worktrees", "--json"])
        #expect(report.status == 1, "\(report.errors)")
        let compared = names(try report.json).compactMap(\.self)
        #expect(compared.count == 3 && compared.contains("main"), "\(compared)")
        let pairs = conflicts(try report.json)
        #expect(
            pairs.count == 1 && pairs.allSatisfy { $0.contains("left") && $0.contains("right") })
        let region = try report.json["regions"]?.arrayValue?.first
        #expect(region?["path"] == "menu.txt" && region?["base"]?["start"] == 2)
        for pipe in ["left", "right"] { try trial.release(pipe) }
        let answer = try program.end()
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(Set(try RunDocument(answer).included) == ["left", "right"])
        #expect(
            try trial.text("menu.txt", at: "treeguild/r1/merged") == "soup\nwheat\ncheese\n")
    }

    private func path(_ text: String) throws -> AbsolutePath {
        try #require(AbsolutePath(text))
    }

    private func write(_ folder: String, _ name: String, _ text: String) throws {
        let file = try path(folder).appending(name)
        try Files.makeFolder(file.parent)
        try Files.replace(file, with: text.utf8)
    }
}
