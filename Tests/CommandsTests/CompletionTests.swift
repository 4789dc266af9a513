import Base
import TestSupport
import Testing

@testable import Commands

struct CompletionTests {
    @Test(arguments: Completion.shells)
    func `a shell's script is as recorded`(shell: String) throws {
        let script = try #require(Completion.script(for: shell))
        try Golden.check(script, is: "completion/treeguild.\(shell)")
    }

    @Test(arguments: Completion.shells.filter(Programs.has))
    func `the shell itself accepts its script`(shell: String) throws {
        let scratch = try Scratch()
        let file = scratch.path.appending("script")
        try Files.create(file, with: try #require(Completion.script(for: shell)).utf8)
        let result = try Shell.run(
            [shell, "-n", file.description], in: scratch.path,
            environment: Shell.environment(home: scratch.path))
        #expect(result.status == 0, "\(result.text)")
    }

    /// What bash offers for the words, the last being the one under the cursor.
    private func offers(_ words: [String], in folder: AbsolutePath) throws -> [String] {
        let script = try #require(Completion.script(for: "bash"))
        // `compopt` works only while bash itself completes, and the run names are made up here.
        let frame = """
            compopt() { :; }
            treeguild() { printf '%s\\n' alpha-run beta-run; }
            COMP_WORDS=("$@")
            COMP_CWORD=$(($# - 1))
            _treeguild
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let file = folder.appending("script")
        try Files.replace(file, with: Array((script + frame).utf8))
        let result = try Shell.run(
            ["bash", file.description] + words, in: folder,
            environment: Shell.environment(home: folder))
        #expect(result.status == 0, "\(result.text)")
        return result.text.split(separator: "\n").map(String.init)
    }

    static let cases: [([String], [String])] = [
        (["treeguild", "ov"], ["overlap"]),
        (["treeguild", "--json", "sto"], ["stop"]),
        (["treeguild", "--color", "always", "re"], ["resume"]),
        (["treeguild", "--color", "=", "always", "re"], ["resume"]),
        (["treeguild", "-C", "folder", "--co"], ["--color"]),
        (["treeguild", "run", "--j"], ["--jobs", "--json"]),
        (["treeguild", "run", "--strategy", "s"], ["squash"]),
        (["treeguild", "run", "--strategy", "="], ["merge", "squash", "rebase", "ff"]),
        (["treeguild", "run", "--strategy", "=", "re"], ["rebase"]),
        (["treeguild", "run", "--jobs", ""], []),
        (["treeguild", "resume", ""], ["alpha-run", "beta-run"]),
        (["treeguild", "show", "b"], ["beta-run"]),
        (["treeguild", "completion", ""], ["bash", "zsh", "fish"]),
        (["treeguild", "help", "und"], ["undo"]),
        (["treeguild", "config", "job"], ["jobs"]),
        (["treeguild", "schema", "treeguild.o"], ["treeguild.overlap/1"]),
        (["treeguild", "run", "pla"], ["plan.yaml"]),
        (["treeguild", "xyzzy", ""], []),
    ]

    @Test(arguments: cases)
    func `bash offers what can stand there`(words: [String], expected: [String]) throws {
        let scratch = try Scratch()
        try Files.create(scratch.path.appending("plan.yaml"), with: [])
        #expect(try offers(words, in: scratch.path) == expected)
    }

    @Test func `a branch with a command in its name is offered as text`() throws {
        let repository = try ScratchRepository()
        try repository.commit()
        try repository.git("branch", "topic/a")
        try repository.git("branch", "topic/$(touch${IFS}hacked)")
        let offered = try offers(["treeguild", "merge", "topic"], in: repository.path)
        #expect(offered == ["topic/\\$\\(touch\\$\\{IFS\\}hacked\\)", "topic/a"])
        #expect(Files.kind(of: repository.path.appending("hacked")) == nil)
    }
}
