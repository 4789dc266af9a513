import Base
import TestSupport
import Testing

/// What workers may do to their trees, and what becomes of their work.
struct WorkerConductTests {
    /// One thing that a worker does, how its task must end, and where its work must be found.
    struct Conduct: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let command: String
        /// A task's end as ``RunDocument/end(_:)`` tells it.
        let end: String
        /// File with its text on the task's branch or a ref that preserves it.
        var kept: [String: String] = [:]
        /// File with its text in the result; nil for no such file.
        var merged: [String: String?] = [:]
        var action = "removed"
        /// What the sandbox would keep it from doing.
        var isLoose = false

        init(
            _ description: String, _ command: String, _ end: String, kept: [String: String] = [:],
            merged: [String: String?] = [:], action: String = "removed", isLoose: Bool = false
        ) {
            self.isLoose = isLoose
            testDescription = description
            self.command = command
            self.end = end
            self.kept = kept
            self.merged = merged
            self.action = action
        }
    }

    static let conducts = [
        Conduct(
            "commits itself, several times",
            "echo 1 >w.txt; git add w.txt; git commit -qm 1; echo 2 >w.txt; git commit -qam 2",
            "completed changed", merged: ["w.txt": "2\n"]),
        Conduct(
            "commits a part and leaves the rest",
            "echo 1 >w.txt; git add w.txt; git commit -qm 1; echo 2 >v.txt; echo 3 >u.txt; git add u.txt",
            "completed changed", merged: ["w.txt": "1\n", "v.txt": "2\n", "u.txt": "3\n"]),
        Conduct(
            "amends its own commit",
            "echo 1 >w.txt; git add w.txt; git commit -qm 1; echo 2 >w.txt; git commit -qa --amend -m 2",
            "completed changed", merged: ["w.txt": "2\n"], action: "preserved"),
        Conduct(
            "amends the base's commit",
            "echo 1 >w.txt; git add w.txt; git commit -q --amend -m mine",
            "failed collect", kept: ["w.txt": "1\n"], merged: ["w.txt": nil],
            action: "preserved"),
        Conduct(
            "makes a branch of its own and works there",
            "git checkout -qb mine; echo 1 >w.txt; git add w.txt; git commit -qm 1; echo 2 >v.txt",
            "failed escaped", kept: ["w.txt": "1\n", "v.txt": "2\n"], merged: ["w.txt": nil],
            action: "preserved", isLoose: true),
        Conduct(
            "makes a branch beside its own and works there",
            "git checkout -qb treeguild/r1/mine; echo 1 >w.txt; git add w.txt; git commit -qm 1; echo 2 >v.txt",
            "failed collect", kept: ["w.txt": "1\n", "v.txt": "2\n"], merged: ["w.txt": nil],
            action: "preserved"),
        Conduct(
            "detaches HEAD and commits",
            "git checkout -q --detach; echo 1 >w.txt; git add w.txt; git commit -qm 1",
            "failed collect", kept: ["w.txt": "1\n"], merged: ["w.txt": nil],
            action: "preserved"),
        Conduct(
            "resets the base away",
            "git commit -q --allow-empty -m x; git reset -q --hard $(git commit-tree -m root $(git write-tree)); echo 1 >w.txt; git add .; git commit -qm y",
            "failed collect", kept: ["w.txt": "1\n"], merged: ["w.txt": nil],
            action: "preserved"),
        Conduct(
            "leaves a merge half done",
            "git checkout -qb side; echo A >menu.txt; git commit -qam A; git checkout -q -; echo B >menu.txt; git commit -qam B; git merge side; true",
            "failed escaped", merged: ["menu.txt": "soup\nbread\ncheese\n"],
            action: "preserved", isLoose: true),
        Conduct(
            "leaves a repository inside",
            "git init -q inner; cd inner; echo 1 >w.txt; git add .; git commit -qm inner; cd ..; echo 2 >v.txt",
            "failed collect", merged: ["v.txt": nil], action: "kept"),
        Conduct(
            "begins a history of its own and does not commit",
            "git checkout -q --orphan mine; echo 1 >w.txt",
            "failed collect", merged: ["w.txt": nil], action: "kept"),
        Conduct(
            "stashes its work",
            "echo 1 >w.txt; git add w.txt; git stash -q",
            "failed escaped", kept: ["w.txt": "1\n"], merged: ["w.txt": nil],
            action: "preserved", isLoose: true),
        Conduct(
            "leaves a background process in a session of its own",
            "echo 1 >w.txt; setsid sh -c 'trap \"\" TERM HUP; \(Shell.forever)' >/dev/null 2>&1 & echo 2 >v.txt",
            "completed changed", merged: ["w.txt": "1\n", "v.txt": "2\n"]),
        Conduct(
            "deletes its .git file",
            "echo 1 >w.txt; rm .git",
            "failed collect", merged: ["w.txt": nil], action: "kept", isLoose: true),
        Conduct(
            "cannot delete its .git file",
            "echo 1 >w.txt; rm .git",
            "failed exit", kept: ["w.txt": "1\n"], merged: ["w.txt": nil], action: "preserved"),
        Conduct(
            "deletes its whole tree",
            "cd /; rm -rf \"$TREEGUILD_WORKTREE\"",
            "failed collect", merged: ["menu.txt": "soup\nbread\ncheese\n"], isLoose: true),
        Conduct(
            "deletes all of its tree that it can",
            "cd /; rm -rf \"$TREEGUILD_WORKTREE\"",
            "failed exit", merged: ["menu.txt": "soup\nbread\ncheese\n"], action: "preserved"),
        Conduct(
            "commits and deletes its whole tree",
            "echo 1 >w.txt; git add .; git commit -qm 1; cd /; rm -rf \"$TREEGUILD_WORKTREE\"",
            "failed collect", kept: ["w.txt": "1\n"], merged: ["w.txt": nil], isLoose: true),
        Conduct(
            "deletes all files", "rm -rf *", "completed changed",
            merged: ["menu.txt": nil, "other.txt": "other\n"]),
        Conduct(
            "writes ignored files only",
            "echo key >a.secret; mkdir -p d; echo k >d/b.secret",
            "completed unchanged", kept: ["a.secret": "key\n", "d/b.secret": "k\n"],
            action: "preserved"),
        Conduct(
            "writes build outputs only",
            "mkdir -p build node_modules/x; echo o >build/o.secret; echo m >node_modules/x/m.secret",
            "completed unchanged"),
        Conduct(
            "changes a mode and makes a link",
            "chmod +x src/app.sh; ln -s src/app.sh link",
            "completed changed", merged: ["link": "src/app.sh"]),
        Conduct(
            "marks a file so that git does not look, and changes it",
            "git update-index --assume-unchanged menu.txt; echo hidden >menu.txt",
            "completed changed", merged: ["menu.txt": "hidden\n"]),
        Conduct(
            "locks its index",
            "echo 1 >w.txt; touch \"$(git rev-parse --git-path index.lock)\"",
            "completed changed", merged: ["w.txt": "1\n"]),
        Conduct(
            "makes a pipe",
            "echo 1 >w.txt; mkfifo pipe",
            "failed collect", merged: ["w.txt": nil], action: "kept"),
        Conduct(
            "undoes its own work",
            "echo 1 >w.txt; git add .; git commit -qm 1; git revert --no-edit HEAD >/dev/null",
            "completed changed", merged: ["w.txt": nil]),
    ]

    @Test(arguments: conducts)
    func `a worker's work is taken or kept, never lost`(_ conduct: Conduct) throws {
        let trial = try Trial()
        let before = try UserState(of: trial)
        let script = trial.outside.appending("worker.sh")
        try Files.replace(script, with: conduct.command.utf8)
        let answer = try trial.run(
            """
            version: 1
            jobs: 1
            tasks:
              - {id: odd, command: "sh \(script)"}
              - {id: other, command: "echo other >other.txt"}
            """, conduct.isLoose ? ["--no-sandbox"] : [])
        let run = try RunDocument(answer)
        #expect(run.end("odd") == conduct.end, "\(run.task("odd"))")
        #expect(answer.status == (conduct.end.hasPrefix("completed") ? 0 : 1))
        #expect(run.included.contains("other"))
        #expect(run.cleanup["odd"] == conduct.action, "\(run.fate("odd"))")
        for (path, text) in conduct.kept {
            #expect(try trial.anyPreserved(holding: path, of: "odd") == text, "\(path)")
        }
        for (path, text) in conduct.merged {
            #expect(try trial.text(path, at: "treeguild/r1/merged") == text, "\(path)")
        }
        #expect(try trial.markedProcesses() == [])
        if conduct.action == "kept" {
            #expect(try trial.leftTrees() == ["odd"])
        } else if !conduct.testDescription.contains("stash"),
            !conduct.testDescription.contains("branch"),
            !conduct.testDescription.contains("merge"), !conduct.testDescription.contains("outputs")
        {
            // Those do to the shared repository what git lets any worktree do.
            try trial.expectTidy(before)
        }
    }
}
