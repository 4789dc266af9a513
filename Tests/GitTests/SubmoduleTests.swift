import Base
import TestSupport
import Testing

@testable import Git

/// Submodules of a tree: set up without network, and nothing that is done in them is lost.
struct SubmoduleTests {
    /// `sub` with `inner` nested in it, `apart` not initialised, `lib/two words` under a name of its own.
    private static let script = """
        export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
        top=$PWD; cd ..
        for n in inner sub apart two; do git init -q -b main up-$n; (cd up-$n; echo $n >$n.txt; echo '*.o' >.gitignore; git add .; git commit -qm $n); done
        (cd up-sub; git submodule --quiet add "$PWD/../up-inner" inner; git commit -qm nested; git branch side; git tag v1)
        cd "$top"; echo a >a.txt; git add .
        git submodule --quiet add "$PWD/../up-sub" sub
        git submodule --quiet add "$PWD/../up-apart" apart
        git submodule --quiet add --name two "$PWD/../up-two" 'lib/two words'
        git commit -qam submodules; git submodule --quiet update --init --recursive
        git submodule --quiet deinit -f apart; rm -rf .git/modules/apart
        """

    static func makeScratch() throws -> ScratchRepository {
        let scratch = try ScratchRepository()
        try scratch.shell(SubmoduleTests.script, in: scratch.path)
        return scratch
    }

    private func request(_ name: String = "x") -> PreservationRequest {
        PreservationRequest(
            ref: "refs/treeguild/preserved/r/\(name)", subject: "r/\(name)", reason: "test")
    }

