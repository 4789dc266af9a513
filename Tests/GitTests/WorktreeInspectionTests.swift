import Base
import CLibgit2
import Glibc
import TestSupport
import Testing

@testable import Git

struct WorktreeInspectionTests {
    static func repository() throws -> ScratchRepository {
        let scratch = try ScratchRepository()
        try scratch.write("file", "one\n")
        try scratch.write("dir/other", "two\n")
        try scratch.write("crlf.txt", "a\nb\n")
        try scratch.write(".gitattributes", "crlf.txt text eol=crlf\n")
        try scratch.write(".gitignore", "*.log\nbuild/\n.env\n")
        symlink("file", scratch.path.appending("link").description)
        try scratch.commit()
        return scratch
    }

    static let rules = TreeRules(
        provided: [RepositoryPath(".env"): Digest.sha256(Array("SECRET=1\n".utf8))],
        isBuildOutput: { $0 == RepositoryPath("build") })

    @Test func `a tree that nobody touched is proved unchanged, whatever a build left`()
        async throws
    {
        let scratch = try Self.repository()
        for (name, detached) in [("on-branch", false), ("detached", true)] {
            let tree = try await scratch.makeTree(name, detached: detached)
            try Files.makeFolder(tree.path.appending("build/deep/empty"))
            try Files.create(tree.path.appending("build/deep/object"), with: [1, 2, 3])
            try Files.makeFolder(tree.path.appending("build/dependency/.git"))
            try Files.makeFolder(tree.path.appending("empty/folders"))
            try Files.create(tree.path.appending(".env"), with: "SECRET=1\n".utf8)
            let trees = Worktrees(in: try Repository(at: scratch.path), git: nil)
            #expect(await trees.inspect(tree, rules: Self.rules).findings == [])
            // Times alone, and an index that git wrote again, change nothing.
            try scratch.git(["update-index", "--refresh"], in: tree.path)
            try Files.replace(tree.path.appending("file"), with: "one\n".utf8)
            #expect(await trees.inspect(tree, rules: Self.rules).isUnchanged)
        }
    }

    /// What a worker may do, as a shell script, and the finding that it must lead to.
    struct Case: CustomTestStringConvertible {
        let script: String
        let finds: @Sendable (TreeInspection.Finding) -> Bool
        var testDescription: String { script }

        init(_ script: String, _ finds: @escaping @Sendable (TreeInspection.Finding) -> Bool) {
            self.script = script
            self.finds = finds
        }

        static func list(
            _ paths: [String], _ pick: @escaping @Sendable (TreeInspection.Finding) -> PathList?
        ) -> @Sendable (TreeInspection.Finding) -> Bool {
            { pick($0)?.paths == paths.map { RepositoryPath($0) } }
        }
    }

