import Base
import Glibc
import SQLite
import TestSupport
import Testing

/// Disks, folders and objects that fail.
struct DamageTests {
    @Test func `trees that cannot be made fail their tasks and leave nothing`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        // A file where the folder of trees is to be: not even root can make a folder there.
        try Files.replace(trial.outside.appending("cache"), with: "".utf8)
        let answer = try trial.treeguild(["run", "-c", "a=true", "--run-id", "r1", "--json"])
        #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
        #expect(!answer.errors.contains("unexpected error"), "\(answer.errors)")
        #expect(answer.errors.contains("cache") || answer.output.contains("cache"))
        #expect(
            try trial.repository.git("for-each-ref", "--format=%(refname)") == "refs/heads/main")
        #expect(try UserState(of: trial) == before)
        try Files.removeFile(trial.outside.appending("cache"))
        _ = try trial.resume()
        try trial.expectTidy(before)
    }

    /// Damages the object of `notes.txt`; returns its name.
    private func damageNotes(_ trial: borrowing Trial) throws -> String {
        let blob = try trial.repository.git("rev-parse", "HEAD:notes.txt")
        let file = trial.repository.path.appending(
            ".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
        try Files.removeFile(file)
        try Files.replace(file, with: "garbage".utf8)
        return blob
    }

    @Test
    func
        `a corrupt object that the worktree has fails the task's collection, and its work is kept`()
        throws
    {
        let trial = try Trial()
        let blob = try damageNotes(trial)
        let answer = try trial.treeguild([
            "run", "-c", "a=echo a >a.txt", "--run-id", "r1", "--json",
        ])
        #expect(answer.status == 1, "\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.end("a") == "failed collect")
        let message = run.task("a")["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains(blob.prefix(10)) || message.contains("notes.txt"), "\(message)")
        #expect(try trial.repository.git("show", "refs/treeguild/preserved/r1/a:a.txt") == "a")
        #expect(try trial.leftTrees() == [])
    }

    @Test func `a base with a corrupt object fails the task and names the object`() throws {
        let trial = try Trial()
        let blob = try damageNotes(trial)
        try trial.repository.write("notes.txt", "changed\n")
        let answer = try trial.treeguild([
            "run", "-c", "a=echo a >a.txt", "--run-id", "r1", "--json",
        ])
        #expect(answer.status == 1, "\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.end("a") == "failed setup")
        let message = run.task("a")["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains(blob.prefix(10)) || message.contains("notes.txt"), "\(message)")
        #expect(try trial.leftTrees() == [])
        #expect(
            try trial.repository.git("for-each-ref", "--format=%(refname)") == "refs/heads/main")
    }

    @Test func `locks that killed programs left are in nobody's way`() throws {
        let trial = try Trial()
        let plan = """
            version: 1
            jobs: 1
            tasks:
              - {id: a, command: "echo a >a.txt"}
              - id: b
                command: |
                  echo b >b.txt
                  touch "$(git rev-parse --git-dir)/index.lock" "$(git rev-parse --git-dir)/HEAD.lock"
                  touch "$(git rev-parse --git-common-dir)/$(git symbolic-ref HEAD).lock"
            """
        #expect(try trial.run(plan, adding: ["TREEGUILD_FAULT": "6"]).status == 137)
        let folder = trial.repository.path.appending(".git/refs/heads/treeguild/r1")
        try Files.makeFolder(folder)
        for name in ["a", "b", "merged"] {
            try Files.replace(folder.appending(name + ".lock"), with: "".utf8)
        }
        let answer = try trial.resume()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(
            try trial.repository.git(
                "ls-tree", "--name-only", "treeguild/r1/merged", "a.txt", "b.txt")
                == "a.txt\nb.txt")
        #expect(try Files.list(folder).filter { $0.hasSuffix(".lock") } == [])
    }

    @Test func `a ledger of a newer version is not touched`() throws {
        let trial = try Trial()
        #expect(try trial.treeguild(["run", "-c", "a=true", "--run-id", "r1"]).status == 0)
        let ledger = trial.repository.path.appending(".git/treeguild/ledger.db")
        do {
            let connection = try Connection.open(ledger, .existing)
            try connection.execute("PRAGMA user_version = 999")
        }
        let bytes = try Files.read(ledger)
        for words in [["run", "-c", "a=true", "--run-id", "r2"], ["resume", "r1"]] {
            let answer = try trial.treeguild(words)
            #expect([1, 2].contains(answer.status), "\(answer.errors)")
            #expect(
                answer.errors.contains("newer") || answer.errors.contains("version"),
                "\(answer.errors)")
        }
        #expect(try Files.read(ledger) == bytes)
        #expect(try trial.leftTrees() == [])
    }

    @Test func `a tree that vanished before the run was resumed is made anew`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        try trial.makePipe("ready")
        let plan = try trial.plan(
            """
            version: 1
            tasks:
              - id: held
                command: |
                  echo h >h.txt; git add .; git commit -qm h
                  test -e $HOME/second || { echo ready >$HOME/ready; \(Shell.forever); }
            """)
        let program = try Background(trial, ["run", plan, "--run-id", "r1", "--json"])
        #expect(try trial.awaitLine("ready") == "ready")
        program.send(SIGKILL)
        _ = try program.end()
        for name in try Files.list(trial.outside.appending("cache/treeguild")) {
            let parent = trial.outside.appending("cache/treeguild/\(name)")
            for run in try Files.list(parent) { try Files.removeTree(parent.appending(run)) }
        }
        try Files.replace(trial.home.appending("second"), with: "".utf8)
        let answer = try trial.resume()
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(try trial.text("h.txt", at: "treeguild/r1/merged") == "h\n")
        #expect(try trial.anyPreserved(holding: "h.txt", of: "held") == "h\n")
        try trial.expectTidy(before)
    }

    /// Whether this machine lets the test mount a small file system.
    private static let canMount: Bool = {
        guard getuid() == 0, let scratch = try? Scratch() else { return false }
        let folder = scratch.path.appending("m")
        guard (try? Files.makeFolder(folder)) != nil,
            mount("tmpfs", folder.description, "tmpfs", 0, "size=1m") == 0
        else { return false }
        return umount(folder.description) == 0
    }()

    @Test(.enabled(if: canMount, "a file system can be mounted only by root"))
    func `a full disk fails tasks, and nothing is lost or left`() throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let cache = trial.outside.appending("cache")
        try Files.makeFolder(cache)
        #expect(mount("tmpfs", cache.description, "tmpfs", 0, "size=8m") == 0)
        defer { umount2(cache.description, Int32(MNT_DETACH)) }
        let answer = try trial.run(
            """
            version: 1
            tasks:
              - {id: fills, command: "head -c 12000000 /dev/zero >big || exit 5"}
              - {id: small, after: [], command: "echo s >s.txt"}
            """, ["--jobs", "1"], adding: ["TREEGUILD_WORKTREES": cache.description])
        #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
        #expect(!answer.errors.contains("unexpected error"), "\(answer.errors)")
        let run = try RunDocument(answer)
        #expect(run.end("fills") == "failed exit")
        #expect(try UserState(of: trial).status == before.status)
    }
}
