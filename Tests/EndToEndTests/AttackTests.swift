import Base
import Glibc
import TestSupport
import Testing

/// Workers that reach for what is not theirs. `$MAIN` is the user's worktree, `$G` the tree's registration.
struct AttackTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let command: String
        /// End of the task in the sandbox.
        let held: String
        /// End of the task without one; nil where it does no harm to speak of, or the machine.
        let loose: String?
        /// Files with text that must be found on a ref or in a kept tree: real work done beside the attack.
        var keeps = true

        init(
            _ description: String, _ command: String, held: String = "failed exit",
            loose: String? = "failed escaped", keeps: Bool = true
        ) {
            testDescription = description
            self.command = command
            self.held = held
            self.loose = loose
            self.keeps = keeps
        }
    }

    static let attacks = [
        Attack("writes by an absolute path", #"echo x >>"$MAIN/menu.txt""#),
        Attack("writes a new file", #"echo x >"$MAIN/src/new.sh""#),
        Attack("deletes a file", #"rm -f "$MAIN/notes.txt""#),
        Attack("renames a folder", #"mv "$MAIN/src" "$MAIN/source""#),
        Attack("changes a mode", #"chmod 777 "$MAIN/menu.txt""#),
        Attack("turns a file's time back", #"touch -d 2001-01-01 "$MAIN/menu.txt""#),
        Attack("empties a file", #"truncate -s 0 "$MAIN/menu.txt""#),
        Attack("commits by git -C", #"git -C "$MAIN" commit -q --allow-empty -m x"#),
        Attack("makes a branch by git -C", #"git -C "$MAIN" branch evil"#),
        Attack("resets by git -C", #"echo x >>menu.txt; git -C "$MAIN" rm -q menu.txt"#),
        Attack(
            "works in main by GIT_DIR",
            #"export GIT_DIR="$MAIN/.git" GIT_WORK_TREE="$MAIN"; git rm -q menu.txt"#),
        Attack(
            "moves the user's branch",
            #"git update-ref refs/heads/main $(git commit-tree -m x HEAD^{tree})"#),
        Attack("stashes", "echo y >>menu.txt; git stash -q"),
        Attack("packs the refs", "git pack-refs --all"),
        Attack("writes through a link in its tree", #"ln -s "$MAIN" link; echo x >>link/menu.txt"#),
        Attack(
            "writes through a link in the place of its index",
            #"rm "$G/index"; ln -s "$MAIN/.git/index" "$G/index"; git rm -q --cached menu.txt"#),
        Attack(
            "leaves a link in the place of its index, for others to write through",
            #"rm "$G/index"; ln -s "$MAIN/.git/index" "$G/index""#, held: "failed collect",
            loose: "failed collect"),
        Attack(
            "leaves a link in the place of its log",
            #"ln -sf "$MAIN/.git/config" "$G/logs/HEAD""#, held: "failed collect",
            loose: "failed collect"),
        Attack(
            "leaves a link in the place of its branch",
            #"R="$MAIN/.git/refs/heads/treeguild/r1/odd"; ln -sf ../../main "$R""#,
            held: "failed collect", loose: "failed collect"),
        Attack(
            "leaves a link in the place of its branch's log",
            #"R="$MAIN/.git/logs/refs/heads/treeguild/r1/odd"; ln -sf "$MAIN/.git/config" "$R""#,
            held: "failed collect", loose: "failed collect"),
        Attack(
            "makes its branch another name of main",
            "git symbolic-ref refs/heads/treeguild/r1/odd refs/heads/main", held: "failed collect",
            loose: "failed collect"),
        Attack("writes through a hard link", #"ln "$MAIN/menu.txt" hard && echo x >>hard"#),
        Attack("sets core.worktree", #"git config core.worktree "$MAIN""#),
        Attack(
            "writes files by --work-tree",
            #"echo evil >menu.txt; git add menu.txt; git --work-tree="$MAIN" checkout-index -fa"#),
        Attack(
            "sets core.hooksPath",
            #"mkdir hooks; echo 'touch ~/ran' >hooks/pre-commit; git config core.hooksPath "$PWD/hooks""#
        ),
        Attack("sets include.path", #"echo '[alias]' >evil; git config include.path "$PWD/evil""#),
        Attack(
            "sets a filter for the user's next add",
            "git config filter.x.clean 'touch ~/ran'"),
        Attack(
            "adds alternates",
            #"mkdir objects; echo "$PWD/objects" >"$MAIN/.git/objects/info/alternates""#),
        Attack(
            "writes a hook for the user's next commit",
            #"printf '#!/bin/sh\ntouch ~/ran\n' >"$MAIN/.git/hooks/pre-commit"; chmod +x "$MAIN/.git/hooks/pre-commit""#
        ),
        Attack("hides files from the user's status", #"echo '*.log' >>"$MAIN/.git/info/exclude""#),
        Attack("leaves a lock of the user's index", #"touch "$MAIN/.git/index.lock""#, loose: nil),
        Attack(
            "leaves a background process that writes later",
            // 0.3 s is what it waits for the others to be done: one that is ended with its worker never writes.
            #"setsid sh -c 'trap "" TERM HUP INT; sleep 0.3; echo x >>"$MAIN/menu.txt"; \#(Shell.forever)' >/dev/null 2>&1 &"#,
            held: "completed changed"),
        Attack(
            "commits in main through a replaced .git file",
            #"rm .git && echo "gitdir: $MAIN/.git" >.git && git add -A && git commit -qm x"#),
        Attack(
            "replaces its .git file by a repository",
            "rm .git && git init -q . && git add -A && git commit -qm x", loose: "failed collect"),
        Attack(
            "changes where its tree belongs", #"echo "$MAIN/.git/x" >"$G/commondir""#,
            loose: "failed collect"),
        Attack(
            "renames its tree", #"cd /; mv "$TREEGUILD_WORKTREE" "$TREEGUILD_WORKTREE-moved""#,
            loose: "failed collect", keeps: false),
        Attack(
            "puts a link in the place of its parent",
            #"cd /; P=$(dirname "$TREEGUILD_WORKTREE"); mv "$P" "$P-moved" && ln -s "$MAIN" "$P""#,
            loose: nil, keeps: false),
        Attack("deletes a treeguild ledger", #"rm "$MAIN"/.git/treeguild/ledger.db"#, loose: nil),
        Attack(
            "kills treeguild", "kill -9 $(cat ~/pid)", loose: nil),
    ]

    private func plan(_ attack: Attack, in trial: borrowing Trial) throws -> String {
        let script = trial.outside.appending("attack.sh")
        let text = "G=$(git rev-parse --absolute-git-dir); echo work >w.txt; \(attack.command)"
        try Files.replace(script, with: text.utf8)
        try Files.replace(trial.home.appending("pid"), with: "\(getpid())\n".utf8)
        return """
            version: 1
            jobs: 1
            env: {MAIN: "\(trial.repository.path)"}
            tasks:
              - {id: odd, command: "sh \(script)"}
              - {id: other, command: "echo other >other.txt", after: []}
            """
    }

    /// Every byte of the repository that is the user's, and every object that was there.
    private func picture(of trial: borrowing Trial) throws -> String {
        try Shell.run(
            [
                "sh", "-c",
                """
                find . -path ./.git/treeguild -prune -o -path ./.git/worktrees -prune -o -path ./.git/objects -prune \
                    -o -path '*/heads/treeguild*' -prune -o -path ./.git/refs/treeguild -prune \
                    -o -path ./.git/logs -prune -o -type d -o -print0 | sort -z | xargs -0 stat -c '%n %f %s %Y %h'
                git for-each-ref; cat .git/HEAD .git/config menu.txt notes.txt src/*; git hash-object .git/index
                git stash list; cat .git/info/exclude; ls .git/hooks; cat .git/logs/HEAD
                """,
            ], in: trial.repository.path, environment: trial.repository.environment
        ).text.split(separator: "\n").filter { !$0.contains("treeguild/") }.joined(separator: "\n")
    }

    @Test(arguments: attacks)
    func `in the sandbox nothing of the user's changes, and no work is lost`(_ attack: Attack)
        throws
    {
        let trial = try Trial()
        let objects = try trial.repository.git("cat-file", "--batch-all-objects", "--batch-check")
        let before = (try picture(of: trial), try UserState(of: trial))
        let answer = try trial.run(try plan(attack, in: trial))
        let run = try RunDocument(answer)
        #expect(run.end("odd") == attack.held, "\(run.task("odd"))")
        #expect(run.end("other") == "completed changed")
        #expect(run.included.contains("other"))
        #expect(try picture(of: trial) == before.0)
        // Of a tree that stays git says what is wrong with it, whatever it is asked.
        if run.cleanup["odd"] != "kept" { #expect(try UserState(of: trial) == before.1) }
        let after = try trial.repository.git("cat-file", "--batch-all-objects", "--batch-check")
        #expect(Set(objects.split(separator: "\n")).isSubset(of: after.split(separator: "\n")))
        #expect(try trial.lines("ran") == [])
        #expect(try trial.markedProcesses() == [])
        if attack.keeps { try expectWork(of: trial, run) }
        #expect(run.json["sandbox"]?["changes"] == [])
    }

    @Test(arguments: attacks.filter { $0.loose != nil })
    func `without a sandbox it is noticed, and names what was changed`(_ attack: Attack) throws {
        let trial = try Trial()
        let answer = try trial.run(try plan(attack, in: trial), ["--no-sandbox"])
        let run = try RunDocument(answer)
        #expect(run.end("odd") == attack.loose, "\(run.task("odd"))")
        #expect(run.end("other") == "completed changed")
        #expect(run.json["sandbox"]?["enabled"] == false)
        #expect(try trial.markedProcesses() == [])
        if attack.keeps { try expectWork(of: trial, run) }
        guard attack.loose == "failed escaped" else { return }
        #expect(!run.included.contains("odd"))
        #expect(answer.status == 1)
        let changes = run.json["sandbox"]?["changes"]?.arrayValue ?? []
        #expect(
            changes.contains { $0["by"] == "worker" && $0["task"] == "odd" && $0["paths"] != [] })
    }

    /// The worker's real work is on a branch, on a ref that preserves it, or in its tree, which stays.
    private func expectWork(of trial: borrowing Trial, _ run: RunDocument) throws {
        if run.cleanup["odd"] == "kept" {
            let found = try Shell.run(
                ["find", trial.outside.appending("cache").description, "-path", "*/odd/w.txt"],
                in: trial.outside, environment: trial.environment)
            #expect(found.text.contains("w.txt"))
        } else {
            let text = try trial.anyPreserved(holding: "w.txt", of: "odd")
            // git may complain first of what the worker did to it.
            #expect(text?.hasSuffix("work\n") == true, "\(run.fate("odd"))")
        }
    }

    @Test
    func `a worker that moves the collected branch of another task fails, and nothing is lost`()
        throws
    {
        let trial = try Trial()
        let run = try RunDocument(
            trial.run(
                """
                version: 1
                jobs: 1
                tasks:
                  - {id: a, command: "echo a >a.txt"}
                  - {id: b, command: "git update-ref refs/heads/treeguild/r1/a $TREEGUILD_BASE; echo b >b.txt"}
                """))
        #expect(run.end("a") == "completed changed" && run.end("b") == "failed escaped")
        let message = run.task("b")["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains(".git/refs/heads/treeguild/r1/a"), "\(message)")
        #expect(run.included == ["a"])
        #expect(try trial.text("a.txt", at: "treeguild/r1/merged") == "a\n")
        #expect(try trial.text("a.txt", at: "refs/treeguild/preserved/r1/a") == "a\n")
        let warning = run.json["warnings"]?.arrayValue?.first
        #expect(warning?["about"] == "branch" && warning?["task"] == "a", "\(run.json.pretty)")
    }
}