    @Test func `they are as git's own update would have them, without network`() async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        for name in ["sub", "inner", "apart", "two"] {
            try Files.removeTree(scratch.outside.appending("up-\(name)"))
        }
        let second = try await trees.make(scratch.tree("second"))
        for tree in [tree, second] {
            #expect(try scratch.git(in: tree, "status", "--porcelain=v2", "--ignored") == "")
            #expect(
                try scratch.git(in: tree, "submodule", "status", "--recursive")
                    == scratch.git("submodule", "status", "--recursive"))
            #expect(await trees.inspect(tree).findings == [])
            #expect(try snapshot(tree.path) != [])
            for path in ["sub", "sub/inner", "lib/two words"] {
                let (ours, main) = (tree.path.appending(path), scratch.path.appending(path))
                for question in [
                    ["rev-parse", "HEAD"], ["ls-files", "-s"], ["remote", "-v"], ["tag"],
                    ["for-each-ref", "refs/remotes"], ["status", "--porcelain=v2"],
                ] {
                    #expect(
                        try scratch.git(question, in: ours).line
                            == scratch.git(question, in: main).line, "\(path): \(question)")
                }
                try scratch.git(["fsck", "--strict"], in: ours)
            }
            #expect(try Files.list(tree.path.appending("apart")) == [])
        }
        #expect(
            try await trees.submodules(of: tree)
                == [
                    SubmodulePresence(path: RepositoryPath("apart"), absence: .notInitialised),
                    SubmodulePresence(path: RepositoryPath("lib/two words"), absence: nil),
                    SubmodulePresence(path: RepositoryPath("sub"), absence: nil),
                    SubmodulePresence(path: RepositoryPath("sub/inner"), absence: nil),
                ])
        #expect(try scratch.git("status", "--porcelain=v2") == "")
    }

    @Test func `a tree with submodules goes to the trash and comes back whole`() async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell(
            "cd sub; echo mine >mine.txt; git add .; git commit -qm mine; echo 2 >>sub.txt",
            in: tree.path)
        let before = try snapshot(tree.path)
        let state = await trees.inspect(tree)
        let trashed = try await trees.retire(tree, reason: "test")
        _ = try await trees.restore(trashed)
        #expect(try snapshot(tree.path) == before)
        #expect(await trees.inspect(tree) == state)
        #expect(try scratch.git(in: tree, "submodule", "status").contains("+"))
    }

    /// What a worker does, in the tree's folder.
    static let works = [
        "cd sub; echo more >>sub.txt",
        "cd sub; echo new >new.txt",
        "cd sub; rm sub.txt",
        "cd sub; echo o >x.o",
        "cd sub; chmod +x sub.txt; git add sub.txt",
        "cd sub; echo more >>sub.txt; git commit -qam more",
        "cd sub; git checkout -q --detach HEAD~1; rm -rf inner",
        "cd sub; git checkout -q --detach HEAD~1; rm -rf inner; cd ..; git add sub",
        "cd sub; git checkout -qb mine; echo m >m; git add m; git commit -qm m; git checkout -q --detach v1",
        "cd sub; echo s >>sub.txt; git stash -q",
        "cd sub; echo 1 >>sub.txt; git commit -qam 1; git commit -q --amend -m 2; git reset -q --hard v1",
        "cd sub/inner; echo deep >>inner.txt",
        "cd sub/inner; echo deep >>inner.txt; git commit -qam deep; cd ..; git commit -qam pointer; cd ..; git commit -qam all",
        "cd 'lib/two words'; echo 2 >>two.txt; git commit -qam two; cd ../..; git add lib; echo b >>a.txt",
    ]

    @Test(arguments: works)
    func `work in a submodule is found, preserved and restored`(work: String) async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell(work, in: tree.path)
        let found = await trees.inspect(tree)
        #expect(!found.isUnchanged)
        #expect(
            !found.findings.contains {
                if case .unknown = $0 { true } else { false }
            }, "\(found.findings)")
        let before = try snapshot(tree.path).filter { !$0.contains(".git ") }
        guard case .stored(let ref, let id) = try await trees.preserve(tree, request()) else {
            Issue.record("not stored")
            return
        }
        #expect(
            try await trees.preserve(tree, request()) == .stored(ref: ref, commit: id),
            "a second call has nothing new")
        // All that the tree alone holds is gone for good.
        try Files.removeTree(tree.path)
        try Files.removeTree(scratch.path.appending(".git/worktrees/\(tree.name)"))
        let again = try await trees.restore(preserved: ref, as: scratch.tree("again")).tree
        #expect(try snapshot(again.path).filter { !$0.contains(".git ") } == before)
        try scratch.git("fsck", "--strict")
        for path in ["sub", "sub/inner", "lib/two words"] {
            try scratch.git(["fsck", "--strict"], in: scratch.path.appending(path))
        }
    }

    @Test func `a worker's commits in a submodule reach the main worktree's`() async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell(
            "cd sub; echo one >>sub.txt; git commit -qam one; echo two >two; cd inner; echo deep >>inner.txt",
            in: tree.path)
        let result = try await trees.commitWork(in: tree, message: "work", identity: .fallback)
        guard case .committed(let commit, leftOut: []) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(await trees.inspect(tree).findings == [.commits(1)])
        #expect(try scratch.git(in: tree, "status", "--porcelain=v2") == "")
        _ = try await trees.retire(tree, reason: "test")
        try Files.removeTree(tree.path.parent)
        // As the user would take it over, offline.
        try scratch.git("merge", "-q", "--ff-only", commit.description)
        for name in ["sub", "inner", "two"] {
            try Files.removeTree(scratch.outside.appending("up-\(name)"))
        }
        try scratch.git("submodule", "update", "--recursive", "--no-fetch")
        #expect(
            try scratch.shell("cat sub/two sub/sub.txt sub/inner/inner.txt", in: scratch.path)
                == "two\nsub\none\ninner\ndeep")
        #expect(
            try scratch.git(
                ["branch", "--list", "treeguild/*", "--format=%(refname)"],
                in: scratch.path.appending("sub")
            ).line
                == "refs/heads/treeguild/run-task")
    }

    @Test func `a submodule that is replaced by another repository counts as one`() async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell(
            "rm -rf sub; git init -q sub; cd sub; echo x >x; git add x; git commit -qm x",
            in: tree.path)
        #expect(
            await trees.inspect(tree).findings
                == [.nestedRepositories(PathList([RepositoryPath("sub")]))])
        #expect(
            try await trees.preserve(tree, request()) == .impossible([RepositoryPath("sub")]))
    }

    @Test func `a submodule that leads to the main worktree's repository is refused`() async throws
    {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell(
            "echo 'gitdir: \(scratch.path)/.git/modules/sub' >sub/.git", in: tree.path)
        #expect(
            await trees.inspect(tree).findings.contains(
                .nestedRepositories(PathList([RepositoryPath("sub")]))))
    }

    @Test(arguments: [
        "git -C sub config filter.x.clean 'touch ../ran; cat'",
        "git -C sub config core.fsmonitor \"$PWD/evil\"",
        "echo '[include] path = evil' >>$(git -C sub rev-parse --git-path config)",
        "git -C sub/inner config remote.origin.uploadpack ./evil",
    ])
    func `settings that a worker gave a submodule are not git's to run`(work: String) async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell(
            work
                + "; echo '* filter=x' >sub/.gitattributes; printf '#!/bin/sh\\ntouch ran\\n' >evil; chmod +x evil",
            in: tree.path)
        let result = try await trees.commitWork(in: tree, message: "work", identity: .fallback)
        switch result {
        case .refused(let why): #expect("\(why)".contains("Finding.settings"), "\(why)")
        case .nothing(let left), .committed(_, let left): #expect(left == [RepositoryPath("sub")])
        }
        guard case .impossible = try await trees.preserve(tree, request()) else {
            Issue.record("preserved")
            return
        }
        #expect(Files.kind(of: tree.path.appending("ran")) == nil)
    }

    @Test func `a submodule whose folder is deleted is a deletion, and comes back`() async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell("rm -rf sub", in: tree.path)
        #expect(
            await trees.inspect(tree).findings == [.deleted(PathList([RepositoryPath("sub")]))])
        let result = try await trees.commitWork(in: tree, message: "work", identity: .fallback)
        guard case .committed = result else {
            Issue.record("\(result)")
            return
        }
        #expect(try scratch.git(in: tree, "ls-tree", "HEAD", "sub") == "")
    }

    @Test func `trees with submodules are made again after a kill`() async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        let again = try await trees.make(tree, resuming: true)
        #expect(again == tree)
        let modules = scratch.path.appending(".git/worktrees/\(tree.name)/modules")
        try Files.removeFile(modules.appending("sub/HEAD"))
        _ = try await trees.make(tree, resuming: true)
        #expect(await trees.inspect(tree).findings == [])
        #expect(
            try scratch.git(in: tree, "submodule", "status", "--recursive")
                == scratch.git("submodule", "status", "--recursive"))
    }
}
