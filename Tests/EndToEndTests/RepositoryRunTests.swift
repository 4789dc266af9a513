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
            script: "git clone -q --depth 1 \"file://$PWD\" ../shallow", start: "../shallow"),
        Shape(
            testDescription: "a partial clone",
            script:
                "git config uploadpack.allowFilter true; git clone -q --no-checkout --filter=blob:none \"file://$PWD\" ../partial",
            start: "../partial"),
        Shape(
            testDescription: "LFS pointers",
            script: """
                mkdir ../store; printf '#!/bin/sh\\nif [ $1 = clean ]; then t=$(mktemp); cat >$t; i=$(sha1sum <$t | cut -c1-40); mv $t %s/$i; echo lfs $i; else read -r w i; cat %s/$i; fi\\n' "$PWD/../store" "$PWD/../store" >../lfs; chmod +x ../lfs
                git config filter.lfs.clean "$PWD/../lfs clean"; git config filter.lfs.smudge "$PWD/../lfs smudge"; git config filter.lfs.required true
                echo '*.bin filter=lfs -text' >.gitattributes; echo big >data.bin; git add .; git commit -qm lfs
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

    @Test func `no hook runs by us, but where the plan says so`() throws {
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

        try Files.replace(
            trial.repository.path.appending(".git/hooks/post-checkout"),
            with: "#!/bin/sh\necho $3 >.hooked\n".utf8, mode: 0o755)
        let zero = String(repeating: "0", count: 40)
        let second = try trial.run(
            """
            version: 1
            setup:
              run: ["git hook run --ignore-missing post-checkout -- \(zero) HEAD 1"]
            tasks: [{id: a, command: "cp .hooked seen"}]
            """, id: "r2")
        #expect(second.status == 0, "\(second.errors) \(second.output)")
        #expect(try trial.text("seen", at: "treeguild/r2/merged") == "1\n")
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