    static let cases: [Case] = [
        Case(
            "echo x >> file",
            Case.list(["file"]) { if case .modified(let l) = $0 { l } else { nil } }),
        Case(
            "printf two > x && touch -r file x && cat x > file && touch -r x file && rm x",
            Case.list(["file"]) { if case .modified(let l) = $0 { l } else { nil } }),
        Case(
            "chmod +x file",
            Case.list(["file"]) { if case .modified(let l) = $0 { l } else { nil } }),
        Case(
            "rm file && ln -s dir/other file",
            Case.list(["file"]) { if case .modified(let l) = $0 { l } else { nil } }),
        Case(
            "ln -sf dir/other link",
            Case.list(["link"]) { if case .modified(let l) = $0 { l } else { nil } }),
        Case(
            "printf 'a\\r\\nc\\r\\n' > crlf.txt",
            Case.list(["crlf.txt"]) { if case .modified(let l) = $0 { l } else { nil } }),
        Case("rm file", Case.list(["file"]) { if case .deleted(let l) = $0 { l } else { nil } }),
        Case(
            "mv dir elsewhere && ln -s elsewhere dir",
            Case.list(["dir/other"]) { if case .deleted(let l) = $0 { l } else { nil } }),
        Case(
            "echo x > new", Case.list(["new"]) { if case .untracked(let l) = $0 { l } else { nil } }
        ),
        Case(
            "git config status.showUntrackedFiles no; echo x > dir/new",
            Case.list(["dir/new"]) { if case .untracked(let l) = $0 { l } else { nil } }),
        Case(
            "ln -s /etc elsewhere",
            Case.list(["elsewhere"]) { if case .untracked(let l) = $0 { l } else { nil } }),
        Case(
            "echo x > a.log",
            Case.list(["a.log"]) { if case .ignored(let l) = $0 { l } else { nil } }),
        Case(
            "mkdir -p dir/build && echo x > dir/build/result",
            Case.list(["dir/build/result"]) { if case .ignored(let l) = $0 { l } else { nil } }),
        Case(
            "echo x > .env",
            Case.list([".env"]) { if case .providedChanged(let l) = $0 { l } else { nil } }),
        Case(
            "echo x > n && git add n && rm n",
            Case.list(["n"]) { if case .staged(let l) = $0 { l } else { nil } }),
        Case(
            "git rm -q --cached file",
            Case.list(["file"]) { if case .staged(let l) = $0 { l } else { nil } }),
        Case(
            "echo x > n && git add -N n",
            Case.list(["n"]) { if case .staged(let l) = $0 { l } else { nil } }),
        Case(
            "git update-index --assume-unchanged file && echo x > file",
            Case.list(["file"]) { if case .hidden(let l) = $0 { l } else { nil } }),
        Case(
            "git update-index --skip-worktree file && echo x > file",
            Case.list(["file"]) { if case .modified(let l) = $0 { l } else { nil } }),
        Case(
            "git init -q nested && echo x > nested/x",
            Case.list(["nested"]) { if case .nestedRepositories(let l) = $0 { l } else { nil } }),
        Case(
            "mkfifo pipe", Case.list(["pipe"]) { if case .special(let l) = $0 { l } else { nil } }),
        Case(
            "rm file && mkfifo file",
            Case.list(["file"]) { if case .special(let l) = $0 { l } else { nil } }),
        Case("echo x > n && git add n && git commit -qm n") { $0 == .commits(1) },
        Case("echo x > n && git add n && git commit -qm n && git rm -q n && git commit -qm back") {
            $0 == .commits(2)
        },
        Case("echo x > n && git add n && git commit -qm n && git reset -q --hard HEAD~") {
            if case .unreachableCommits(let ids) = $0 { ids.count == 1 } else { false }
        },
        Case("git commit -q --allow-empty -m x && git commit -q --amend --allow-empty -m y") {
            if case .unreachableCommits(let ids) = $0 { ids.count == 1 } else { false }
        },
        Case("git checkout -q --detach") { $0 == .headElsewhere(branch: nil) },
        Case("git checkout -q -b mine") { $0 == .headElsewhere(branch: "refs/heads/mine") },
        Case(
            "git checkout -q --orphan lone && git commit -qm lone && git branch -qM lone treeguild/run-task -f"
        ) {
            $0 == .baseLost
        },
        Case("git update-ref refs/worktree/mine HEAD") {
            $0 == .worktreeReferences(["refs/worktree/mine"])
        },
        Case("git bisect start -q >/dev/null") { $0 == .inProgress(.bisect) },
        Case("echo x > file && git stash -q") {
            if case .stashes(let ids) = $0 { ids.count == 1 } else { false }
        },
        Case(
            "echo 1 > file && git commit -qam 1 && git checkout -q --detach HEAD~ && echo 2 > file && git commit -qam 2 && ! git merge -q treeguild/run-task",
            Case.list(["file"]) { if case .unmerged(let l) = $0 { l } else { nil } }),
        Case(
            "echo 1 > file && git commit -qam 1 && git checkout -q --detach HEAD~ && echo 2 > file && git commit -qam 2 && ! git cherry-pick treeguild/run-task"
        ) { $0 == .inProgress(.cherryPick) },
        Case(
            "echo 1 > file && git commit -qam 1 && git checkout -q --detach HEAD~ && echo 2 > file && git commit -qam 2 && ! git rebase -q treeguild/run-task"
        ) { $0 == .inProgress(.rebase) },
        Case("echo damaged > \"$(git rev-parse --git-dir)/index\"") { isUnknown($0) },
        Case("rm \"$(git rev-parse --git-dir)/index\"") { isUnknown($0) },
        Case("rm \"$(git rev-parse --git-dir)/logs/HEAD\"") { isUnknown($0) },
        Case("echo damaged > \"$(git rev-parse --git-dir)/HEAD\"") { isUnknown($0) },
        Case("rm .git") { isUnknown($0) },
        Case("rm .git && git init -q") { isUnknown($0) },
    ]

