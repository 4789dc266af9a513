import Base
import Glibc
import TestSupport
import Testing

/// `treeguild self-check` from the command line.
struct SelfCheckRunTests {
    /// Three merges: clean, with a conflict, clean.
    private func merges(_ trial: borrowing Trial) throws {
        for (name, theirs, ours) in [
            ("one", "ONE\n", "SIX\n"), ("two", "TWO\n", "two!\n"), ("three", "THREE\n", "END\n"),
        ] {
            let lines = ["one\n", "two\n", "three\n", "four\n", "five\n", "six\n"]
            func text(_ line: String) -> String {
                lines.map { $0.prefix(2).lowercased() == line.prefix(2).lowercased() ? line : $0 }
                    .joined() + (line == "END\n" ? line : "")
            }
            try trial.repository.write("notes.txt", lines.joined())
            try trial.repository.git("commit", "-q", "--allow-empty", "-a", "-m", "as it was")
            try trial.repository.git("checkout", "-q", "-b", name)
            try trial.repository.write("notes.txt", text(theirs))
            try trial.repository.commit(name)
            try trial.repository.git("checkout", "-q", "main")
            try trial.repository.write("notes.txt", text(ours))
            try trial.repository.commit("main")
            try trial.repository.git("merge", "-q", "-s", "ours", "-m", "merge", name)
        }
    }

    @Test func `a history's merges are git's, for people and for programs`() throws {
        let trial = try Trial()
        #expect(try trial.treeguild(["self-check"]).output.contains("no merges of two parents"))
        try merges(trial)
        // How a person likes conflicts written is no difference.
        try trial.repository.git("config", "merge.conflictStyle", "zdiff3")
        let people = try trial.treeguild(["self-check"])
        #expect(people.status == 0, "\(people.errors)")
        #expect(people.output.contains("every decided merge is git's"))
        let answer = try trial.treeguild(["self-check", "--json"]).json
        #expect(answer["schema"] == "treeguild.self-check/1")
        #expect(answer["merges"] == 3 && answer["decided"] == 3)
        #expect(answer["equal"]?["clean"] == 2 && answer["equal"]?["conflict"] == 1)
    }

    @Test func `an interrupt ends it with 130, and leaves neither git nor a folder behind`() throws
    {
        let trial = try Trial()
        try merges(trial)
        try trial.makePipe("ready")
        try trial.makePipe("go")
        let bin = trial.home.appending("bin")
        try Files.makeFolder(bin)
        let script = """
            #!/bin/sh
            case "$*" in *merge-tree*)
                pwd >$HOME/place
                echo $$ >$HOME/ready
                read line <$HOME/go ;;
            esac
            PATH=${PATH#*:} exec git "$@"

            """
        try Files.create(bin.appending("git"), with: script.utf8, mode: 0o755)
        let program = try Background(
            trial, ["self-check"],
            adding: ["PATH": "\(bin):\(trial.environment["PATH"] ?? "")"])
        let line = try trial.awaitLine("ready")
        let git = try #require(Int32(line))
        let folder = try trial.lines("place").first ?? ""
        let place = try #require(AbsolutePath(folder))
        #expect(Files.kind(of: place) == .folder)
        program.send(SIGINT)
        let answer = try program.end()
        #expect(answer.status == 130)
        #expect(answer.errors.contains("interrupted after 0 of 3 merges"), "\(answer.errors)")
        #expect(answer.output == "")
        #expect(kill(git, 0) != 0)
        #expect(Files.kind(of: place) == nil)
        #expect(try trial.treeguild(["self-check"]).status == 0)
    }
}
