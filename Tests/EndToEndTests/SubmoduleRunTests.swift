import Base
import TestSupport
import Testing

/// Submodules that workers add, change and put away.
struct SubmoduleRunTests {
    @Test
    func `submodules that trees do not have are in the report, in its JSON and in the status`()
        throws
    {
        let trial = try Trial()
        try trial.repository.shell(
            """
            export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
            git init -q -b main ../up; (cd ../up; echo lib >lib.txt; git add .; git commit -qm lib)
            for n in has lacks never; do git submodule --quiet add "$PWD/../up" $n; done
            git config submodule.never.update none; git commit -qm submodules
            git submodule --quiet deinit -f lacks
            """, in: trial.repository.path)
        let plan =
            "version: 1\njobs: 2\ntasks: [{id: a, command: ls >l}, {id: b, command: ls >m}]\n"
        let answer = try trial.run(plan)
        let expected: JSON = [
            ["path": "lacks", "reason": "not initialised in the main worktree"],
            ["path": "never", "reason": "its update is none"],
        ]
        #expect(try RunDocument(answer).json["submodules"] == expected, "\(answer.output)")
        #expect(answer.errors.split(separator: "submodule lacks is an empty").count == 2)
        let status = try trial.treeguild(["status", "r1", "--json"])
        #expect(try status.json["submodules"] == expected)
        for words in [["status", "r1"], ["run", try trial.plan(plan), "--run-id", "r2"]] {
            let text = try trial.treeguild(words).output
            #expect(text.contains("lacks: not initialised in the main worktree"), "\(text)")
            #expect(
                text.contains("git submodule update --init") && !text.contains("has:"), "\(text)")
        }
    }

    /// What a worker does with a repository in `$HOME/lib`, and what must still be readable afterwards.
    static let works = [
        "git submodule --quiet add $HOME/lib new && git commit -qm 'add new'",
        "git submodule --quiet add $HOME/lib new",
        "git submodule --quiet add $HOME/lib new && git commit -qm 'add new' && cd new && echo mine >mine && git add . && git commit -qm mine",
        "git submodule --quiet add $HOME/lib new && git commit -qm 'add new' && cd new && echo mine >mine && git add . && git commit -qm mine && cd .. && git submodule --quiet deinit -f new",
        "git clone -q $HOME/lib new && git add new && git commit -qm 'a link without .gitmodules'",
    ]

    @Test(arguments: works)
    func
        `a submodule that a worker adds is on its branch or in its tree, and the report says what to do`(
            _ work: String
        ) throws
    {
        let trial = try Trial()
        try trial.repository.shell(
            "mkdir lib && cd lib && git init -q -b main && echo lib >lib.txt && git add . && git commit -qm lib",
            in: trial.home)
        let script = trial.home.appending("work.sh")
        try Files.replace(
            script,
            with: """
                export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
                \(work) || exit 9
                """.utf8)
        // In a sandbox nobody can write the settings that `git submodule add` writes.
        let isAdded = work.contains("submodule")
        let answer = try trial.run(
            "version: 1\ntasks: [{id: a, command: sh $HOME/work.sh}]\n",
            isAdded ? ["--no-sandbox"] : [])
        let run = try RunDocument(answer)
        #expect(run.end("a") == (isAdded ? "failed escaped" : "failed collect"), "\(answer.output)")
        let fate = run.fate("a")
        #expect(fate["action"] == "kept", "\(fate.compact)")
        let reason = fate["reason"]?.stringValue ?? ""
        #expect(reason.contains("new") && reason.contains("treeguild clean r1"), "\(reason)")

        // Everything that the worker committed is still there.
        let tree = try #require(
            trial.repository.git("worktree", "list", "--porcelain").split(separator: "\n")
                .compactMap {
                    $0.hasPrefix("worktree ") ? AbsolutePath(String($0.dropFirst(9))) : nil
                }
                .first { $0 != trial.repository.path })
        if work.contains("git commit -qm 'a") {
            #expect(
                try trial.repository.git("ls-tree", "treeguild/r1/a", "new").hasPrefix("160000"))
        }
        if work.contains("mine") {
            let found = try trial.repository.shell(
                "git --git-dir=\"$(git rev-parse --git-dir)/modules/new\" log --all --reflog --format=%s",
                in: tree)
            #expect(found.contains("mine"), "\(found)")
        }
        // What the report says to do is enough.
        try trial.repository.shell(
            "rm -rf new \"$(git rev-parse --git-dir)/modules/new\"", in: tree)
        let cleaned = try trial.treeguild(["clean", "r1"])
        #expect(cleaned.status == 0, "\(cleaned.output) \(cleaned.errors)")
        #expect(Files.kind(of: tree) == nil, "\(cleaned.output)")
    }
}
