import Base
import Store
import TestSupport
import Testing

@testable import Commands

struct ShowTests {
    /// A run with a task that changed `a` on a branch of its own and wrote a log.
    private func fill(_ scratch: borrowing StatusLedger) async throws -> String {
        let repository = scratch.repository.path
        try scratch.repository.git("checkout", "-q", "-b", "treeguild/run/docs")
        try scratch.repository.write("a", "one\nchanged\n")
        let head = try scratch.repository.commit("docs")
        try scratch.repository.git("checkout", "-q", "main")
        let log = repository.appending(".git/treeguild/runs/run/docs/log")
        try Files.makeFolder(log.parent)
        try Files.replace(log, with: "said \u{1b}[31mthis\n".utf8)
        let id = try await scratch.run("run")
        try await scratch.task(
            "docs", of: id, .completed,
            [
                "outcome": "changed", "branch": "treeguild/run/docs", "base": .string(scratch.base),
                "head": .string(head), "insertions": 1, "deletions": 1, "files": 1, "commits": 1,
                "attempts": 1, "seconds": .number("12.0"), "summary": "done",
                "log": .string(log.description),
            ])
        return head
    }

    @Test func `a task is shown with its facts, as text and as a document`() async throws {
        let scratch = try await StatusLedger()
        let head = try await fill(scratch)
        let text = await scratch.command("show", "run/docs")
        #expect(text.code == .done)
        #expect(text.data.hasPrefix("run/docs  completed\n"))
        for fact in ["changed", "done", "+1 -1", "treeguild/run/docs", head, "12 s"] {
            #expect(text.data.contains(fact))
        }
        #expect(await scratch.command("show", "docs").data == text.data)
        let json = await scratch.command("show", "docs", "--json")
        #expect(try json.schemaProblems() == [])
        #expect(try json.json["task"]?["head"] == .string(head))
    }

    @Test func `the diff is git's, with no program of the user's`() async throws {
        let scratch = try await StatusLedger()
        let head = try await fill(scratch)
        try scratch.repository.git("config", "diff.external", "false")
        try scratch.repository.git("config", "color.ui", "always")
        let captured = await scratch.command("show", "run/docs", "--diff")
        let expected = try scratch.repository.git(
            "diff", "--no-ext-diff", "--no-color", scratch.base, head)
        #expect(captured.data == expected + "\n")
        let json = await scratch.command("show", "run/docs", "--diff", "--json")
        #expect(try json.json["diff"] == .string(expected + "\n"))
        #expect(try json.schemaProblems() == [])
    }

    @Test func `the log is as the program wrote it, but not for a terminal to obey`() async throws {
        let scratch = try await StatusLedger()
        _ = try await fill(scratch)
        #expect(
            await scratch.command("show", "run/docs", "--log").data == "said \u{1b}[31mthis\n")
        let memory = Memory()
        let output = Output(
            streams: Output.Streams(
                data: memory.stream(isTerminal: true), talk: Memory().stream(), answer: nil),
            mode: Output.Mode())
        await output.foreign(Array("said \u{1b}[31mthis\n".utf8))
        #expect(memory.text == "said \\x1b[31mthis\n")
    }

    @Test func `the latest worker's log is found where its start is recorded`() async throws {
        let scratch = try await StatusLedger()
        let id = try await scratch.run("run")
        try await scratch.task("a", of: id, .failed)
        for attempt in 1...2 {
            let log = scratch.repository.path.appending(
                ".git/treeguild/runs/run/a/\(attempt)/log")
            try Files.makeFolder(log.parent)
            try Files.replace(log, with: "attempt \(attempt)\n".utf8)
            _ = try await scratch.ledger.begin(
                EffectKey(run: id, kind: "worker.run", key: "a/\(attempt)"), task: TaskID("a"),
                intent: ["log": .string(log.description)])
        }
        #expect(await scratch.command("show", "a", "--log").data == "attempt 2\n")
        #expect(await scratch.command("show", "a").data.contains("/runs/run/a/2/log\n"))
    }

    @Test func `a log elsewhere is not shown`() async throws {
        let scratch = try await StatusLedger()
        _ = try await fill(scratch)
        let id = try #require(RunID("run"))
        let runs = scratch.repository.path.appending(".git/treeguild/runs")
        let secret = scratch.repository.outside.appending("secret")
        try Files.replace(secret, with: "secret\n".utf8)
        try scratch.repository.git(
            ["init", "-q", "."], in: scratch.repository.outside)
        let link = runs.appending("run/link")
        _ = try Shell.run(
            ["ln", "-s", secret.description, link.description], in: runs,
            environment: scratch.repository.environment)
        for path in [secret, link, runs.appending("../../config")] {
            try await scratch.task("odd", of: id, .completed, ["log": .string(path.description)])
            let captured = await scratch.command("show", "run/odd", "--log")
            #expect(captured.code == .refused)
            #expect(captured.data == "")
        }
    }

    @Test func `without recorded changes the diff says where the work is`() async throws {
        let scratch = try await StatusLedger()
        let id = try await scratch.run("run")
        try await scratch.task("a", of: id, .failed)
        var tree = TreeRow(
            run: id, name: "a", path: scratch.repository.outside.appending("a"),
            base: scratch.base, state: .kept)
        _ = try await scratch.ledger.setTree(tree)
        let kept = await scratch.command("show", "run/a", "--diff")
        #expect(kept.talk.contains("is in \(tree.path)"), "\(kept.talk)")
        (tree.state, tree.ref) = (.removed, "refs/treeguild/preserved/run/a")
        _ = try await scratch.ledger.setTree(tree)
        let removed = await scratch.command("show", "run/a", "--diff")
        #expect(
            removed.talk.contains("git diff \(scratch.base) refs/treeguild/preserved/run/a"),
            "\(removed.talk)")
    }

    @Test func `what is not there is said`() async throws {
        let scratch = try await StatusLedger()
        let id = try await scratch.run("run")
        try await scratch.task("a", of: id, .running)
        for (option, words) in [
            ("--diff", "no changes"), ("--log", "no log"), ("--transcript", "no transcript"),
        ] {
            let captured = await scratch.command("show", "run/a", option)
            #expect(captured.code == .notDone)
            #expect(captured.talk.contains(words))
        }
        for name in ["run/b", "run/", "nur/a", "b"] {
            #expect(await scratch.command("show", name).code == .usage)
        }
    }
}