    static func isUnknown(_ finding: TreeInspection.Finding) -> Bool {
        if case .unknown = finding { true } else { false }
    }

    @Test(arguments: cases)
    func `what a worker leaves behind is found`(case: Case) async throws {
        let scratch = try Self.repository()
        let tree = try await scratch.makeTree()
        let trees = Worktrees(in: try Repository(at: scratch.path), git: nil)
        #expect(await trees.inspect(tree, rules: Self.rules).isUnchanged)
        let result = try Shell.run(
            ["/bin/sh", "-ec", `case`.script], in: tree.path, environment: scratch.environment)
        try #require(result.status == 0, "\(result.text)")
        let inspection = await trees.inspect(tree, rules: Self.rules)
        #expect(inspection.findings.contains(where: `case`.finds), "\(inspection.findings)")
    }

    @Test func `a file with a filter driver is compared through git`() async throws {
        let scratch = try Self.repository()
        try scratch.git("config", "filter.upper.smudge", "tr a-z A-Z")
        try scratch.git("config", "filter.upper.clean", "tr A-Z a-z")
        try scratch.write(".gitattributes", "file filter=upper\n")
        try scratch.commit()
        let tree = try await scratch.makeTree()
        let trees = Worktrees(
            in: try Repository(at: scratch.path), git: await scratch.gitProgram())
        #expect(await trees.inspect(tree).findings == [])
        #expect(
            await Worktrees(in: try Repository(at: scratch.path), git: nil).inspect(tree).findings
                .contains(where: Self.isUnknown))
        try Files.replace(tree.path.appending("file"), with: "TWO\n".utf8)
        #expect(
            await trees.inspect(tree).findings
                == [.modified(PathList([RepositoryPath("file")]))])
    }

    @Test func `stat data proves a file only where it can be trusted and is older than the index`()
        throws
    {
        let scratch = try Self.repository()
        let handle = try RepositoryHandle(at: scratch.path)
        let index = try Index(at: scratch.path.appending(".git/index"))
        // Other content under the very stat data of the index: what a comparison by stat must not see.
        try Files.replace(scratch.path.appending("file"), with: "two\n".utf8)
        let root = try FolderListing.open(scratch.path)
        defer { close(root) }
        // A time that can be set back proves nothing.
        utimensat(
            root, "file", [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)], 0)
        let entries = try FolderListing.entries(of: root, path: "")
        let entry = try #require(entries.first { strcmp($0.name, "file") == 0 })
        let found = index.position(of: entry.name)
        var indexed = index[try #require(found)].pointee
        indexed.take(entry.status)
        let time = entry.status.st_ctim
        func compare(_ indexTime: timespec?) throws -> FileComparison.Answer {
            try FileComparison(
                repository: handle.pointer, honoursModes: true, honoursLinks: true,
                indexTime: indexTime
            ).compare(entry, in: root, with: indexed)
        }
        #expect(try compare(timespec(tv_sec: time.tv_sec + 1, tv_nsec: 0)) == .same)
        #expect(try compare(time) == .different)
        #expect(try compare(nil) == .different)
        indexed.ctime.nanoseconds ^= 1
        #expect(try compare(timespec(tv_sec: time.tv_sec + 1, tv_nsec: 0)) == .different)
    }

    @Test func `what lies where a sparse tree has nothing is a change, as to git`() async throws {
        let scratch = try Self.repository()
        try scratch.git("sparse-checkout", "set", "--no-cone", "/*", "!/file")
        let tree = try await scratch.makeTree()
        #expect(Files.kind(of: tree.path.appending("file")) == nil)
        try Files.makeFolder(tree.path.appending("file"))
        try Files.replace(tree.path.appending("file/inside"), with: "in\n".utf8)
        let state = await (try scratch.maker()).state(of: tree, rules: TreeRules())
        #expect(try GitStatus(state) == GitStatus(scratch, in: tree.path))
        #expect(state.folder.deleted == [RepositoryPath("file")])
    }

    @Test func `long lists are cut and counted`() {
        let list = PathList((0..<1000).map { RepositoryPath("p\($0)") })
        #expect(list.count == 1000)
        #expect(list.paths.count == PathList.limit)
    }
}
