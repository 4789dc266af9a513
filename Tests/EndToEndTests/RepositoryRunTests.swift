import Base
import TestSupport
import Testing

/// Whole runs in repositories of every kind.
struct RepositoryRunTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: String
        var start = "."
        var work = "echo more >>menu.txt; echo new >new.txt"
        /// Prints the result's lines that must be there.
        var check = "git show treeguild/r1/merged:menu.txt; git show treeguild/r1/merged:new.txt"
        var expected = "soup\nbread\ncheese\nmore\nnew"
    }

    static let shapes = [
        Shape(testDescription: "a sparse cone", script: "git sparse-checkout set --cone src"),
        Shape(
            testDescription: "a split index",
            script: "git config core.splitIndex true; git update-index --split-index"),
        Shape(
            testDescription: "settings of a worktree alone",
            script:
                "git config extensions.worktreeConfig true; git config --worktree core.autocrlf input"
        ),
        Shape(
            testDescription: "a bare repository", script: "git clone -q --bare . ../bare.git",
            start: "../bare.git"),
        Shape(
            testDescription: "a linked worktree", script: "git worktree add -q ../side",
            start: "../side"),
        Shape(
            testDescription: "a shallow clone",
            script: """
                git commit -q --allow-empty -m later
                git clone -q --depth 1 "file://$PWD" ../shallow
                """, start: "../shallow"),
        Shape(
            testDescription: "a partial clone",
            script:
                "git config uploadpack.allowFilter true; git clone -q --no-checkout --filter=blob:none \"file://$PWD\" ../partial",
            start: "../partial"),
        Shape(
            testDescription: "pointers in place of files, by a filter",
            script: """
                mkdir ../store; printf '#!/bin/sh\\nif [ $1 = clean ]; then t=$(mktemp); cat >$t; i=$(sha1sum <$t | cut -c1-40); mv $t %s/$i; echo lfs $i; else read -r w i; cat %s/$i; fi\\n' "$PWD/../store" "$PWD/../store" >../lfs; chmod +x ../lfs
                git config filter.store.clean "$PWD/../lfs clean"; git config filter.store.smudge "$PWD/../lfs smudge"; git config filter.store.required true
                echo '*.bin filter=store -text' >.gitattributes; echo big >data.bin; git add .; git commit -qm lfs
                """,
            work: "grep -qx big data.bin && echo bigger >data.bin",
            check:
                "git show treeguild/r1/merged:data.bin | cut -d' ' -f2 | xargs -I{} cat ../store/{}",
            expected: "bigger"),
        Shape(
            testDescription: "a submodule",
            script: """
                export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
                git init -q -b main ../up; (cd ../up; echo lib >lib.txt; git add .; git commit -qm lib)
                git submodule --quiet add "$PWD/../up" lib; git commit -qm submodule; rm -rf ../up
                """,
            work: "grep -qx lib lib/lib.txt && echo more >>lib/lib.txt",
            check: """
                c=$(git rev-parse treeguild/r1/merged:lib); git -C lib show "$c:lib.txt"
                git -C lib branch --list 'treeguild/*' --format='%(refname:short)'
                """,
            expected: "lib\nmore\ntreeguild/r1/a"),
    ]

    @Test func `a home that is missing, inside the repository, is as good as any`() throws {
        let trial = try Trial()
        let home = trial.repository.path.appending("no/home")
        let answer = try trial.treeguild(
            ["run", "-c", "a=echo a >a.txt", "-c", "b=echo b >b.txt", "--run-id", "r1", "--json"],
            adding: ["HOME": home.description, "XDG_CACHE_HOME": ""])
        #expect(answer.status == 0, "\(answer.errors) \(answer.output)")
        #expect(try trial.text("b.txt", at: "treeguild/r1/merged") == "b\n")
    }

    @Test(arguments: shapes)
    func `a run leaves its result and nothing else`(shape: Shape) throws {
        let trial = try Trial()
        try trial.repository.shell(shape.script, in: trial.repository.path)
        let start = AbsolutePath(shape.start, relativeTo: trial.repository.path)
        let status = try trial.repository.git(
            ["status", "--porcelain"], in: start, allowingFailure: true)
        let answer = try trial.treeguild(
            ["run", "-c", "a=\(shape.work)", "--run-id", "r1", "--json"], in: start)
        #expect(answer.status == 0, "\(answer.errors) \(answer.output)")
        #expect(try RunDocument(answer).end("a") == "completed changed", "\(answer.output)")
        #expect(try trial.repository.shell(shape.check, in: start) == shape.expected)
        let listed = try trial.repository.git(["worktree", "list", "--porcelain"], in: start).line
        #expect(!listed.contains("refs/heads/treeguild"), "\(listed)")
        #expect(
            try trial.repository.git(["status", "--porcelain"], in: start, allowingFailure: true)
                .line
                == status.line)
        try trial.repository.git(["fsck", "--connectivity-only"], in: start)
    }

    @Test(arguments: [
        "git -C ../side sparse-checkout set --cone src",
        "git -C ../side sparse-checkout set --no-cone '/docs/*' '!/docs/no'",
        "git sparse-checkout set --cone src; git -C ../side sparse-checkout disable",
        "git sparse-checkout set --cone src; git -C ../side sparse-checkout set --cone docs",
        "git config extensions.worktreeConfig true; git -C ../side config --worktree core.autocrlf true",
    ])
    func `a run that is started in a linked worktree has trees as git makes them there`(
        _ script: String
    ) throws {
        let trial = try Trial()
        for path in ["docs/a.txt", "docs/no", "lib/b.txt"] {
            try trial.repository.write(path, "x\n")
        }
        try trial.repository.commit("folders")
        try trial.repository.shell(
            "git worktree add -q ../side; \(script)", in: trial.repository.path)
        let side = trial.outside.appending("side")
        try trial.repository.git(["worktree", "add", "-q", "--detach", "../oracle"], in: side)
        let look = "find . -name .git -prune -o -type f -exec sha256sum {} + | sort"
        let expected = try trial.repository.shell(look, in: trial.outside.appending("oracle"))
        let answer = try trial.treeguild(
            ["run", "-c", "a=\(look) >$HOME/seen", "--run-id", "r1", "--json"], in: side)
        #expect(answer.status == 0, "\(answer.errors) \(answer.output)")
        let seen = try Files.read(trial.home.appending("seen"))
        #expect(String(decoding: seen, as: UTF8.self) == expected + "\n")
        let run = try RunDocument(answer)
        #expect(
            run.end("a") == "completed unchanged" && run.cleanup["a"] == "removed",
            "\(answer.output)")
    }

    @Test func `a linked worktree that goes while its run is interrupted is no reason to fail`()
        throws
    {
        let trial = try Trial()
        try trial.repository.shell(
            "git worktree add -q ../side; git -C ../side sparse-checkout set --cone src",
            in: trial.repository.path)
        let plan = try trial.plan("version: 1\ntasks: [{id: a, command: echo 1 >>src/app.sh}]\n")
        let killed = try trial.treeguild(
            ["run", plan, "--run-id", "r1"], in: trial.outside.appending("side"),
            adding: ["TREEGUILD_FAULT": "4"])
        #expect(killed.status == 137)
        try trial.repository.git("worktree", "remove", "--force", "../side")
        let run = try RunDocument(trial.resume())
        #expect(run.end("a") == "completed changed", "\(run.json.pretty)")
    }

    @Test func `a repository without a commit is told so, and nothing is made`() throws {
        let trial = try Trial([:], startingWithCommit: false)
        for (words, reason) in [
            (["run", "-c", "a=true"], "no commit"),
            (["run", "-c", "a=true", "--base", "main"], "no branch or commit 'main'"),
        ] {
            let answer = try trial.treeguild(words)
            #expect(answer.status == 2, "\(answer.errors)")
            #expect(answer.errors.contains(reason), "\(answer.errors)")
        }
        for name in ["worktrees", "treeguild"] {
            #expect(Files.kind(of: trial.repository.path.appending(".git/\(name)")) == nil)
        }
    }

    @Test func `a SHA-256 repository is refused with the reason, before anything`() throws {
        let trial = try Trial()
        let folder = trial.outside.appending("sha256")
        let made = try trial.repository.shell(
            "git init -q --object-format=sha256 -b main '\(folder)' && cd '\(folder)' && git commit -q --allow-empty -m start && find . | sort",
            in: trial.outside)
        for words in [
            ["run", "-c", "a=true"], ["merge", "main"], ["overlap", "main"], ["doctor"],
        ] {
            let answer = try trial.treeguild(words, in: folder)
            #expect(answer.status != 0 && answer.status != 70, "\(words) \(answer.errors)")
            let text = (answer.errors + answer.output).lowercased()
            #expect(text.contains("sha-256") || text.contains("sha256"), "\(words): \(text)")
        }
        #expect(try trial.repository.shell("find . | sort", in: folder) == made)
    }

    @Test(arguments: ["run", "clean"])
    func `settings that a worker gives its tree alone are never run by us`(_ part: String) throws {
        let trial = try Trial()
        try trial.repository.git("config", "extensions.worktreeConfig", "true")
        let evil = trial.outside.appending("evil")
        try Files.replace(
            evil, with: "#!/bin/sh\necho $0 >>'\(trial.home)/ran'; cat\n".utf8, mode: 0o755)
        let keys = [
            "core.fsmonitor", "core.hooksPath", "core.pager", "core.editor", "core.sshCommand",
            "filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.external",
            "diff.x.textconv", "merge.x.driver", "gpg.program", "credential.helper",
            "uploadpack.packObjectsHook", "alias.status", "include.path",
        ]
        let script = trial.home.appending("work.sh")
        let set = keys.map { "git config -f $f \($0) '\(evil)'\n" }.joined()
        try Files.replace(
            script,
            with: """
                f=$(git rev-parse --git-dir)/config.worktree; echo x >>menu.txt
                \(set)
                echo '* filter=x diff=x merge=x' >.gitattributes
                """.utf8)
        let answer = try trial.run(
            "version: 1\ntasks: [{id: a, command: sh $HOME/work.sh}]\n",
            ["--no-sandbox"] + (part == "clean" ? ["--keep-trees"] : []))
        #expect(try trial.lines("ran") == [], "\(answer.errors)")
        _ = try trial.treeguild(["clean", "r1"])
        _ = try trial.treeguild(["undo", "r1"])
        _ = try trial.treeguild(["overlap", "r1"])
        #expect(try trial.lines("ran") == [])
        // What the worker made is somewhere all the same: in its tree, or under a ref.
        let refs = try trial.repository.git("for-each-ref", "--format=%(refname)").split(
            separator: "\n")
        let kept = try trial.repository.git("worktree", "list", "--porcelain").contains("r1")
        #expect(
            kept || refs.contains { $0.hasPrefix("refs/treeguild/preserved/r1") }
                || refs.contains("refs/heads/treeguild/r1/a"), "\(refs)")
    }

    @Test(arguments: ["extensions.unheardOf=1", "extensions.relativeWorktrees=true"])
    func `a repository in a format nobody here knows is refused before anything`(setting: String)
        throws
    {
        let trial = try Trial()
        let parts = setting.split(separator: "=").map(String.init)
        try trial.repository.git("config", "core.repositoryFormatVersion", "1")
        try trial.repository.git("config", parts[0], parts[1])
        let answer = try trial.treeguild(["run", "-c", "a=true"])
        #expect(answer.status == 2)
        #expect(
            answer.errors.lowercased().contains(parts[0].dropFirst(11).lowercased()),
            "\(answer.errors)")
        #expect(Files.kind(of: trial.repository.path.appending(".git/worktrees")) == nil)
    }

    @Test func `no hook runs by us unless the user has approved it`() throws {
        let trial = try Trial()
        try trial.repository.shell(
            """
            for h in post-checkout pre-commit post-commit commit-msg prepare-commit-msg post-merge reference-transaction; do
              printf '#!/bin/sh\\necho %s >>%s/hooks\\n' $h '\(trial.outside)' >.git/hooks/$h; chmod +x .git/hooks/$h
            done
            """, in: trial.repository.path)
        let answer = try trial.run("version: 1\ntasks: [{id: a, command: echo 1 >w}]\n")
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(Files.kind(of: trial.outside.appending("hooks")) == nil)
    }

    @Test func `a filter that fails fails its task alone, with the reason`() throws {
        let trial = try Trial()
        try trial.repository.shell(
            """
            echo '*.bin filter=x' >.gitattributes; echo b >b.bin; git add .; git commit -qm x
            git config filter.x.smudge false; git config filter.x.required true
            """, in: trial.repository.path)
        let answer = try trial.treeguild([
            "run", "-c", "a=touch \(trial.home)/ran", "--run-id", "r1", "--json",
        ])
        #expect(answer.status == 1)
        let run = try RunDocument(answer)
        #expect(run.end("a") == "failed setup", "\(answer.output)")
        #expect(answer.output.contains("b.bin"))
        #expect(Files.kind(of: trial.home.appending("ran")) == nil)
    }
}
