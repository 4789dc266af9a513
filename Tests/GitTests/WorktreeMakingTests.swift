import Base
import Glibc
import Processes
import TestSupport
import Testing

@testable import Git

struct WorktreeMakingTests {
    /// A repository with one of everything that a tree can hold.
    private func variety() throws -> ScratchRepository {
        let scratch = try ScratchRepository()
        try scratch.write("plain.txt", "one\ntwo\n")
        try scratch.write("empty", "")
        try scratch.write("a/b/c/deep.txt", "deep\n")
        try scratch.write("a.b/x", "before a/ in git's order\n")
        try scratch.write("a/b.c", "between\n")
        try scratch.write("run.sh", "#!/bin/sh\n")
        chmod(scratch.path.appending("run.sh").description, 0o755)
        symlink("a/b/c/deep.txt", scratch.path.appending("link").description)
        symlink("/nowhere/at all", scratch.path.appending("a/dangling").description)
        try scratch.write("new\nline", "name with newline\n")
        try scratch.write("ünïcode", "utf-8\n")
        let raw = scratch.path.description + "/"
        let name = raw.utf8CString.dropLast() + [CChar(bitPattern: 0xff), 0x2e, 0x78, 0]
        let file = open(Array(name), O_WRONLY | O_CREAT, 0o644)
        write(file, "bytes", 5)
        close(file)
        try scratch.write("crlf.txt", "one\r\ntwo\r\n")
        return scratch
    }

