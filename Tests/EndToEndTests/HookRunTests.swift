import Base
import TestSupport
import Testing

/// The user's `post-checkout` hook in trees: as git runs it, and only with the user's word.
struct HookRunTests {
    private static let plan =
        "version: 1\ntasks: [{id: a, command: \"true\"}, {id: b, command: echo 1 >w}]\n"

    @Test func `a hook that nobody has approved does not run, and the report says so once`() throws
    {
        let trial = try Trial()
        try trial.hook("echo ran >>$HOME/ran")
        let answer = try trial.run(Self.plan)
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(try trial.lines("ran") == [])
        let told = answer.errors.split(separator: "\n").filter { $0.contains("treeguild trust") }
        #expect(told.count == 1 && told[0].contains("post-checkout"), "\(answer.errors)")
    }

    @Test(arguments: [nil, "hooks", "~/hooks", "/hooks"])
    func `an approved hook runs in each tree with what git gives it`(_ setting: String?) throws {
        let trial = try Trial()
        let place: AbsolutePath =
            switch setting {
            case nil: trial.repository.path.appending(".git/hooks")
            case "hooks": trial.repository.path.appending("hooks")
            default: trial.home.appending("hooks")
            }
        if let setting {
            let value = setting == "/hooks" ? place.description : setting
            try trial.repository.git("config", "core.hooksPath", value)
        }
        try trial.hook(
            """
            { echo "$0 $*"; test "$PWD" = "$(git rev-parse --show-toplevel)" && echo top
              env | grep ^GIT_ | sort; readlink /proc/self/fd/0; echo "${PATH%%:*}"
              git symbolic-ref -q HEAD >/dev/null && echo branch; ls -A; } >>"$HOME/$OUT"
            echo made >left; echo made >left.secret
            """, in: place, shown: "OUT=${TREEGUILD_RUN:-byhand}")
        let byHand = try Shell.run(
            ["git", "worktree", "add", "-q", "-b", "x", trial.outside.appending("x").description],
            in: trial.repository.path, environment: trial.environment)
        #expect(byHand.status == 0)
        try trial.repository.git(
            "worktree", "remove", "--force", trial.outside.appending("x").description)
        try trial.repository.git("branch", "-qD", "x")
        let before = try UserState(of: trial)
        #expect(try trial.treeguild(["trust", "--yes"]).status == 0)
        let answer = try trial.run(
            Self.plan.replacing(
                "{id: b, command: echo 1 >w}", with: "{id: b, command: test -f left}"))
        let run = try RunDocument(answer)
        #expect(run.status == "completed" && !answer.errors.contains("trust"), "\(answer.errors)")
        let expected = try trial.lines("byhand")
        #expect(expected.contains("top") && expected.contains("/dev/null"), "\(expected)")
        #expect(try trial.lines("r1") == (expected + expected).sorted())
        // What the hook made is nobody's work.
        #expect(run.end("a") == "completed unchanged" && run.end("b") == "completed unchanged")
        #expect(run.cleanup == ["a": "removed", "b": "removed"], "\(run.json.pretty)")
        try trial.expectTidy(before)
    }

    @Test func `an approval is for the content: another needs another`() throws {
        let trial = try Trial()
        try trial.hook("echo first >>$HOME/ran")
        let approved = try trial.treeguild(["trust", "--yes", "--json"])
        #expect(try approved.json["hook"]?["state"] == "approved", "\(approved.output)")
        #expect(try trial.run(Self.plan, id: "r1").status == 0)
        #expect(try trial.lines("ran") == ["first", "first"])

        try trial.hook("echo second >>$HOME/ran")
        #expect(try trial.run(Self.plan, id: "r2").errors.contains("treeguild trust"))
        #expect(try trial.treeguild(["trust"]).status == 3)
        #expect(try trial.lines("ran") == ["first", "first"])

        try trial.hook("echo first >>$HOME/ran")
        #expect(try trial.run(Self.plan, id: "r3").status == 0)
        #expect(try trial.lines("ran").count == 4)

        let revoked = try trial.treeguild(["trust", "--revoke", "--json"])
        #expect(try revoked.json["hook"]?["state"] == "unapproved", "\(revoked.output)")
        #expect(try trial.run(Self.plan, id: "r4").errors.contains("treeguild trust"))
        #expect(try trial.lines("ran").count == 4)
    }

