import Base
import Glibc
import TestSupport
import Testing

/// What cannot be done is said, and nothing is touched.
struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let words: [String]
        var plan: String?
        /// What the message must name.
        let names: String

        init(_ description: String, _ words: [String], plan: String? = nil, names: String) {
            testDescription = description
            self.words = words
            self.plan = plan
            self.names = names
        }
    }

    private static let good = ["run", "-c", "a=true"]

    static let cases = [
        Case("an unknown revision", good + ["--base", "nowhere"], names: "nowhere"),
        Case("a missing plan", ["run", "missing.yaml"], names: "missing.yaml"),
        Case("nothing to run", ["run"], names: "nothing to run"),
        Case("a bad run id", good + ["--run-id", "No Good"], names: "No Good"),
        Case("a taken run id", good + ["--run-id", "taken"], names: "taken"),
        Case("a branch in the way", good + ["--run-id", "branch"], names: "treeguild/branch/a"),
        Case(
            "a result branch in the way", good + ["--run-id", "result"],
            names: "treeguild/result/merged"),
        Case(
            "a branch named like the run", good + ["--run-id", "whole"], names: "treeguild/whole"),
        Case("a task that nobody can do", ["run", "-t", "a=think"], names: "a"),
        Case("an unknown verifier", good + ["--verifier", "claude"], names: "claude"),
        Case("no YAML", ["run"], plan: "version: [1\n", names: "plan"),
        Case(
            "an unknown key", ["run"], plan: "version: 1\ntasks: [{id: a, comand: x}]",
            names: "comand"),
        Case(
            "a cycle", ["run"],
            plan:
                "version: 1\ntasks: [{id: a, command: x, after: [b]}, {id: b, command: x, after: [a]}]",
            names: "wait for each other"),
        Case(
            "a task twice", ["run"],
            plan: "version: 1\ntasks: [{id: a, command: x}, {id: a, command: x}]", names: "a"),
        Case(
            "an unknown dependency", ["run"],
            plan: "version: 1\ntasks: [{id: a, command: x, after: [ghost]}]", names: "ghost"),
        Case(
            "a bad glob", ["run"], plan: "version: 1\ntasks: [{id: a, command: x, touches: ['[']}]",
            names: "["),
        Case(
            "a bad duration", ["run"],
            plan: "version: 1\ntasks: [{id: a, command: x, timeout: never}]", names: "never"),
        Case(
            "a missing prompt file", ["run"],
            plan: "version: 1\nagent: {command: x}\ntasks: [{id: a, prompt_file: none.md}]",
            names: "none.md"),
        Case(
            "hiding what workers work in", ["run"],
            plan:
                "version: 1\nsandbox: {hide: ['~', /]}\ntasks: [{id: a, command: x}]",
            names: "where workers work"),
        Case(
            "hiding by a pattern", ["run"],
            plan: "version: 1\nsandbox: {hide: ['*.pem']}\ntasks: [{id: a, command: x}]",
            names: "*.pem"),
        Case("a bad id", ["run"], plan: "version: 1\ntasks: [{id: A/b, command: x}]", names: "A/b"),
        Case("resuming an unknown run", ["resume", "ghost"], names: "ghost"),
    ]

    @Test(arguments: cases)
    func `bad input is refused with its name, and nothing is touched`(_ one: Case) async throws {
        let trial = try Trial()
        #expect(try trial.treeguild(["run", "-c", "x=true", "--run-id", "taken"]).status == 0)
        for name in ["treeguild/branch/a", "treeguild/result/merged", "treeguild/whole"] {
            try trial.repository.git("branch", name)
        }
        let events = try await Facts(of: trial, run: "taken").chain
        let before = try (UserState(of: trial), trial.repository.git("for-each-ref"))
        var words = one.words
        if let plan = one.plan { words.append(try trial.plan(plan)) }
        let answer = try trial.treeguild(words)
        #expect(answer.status == 2, "\(answer.errors)")
        #expect(answer.errors.contains(one.names), "\(answer.errors)")
        #expect(!answer.errors.contains("unexpected error"), "\(answer.errors)")
        try trial.expectTidy(before.0)
        #expect(try await Facts(of: trial, run: "taken").chain == events)
        #expect(try trial.repository.git("for-each-ref") == before.1)
        let folders = try Files.list(trial.outside.appending("cache/treeguild")).flatMap {
            try Files.list(trial.outside.appending("cache/treeguild/\($0)"))
        }
        #expect(folders.count { !$0.hasPrefix("taken-") } == 0, "\(folders)")
    }

    @Test func `outside a repository, and in one without commits, nothing is made`() throws {
        let trial = try Trial()
        let plain = trial.outside.appending("plain")
        try Files.makeFolder(plain)
        let outside = try trial.treeguild(Self.good, in: plain)
        #expect(outside.status == 2 && outside.errors.contains("repository"), "\(outside.errors)")
        #expect(try Files.list(plain) == [])
        let empty = trial.outside.appending("empty")
        try trial.repository.git(["init", "-q", empty.description], in: trial.outside)
        let unborn = try trial.treeguild(Self.good, in: empty)
        #expect(unborn.status == 2 && unborn.errors.contains("commit"), "\(unborn.errors)")
        #expect(Files.kind(of: empty.appending(".git/treeguild")) == nil)
    }

    @Test func `a detached HEAD, a linked worktree and a subfolder are fine to run from`() throws {
        let trial = try Trial()
        try trial.repository.git("checkout", "-q", "--detach")
        #expect(try trial.treeguild(Self.good + ["--run-id", "r1"]).status == 0)
        let linked = trial.outside.appending("linked")
        try trial.repository.git("worktree", "add", "-q", linked.description, "-b", "side")
        let answer = try trial.treeguild(
            ["run", "-c", "a=echo a >a.txt", "--run-id", "r2"], in: linked)
        #expect(answer.status == 0, "\(answer.errors)")
        let inside = try trial.treeguild(
            ["run", "-c", "a=echo a >a.txt", "--run-id", "r3"],
            in: trial.repository.path.appending("src"))
        #expect(inside.status == 0, "\(inside.errors)")
        #expect(try trial.text("a.txt", at: "treeguild/r3/merged") == "a\n")
        #expect(try trial.repository.git("worktree", "list").split(separator: "\n").count == 2)
    }
}
