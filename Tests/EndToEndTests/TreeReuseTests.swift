import Base
import TestSupport
import Testing

/// Trees that go from one task of a run to the next.
struct TreeReuseTests {
    /// Every task leaves all sorts of things and writes down what it found when it came.
    private static let plan = """
        version: 1
        jobs: 1
        tasks:
          - {id: a, command: "\(look); echo a >a.txt; rm notes.txt; chmod 700 src; echo s >a.secret; mkdir -p deep/er; echo x >deep/er/x"}
          - {id: b, command: "\(look); echo b >b.txt; git add b.txt; git commit -qm b; echo more >>menu.txt; ln -s /etc etc"}
          - {id: c, after: [a], command: "\(look); echo c >c.txt; touch $(git rev-parse --git-dir)/MERGE_MSG"}
          - {id: d, command: "\(look)"}
          - {id: e, command: "\(look); echo e >e.txt"}
        """

    private static let look =
        "(echo $TREEGUILD_TASK $(basename $PWD) $(git symbolic-ref HEAD); git status -s --ignored;"
        + " git rev-parse 'HEAD^{tree}'; find . -path ./.git -prune -o -printf '%p %m %l\\\\n' | sort;"
        + " ls $(git rev-parse --git-dir)) >$HOME/found-$TREEGUILD_TASK; ls -di . >>$HOME/folders"

    private func facts(_ trial: borrowing Trial) throws -> [String: String] {
        var facts: [String: String] = [:]
        for name in try Files.list(trial.home) where name.hasPrefix("found-") {
            facts[name] = String(
                decoding: try Files.read(trial.home.appending(name)), as: UTF8.self)
        }
        facts["refs"] = try trial.repository.git(
            "for-each-ref", "--format=%(refname) %(tree)", "refs/heads", "refs/treeguild")
        return facts
    }

    @Test func `a task cannot tell a tree that was used before from a new one`() throws {
        let reusing = try Trial()
        let anew = try Trial()
        let first = try reusing.run(Self.plan)
        let second = try anew.run(Self.plan, ["--no-reuse"])
        #expect(first.status == 0 && second.status == 0, "\(first.errors)\(second.errors)")
        let found = try facts(reusing)
        #expect(found.count == 6)
        #expect(found == (try facts(anew)))
        for facts in [first, second] {
            let rows = try facts.json["cleanup"]?.arrayValue ?? []
            #expect(rows.count == 5)
            // The ignored file of `a` is nobody's but its own.
            #expect(
                rows.first { $0["task"]?.stringValue == "a" }?["action"]?.stringValue
                    == "preserved")
        }
        #expect(Set(try reusing.lines("folders")).count == 1, "one folder went through all tasks")
        #expect(Set(try anew.lines("folders")).count == 5)
        #expect(
            try reusing.repository.git("worktree", "list", "--porcelain").split(separator: "\n")
                .filter { $0.hasPrefix("worktree") }.count == 1)
    }

    @Test func `what a reused tree held is brought back by undo`() throws {
        let trial = try Trial()
        let answer = try trial.run(Self.plan)
        #expect(answer.status == 0, "\(answer.errors)")
        let undone = try trial.treeguild(["undo", "r1/a"])
        #expect(undone.status == 0, "\(undone.errors)")
        let trees = try trial.repository.git("worktree", "list", "--porcelain")
        let path = try #require(
            trees.split(separator: "\n").first { $0.hasPrefix("worktree") && $0.hasSuffix("/a") }
        )
        .dropFirst("worktree ".count)
        let tree = try #require(AbsolutePath(String(path)))
        #expect(
            String(decoding: try Files.read(tree.appending("a.secret")), as: UTF8.self) == "s\n")
        #expect(Files.kind(of: tree.appending("deep/er/x")) == .file)
        #expect(Files.kind(of: tree.appending("notes.txt")) == nil)
    }

    @Test func `the tree of a task that failed is not used again`() throws {
        let trial = try Trial()
        let answer = try trial.run(
            """
            version: 1
            jobs: 1
            tasks:
              - {id: bad, command: "ls -di . >>$HOME/folders; exit 1"}
              - {id: good, command: "ls -di . >>$HOME/folders"}
            """)
        #expect(answer.status == 1)
        #expect(Set(try trial.lines("folders")).count == 2)
    }

    @Test func `the setting is recorded, and turns reuse off`() throws {
        let trial = try Trial()
        let answer = try trial.run(Self.plan, adding: ["TREEGUILD_REUSE": "false"])
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(Set(try trial.lines("folders")).count == 5)
        let log = try trial.treeguild(["log", "r1", "--json"])
        #expect(!log.output.contains("tree.reuse"))
    }
}