    @Test func `approved settings are no approved program`() throws {
        let trial = try Trial()
        let text = "#!/bin/sh\nsetup: {run: [\"true\"]}\n"
        try trial.repository.write(".treeguild/config.yaml", text)
        #expect(try trial.treeguild(["trust", "--yes"]).status == 0)
        let hooks = trial.repository.path.appending(".git/hooks")
        try Files.makeFolder(hooks)
        try Files.replace(hooks.appending("post-checkout"), with: text.utf8, mode: 0o755)
        let answer = try trial.treeguild(["trust", "--json"])
        #expect(answer.status == 3, "\(answer.output)")
    }

    @Test func `a hook that fails fails its task in set-up, names its log, and leaves nothing`()
        throws
    {
        let trial = try Trial()
        try trial.hook("echo told; exit 7")
        let before = try UserState(of: trial)
        #expect(try trial.treeguild(["trust", "--yes"]).status == 0)
        let run = try RunDocument(
            trial.run("version: 1\ntasks: [{id: a, command: \"echo a >>$HOME/ran\"}]\n"))
        #expect(run.end("a") == "failed setup")
        let message = run.task("a")["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains("post-checkout") && message.contains("7"), "\(message)")
        let log = try #require(
            message.split(separator: "log ").last.flatMap { AbsolutePath(String($0)) })
        #expect(String(decoding: try Files.read(log), as: UTF8.self) == "told\n")
        #expect(try trial.lines("ran") == [])
        try trial.expectTidy(before)
    }

    @Test func `a hook runs behind the walls of its tree's worker`() throws {
        let trial = try Trial()
        let menu = trial.repository.path.appending("menu.txt")
        try trial.hook("echo mine >>'\(menu)'; echo tried >>$HOME/ran; true")
        let text = try Files.read(menu)
        #expect(try trial.treeguild(["trust", "--yes"]).status == 0)
        let answer = try trial.run(Self.plan)
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(try trial.lines("ran") == ["tried", "tried"])
        #expect(try Files.read(menu) == text)
    }

    @Test func `a worker that changes the hook has it switched off, not run`() throws {
        let trial = try Trial()
        try trial.hook("echo hook >>$HOME/ran")
        #expect(try trial.treeguild(["trust", "--yes"]).status == 0)
        let hook = trial.repository.path.appending(".git/hooks/post-checkout")
        let answer = try trial.run(
            """
            version: 1
            jobs: 1
            tasks:
              - {id: a, command: "printf '#!/bin/sh\\necho evil >>$HOME/ran' >'\(hook)'"}
              - {id: b, command: "true"}
            """, ["--no-sandbox"])
        #expect(try RunDocument(answer).end("a") == "failed escaped", "\(answer.output)")
        #expect(try trial.lines("ran") == ["hook"])
        #expect(answer.errors.contains("has changed since the run began"), "\(answer.errors)")
    }

    @Test(arguments: ["no interpreter line", "not executable", "a link"])
    func `what git takes for a hook is one here`(_ kind: String) throws {
        let trial = try Trial()
        let hooks = trial.repository.path.appending(".git/hooks")
        try Files.makeFolder(hooks)
        switch kind {
        case "no interpreter line":
            try Files.replace(
                hooks.appending("post-checkout"), with: "echo ran >>$HOME/ran\n".utf8, mode: 0o755)
        case "not executable":
            try Files.replace(
                hooks.appending("post-checkout"), with: "#!/bin/sh\necho ran >>$HOME/ran\n".utf8,
                mode: 0o644)
        default:
            try Files.replace(
                trial.home.appending("it"), with: "#!/bin/sh\necho ran >>$HOME/ran\n".utf8,
                mode: 0o755)
            try trial.repository.shell(
                "ln -s '\(trial.home)/it' .git/hooks/post-checkout", in: trial.repository.path)
        }
        _ = try Shell.run(
            ["git", "worktree", "add", "-q", "--detach", trial.outside.appending("x").description],
            in: trial.repository.path, environment: trial.environment)
        let byGit = try trial.lines("ran").count
        #expect(byGit == (kind == "not executable" ? 0 : 1))
        _ = try trial.treeguild(["trust", "--yes"])
        let answer = try trial.run(Self.plan)
        #expect(answer.status == 0 && !answer.errors.contains("trust"), "\(answer.errors)")
        #expect(try trial.lines("ran").count == byGit * 3)
    }
}

extension Trial {
    /// Writes the hook into a folder, `.git/hooks` where none is named.
    fileprivate func hook(_ text: String, in folder: AbsolutePath? = nil, shown: String = "") throws
    {
        let folder = folder ?? repository.path.appending(".git/hooks")
        try Files.makeFolder(folder)
        try Files.replace(
            folder.appending("post-checkout"), with: "#!/bin/sh\n\(shown)\n\(text)\n".utf8,
            mode: 0o755)
    }
}