    private func expectLikeGit(
        _ scratch: borrowing ScratchRepository, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let tree = try await scratch.makeTree()
        let reference = scratch.outside.appending("by-git")
        try scratch.git("worktree", "add", "-q", "--detach", reference.description, "HEAD")
        let (ours, gits) = (try snapshot(tree.path), try snapshot(reference))
        #expect(ours == gits, sourceLocation: sourceLocation)
        #expect(try scratch.git(in: tree, "status", "--porcelain", "--ignored") == "")
        #expect(try scratch.git(in: tree, "fsck", "--strict").contains("error") == false)
        #expect(
            try scratch.git(in: tree, "ls-files", "-s")
                == scratch.git(["ls-files", "-s"], in: reference).line,
            sourceLocation: sourceLocation)
    }

    @Test func `a tree holds what git would have put there, byte for byte`() async throws {
        let scratch = try variety()
        try scratch.commit()
        try await expectLikeGit(scratch)
    }

    @Test(arguments: [
        "* text=auto eol=crlf\n", "*.txt text eol=crlf\n*.sh eol=lf\n", "* text=auto\n",
        "[attr]dos text eol=crlf\n*.txt dos\n", "* crlf=input\n", "*.sh export-ignore\n",
        "*.txt ident\n* -text\n", "*.txt working-tree-encoding=ISO-8859-1 text\n", "*.txt binary\n",
    ])
    func `attributes of the tree are obeyed as git obeys them`(attributes: String) async throws {
        try await expectLikeGit(
            attributes: attributes, deep: "deep.txt -text\nb/c/* eol=crlf text\n")
        try await expectLikeGit(attributes: attributes, deep: "deep.txt -text\n")
    }

    private func expectLikeGit(attributes: String, deep: String) async throws {
        let scratch = try variety()
        try scratch.commit()
        try scratch.write(".gitattributes", attributes)
        try scratch.write("a/.gitattributes", deep)
        try scratch.write("keywords.txt", "$Id$\n$Id$ and\n")
        try scratch.write("accents.txt", "caf\u{e9}\n")
        // Stored with CR, a text file is changed for git whenever it happens to read it.
        try scratch.write("crlf.txt", "one\ntwo\n")
        try scratch.commit()
        try await expectLikeGit(scratch)
    }

    @Test(arguments: [
        ["core.autocrlf=true"], ["core.autocrlf=input"], ["core.eol=crlf", "core.autocrlf=false"],
        ["core.symlinks=false"], ["core.fileMode=false"],
    ])
    func `settings for line ends, links and modes are obeyed`(settings: [String]) async throws {
        let scratch = try variety()
        try scratch.write(".gitattributes", "plain.txt text\n")
        try scratch.commit()
        for setting in settings {
            let parts = setting.split(separator: "=").map(String.init)
            try scratch.git("config", parts[0], parts[1])
        }
        try await expectLikeGit(scratch)
    }

    @Test func `files with a filter driver are written by git, and without git named`() async throws
    {
        let scratch = try variety()
        try scratch.git("config", "filter.upper.smudge", "tr a-z A-Z")
        try scratch.git("config", "filter.upper.clean", "tr A-Z a-z")
        try scratch.git("config", "filter.upper.required", "true")
        try scratch.write(".gitattributes", "*.txt filter=upper\n")
        try scratch.commit()
        try await expectLikeGit(scratch)

        let maker = Worktrees(in: try Repository(at: scratch.path), git: nil)
        let tree = try scratch.tree("other")
        let paths = ["a/b/c/deep.txt", "crlf.txt", "plain.txt"].map { RepositoryPath($0) }
        await #expect(throws: WorktreeError(.files, tree.path.description, .needsGit(paths))) {
            try await maker.make(tree)
        }
        #expect(Files.kind(of: tree.path) == nil)
        #expect(try scratch.git("branch", "--list", "treeguild/other") == "")
    }

    @Test func `a sparse tree is as sparse as git makes it`() async throws {
        let scratch = try variety()
        try scratch.commit()
        try scratch.git("sparse-checkout", "set", "a/b")
        try await expectLikeGit(scratch)
        let trees = Worktrees(in: try Repository(at: scratch.path), git: nil)
        let tree = try scratch.tree()
        #expect(await trees.inspect(tree).findings == [])
        try Files.makeFolder(tree.path.appending("a/b"))
        try Files.replace(tree.path.appending("a/b.c"), with: "back again\n".utf8)
        #expect(
            await trees.inspect(tree).findings
                == [.modified(PathList([RepositoryPath("a/b.c")]))])
        #expect(
            Files.kind(of: scratch.path.appending(".git/worktrees/run-task/config.worktree"))
                == .file)
    }

    @Test func `submodules are empty folders`() async throws {
        let scratch = try variety()
        let commit = try scratch.commit()
        try scratch.git("update-index", "--add", "--cacheinfo", "160000,\(commit),mods/sub")
        try scratch.git("commit", "-qm", "submodule")
        try await expectLikeGit(scratch)
    }

    @Test func `git cannot tell the registration from its own`() async throws {
        let scratch = try variety()
        let base = try scratch.commit()
        let tree = try await scratch.makeTree()
        let listed = try scratch.git("worktree", "list", "--porcelain")
        #expect(
            listed.contains(
                """
                worktree \(tree.path)
                HEAD \(base)
                branch refs/heads/treeguild/run-task
                locked treeguild run 1 pid 2 start 3
                """))
        let other = scratch.outside.appending("by-git")
        try scratch.git("worktree", "add", "-q", other.description, "-b", "other")
        func files(_ name: String) throws -> [String] {
            try Files.list(scratch.path.appending(".git/worktrees/\(name)"))
                .filter { !["locked", "ORIG_HEAD", "refs"].contains($0) }
        }
        #expect(try files("run-task") == files("by-git"))
        #expect(try scratch.git("config", "--list", "--local").contains("treeguild") == false)
        #expect(
            try scratch.git(
                ["worktree", "remove", tree.path.description], in: scratch.path,
                allowingFailure: true
            ).status != 0)
        try scratch.git("worktree", "unlock", tree.path.description)
        let moved = scratch.outside.appending("moved")
        try scratch.git("worktree", "move", tree.path.description, moved.description)
        #expect(try scratch.git(["status", "--porcelain"], in: moved).line == "")
        try Files.rename(moved, to: tree.path)
        try scratch.git(["worktree", "repair", tree.path.description], in: scratch.path)
        try scratch.git("worktree", "prune", "--expire", "now")
        #expect(try scratch.git(in: tree, "rev-parse", "--abbrev-ref", "HEAD") == tree.shortBranch)
        try scratch.git("worktree", "remove", tree.path.description)
        #expect(Files.kind(of: tree.path) == nil)
    }

    @Test func `a detached tree leaves no branch behind`() async throws {
        let scratch = try variety()
        let base = try scratch.commit()
        let tree = try await scratch.makeTree(detached: true)
        #expect(try scratch.git(in: tree, "status", "--porcelain", "-b") == "## HEAD (no branch)")
        #expect(try scratch.git(in: tree, "rev-parse", "HEAD") == base)
        #expect(try scratch.git("for-each-ref", "--format=%(refname)") == "refs/heads/main")
        #expect(try scratch.git(in: tree, "reflog", "--format=%H") == base)
    }

    @Test
    func `trees start from a bare repository, from a linked worktree and from an older commit`()
        async throws
    {
        let scratch = try variety()
        let old = try scratch.commit()
        try scratch.write("later", "later\n")
        try scratch.commit()
        let linked = try await scratch.makeTree("first")
        let maker = Worktrees(in: try Repository(at: linked.path), git: nil)
        let second = try await maker.make(try scratch.tree("second", base: old))
        #expect(try scratch.git(in: second, "status", "--porcelain") == "")
        #expect(Files.kind(of: second.path.appending("later")) == nil)

        let bare = scratch.outside.appending("bare.git")
        try scratch.git("clone", "-q", "--bare", scratch.path.description, bare.description)
        let third = try await Worktrees(in: try Repository(at: bare), git: nil)
            .make(try scratch.tree("third"))
        #expect(try scratch.git(in: third, "status", "--porcelain") == "")
        #expect(
            try scratch.git(["worktree", "list"], in: bare).text.contains(third.path.description))
    }

    @Test func `a base that is not there is an error of its own`() async throws {
        let scratch = try ScratchRepository()
        let base = try #require(ObjectID(String(repeating: "1", count: 40)))
        let tree = Worktree(
            name: "x", path: scratch.outside.appending("x"), branch: "refs/heads/x", base: base,
            lockReason: "")
        do {
            _ = try await scratch.maker().make(tree)
            Issue.record("an empty repository has no base")
        } catch let error as WorktreeError {
            #expect(error.stage == .base)
            guard case .git(let cause) = error.cause else { throw error }
            #expect(cause.code == .notFound)
        }
    }

    enum Obstacle: CaseIterable {
        case path, registration, branch, branchBelow, parent, invalidName, invalidBranch
    }

    @Test(arguments: Obstacle.allCases)
    func `what is in the way is named, and stays as it was`(obstacle: Obstacle) async throws {
        let scratch = try variety()
        try scratch.commit()
        var tree = try scratch.tree()
        switch obstacle {
        case .path:
            try Files.makeFolder(tree.path)
        case .registration:
            try Files.makeFolder(scratch.path.appending(".git/worktrees/run-task"))
        case .branch: try scratch.git("branch", "treeguild/run-task")
        case .branchBelow: try scratch.git("branch", "treeguild/run-task/deeper")
        case .parent: try Files.create(tree.path.parent, with: [])
        case .invalidName:
            tree = Worktree(
                name: "../x", path: tree.path, branch: tree.branch, base: tree.base,
                lockReason: "")
        case .invalidBranch:
            tree = Worktree(
                name: tree.name, path: tree.path, branch: "refs/heads/a..b", base: tree.base,
                lockReason: "")
        }
        let before = try snapshot(scratch.outside)
        await #expect(throws: WorktreeError.self) { try await scratch.maker().make(tree) }
        #expect(
            try snapshot(scratch.outside).filter { !$0.contains("logs/") }
                == before.filter { !$0.contains("logs/") })
    }

    @Test func `a failure while files are written takes everything back`() async throws {
        let scratch = try variety()
        try scratch.commit()
        // A blob that the store has lost, and the worktree has no more.
        try scratch.write("plain.txt", "changed\n")
        let blob = try scratch.git("rev-parse", "HEAD:plain.txt")
        try Files.removeFile(
            scratch.path.appending(".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"))
        let before = try snapshot(scratch.outside)
        let tree = try scratch.tree()
        do {
            _ = try await scratch.maker().make(tree)
            Issue.record("a file is missing")
        } catch let error as WorktreeError { #expect(error.stage == .files) }
        #expect(Files.kind(of: tree.path.parent) == nil)
        let after = try snapshot(scratch.outside)
        #expect(
            after.filter { !$0.contains("/logs/") && !$0.contains("worktrees/") }
                == before.filter { !$0.contains("/logs/") })
        #expect(try Files.list(scratch.path.appending(".git/worktrees")) == [])
    }

    @Test func `forty trees at once, with git adding its own meanwhile`() async throws {
        let scratch = try variety()
        try scratch.commit()
        let path = scratch.path
        let trees = try (0..<40).map { try scratch.tree("run-t\($0)", detached: $0 % 8 == 0) }
        let git = scratch.outside.appending("by-git")
        let environment = scratch.environment
        try await withThrowingTaskGroup(of: Void.self) { group in
            for tree in trees {
                group.addTask {
                    _ = try await Worktrees(in: try Repository(at: path), git: nil).make(tree)
                }
            }
            for number in 0..<8 {
                group.addTask {
                    let name = "g\(number)"
                    let output = try await ProgramRun.run(
                        Command(
                            [
                                "git", "worktree", "add", "-q", "-b", name,
                                git.appending(name).description,
                            ],
                            in: path, environment: environment))
                    #expect(output.ending.isSuccess, "\(output.errorText)")
                }
            }
            try await group.waitForAll()
        }
        let listed = try scratch.git("worktree", "list", "--porcelain").split(separator: "\n")
        #expect(listed.count { $0.hasPrefix("worktree ") } == 49)
        for tree in trees { #expect(try scratch.git(in: tree, "status", "--porcelain") == "") }
        #expect(try scratch.git("for-each-ref", "refs/heads/treeguild-detached") == "")
        try scratch.git("fsck", "--strict")
    }

    @Test func `trees are made while the last branches of their folder are deleted`() async throws {
        let scratch = try variety()
        try scratch.commit()
        let path = scratch.path
        let trees = try (0..<12).map { try scratch.tree("t\($0)") }
        // Whoever deletes the last branch of a folder takes the folders of refs and of reflogs along.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for tree in trees {
                group.addTask {
                    let repository = try Repository(at: path)
                    for _ in 0..<100 {
                        try await repository.createBranch(of: tree)
                        try await repository.deleteReference(
                            try #require(tree.branch), at: tree.base)
                    }
                    _ = try await Worktrees(in: repository, git: nil).make(tree)
                }
            }
            try await group.waitForAll()
        }
        for tree in trees { #expect(try scratch.git(in: tree, "status", "--porcelain") == "") }
        let logs = try scratch.git("reflog", "show", "--all", "--format=%gD")
        for tree in trees { #expect(logs.contains("treeguild/\(tree.name)@{0}")) }
    }

    @Test func `a tree with names that lead outside is refused`() async throws {
        let scratch = try variety()
        try scratch.commit()
        let repository = try Repository(at: scratch.path)
        let blob = try await repository.writeBlob(Array("evil".utf8))
        for name in [".git", ".GIT", ".."] {
            let inner = try await repository.writeTree([
                TreeEntry(name: Array("config".utf8), item: TreeItem(mode: .file, id: blob))
            ])
            let root = try await repository.writeTree([
                TreeEntry(name: Array(name.utf8), item: TreeItem(mode: .folder, id: inner))
            ])
            let commit = try await repository.writeCommit(
                tree: root, parents: [], author: .fallback, time: .now, message: "evil")
            let tree = Worktree(
                name: "evil", path: scratch.outside.appending("evil"), branch: nil, base: commit,
                lockReason: "")
            do {
                _ = try await scratch.maker().make(tree)
                Issue.record("written: \(name)")
            } catch let error as WorktreeError { #expect(error.stage == .files) }
            #expect(Files.kind(of: tree.path) == nil)
        }
    }
}
