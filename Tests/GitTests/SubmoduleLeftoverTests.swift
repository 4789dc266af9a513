import Base
import TestSupport
import Testing

@testable import Git

/// What submodules leave behind: folders for other trees, and repositories that no folder leads to.
struct SubmoduleLeftoverTests {
    @Test(arguments: [true, false])
    func `a tree with submodules gives its folder to no other, and still comes back`(
        nextHasSome: Bool
    ) async throws {
        let scratch = try SubmoduleTests.makeScratch()
        if nextHasSome {
            try scratch.git("commit", "-q", "--allow-empty", "-m", "next")
        } else {
            // The next tree is to have no submodules.
            try scratch.shell(
                "git checkout -q --orphan bare; git rm -qrf --cached .; git add a.txt; git commit -qm bare; git checkout -qf main; git submodule --quiet update --init sub; git commit -q --allow-empty -m last",
                in: scratch.path)
        }
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        #expect(Files.kind(of: tree.path.appending("sub/.git")) == .file)
        let before = try snapshot(tree.path)
        let retired = try await trees.retire(tree, reason: "test")
        let next = try scratch.tree("next", base: nextHasSome ? "HEAD" : "bare")
        #expect(await !trees.make(next, reusing: retired))
        #expect(Files.kind(of: next.path) == nil)
        #expect(try !scratch.git("worktree", "list", "--porcelain").contains("next"))
        _ = try await trees.restore(retired)
        #expect(try snapshot(tree.path) == before)
        #expect(await trees.inspect(tree).isUnchanged)
        let new = try await trees.make(next)
        #expect(await trees.inspect(new).isUnchanged)
        #expect(
            try scratch.git(in: new, "submodule", "status", "--recursive").isEmpty
                == !nextHasSome)
    }

    @Test func `a folder that had no submodules is not used for a tree that has`() async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        try scratch.shell(
            "git checkout -q --orphan bare; git rm -qrf --cached .; git add a.txt; git commit -qm bare; git checkout -qf main",
            in: scratch.path)
        let tree = try await trees.make(scratch.tree(base: "bare"))
        let retired = try await trees.retire(tree, reason: "test")
        #expect(try await !trees.make(scratch.tree("next"), reusing: retired))
        _ = try await trees.restore(retired)
        #expect(await trees.inspect(tree).isUnchanged)
    }

    /// Leaves commits where no folder of the tree leads to.
    @Test(arguments: [
        "cd sub; echo m >>sub.txt; git commit -qam m; cd ..; git submodule --quiet deinit -f sub",
        "cd sub; echo m >>sub.txt; git commit -qam m; cd ..; rm -rf sub",
        "cd sub; echo m >>sub.txt; git stash -q; cd ..; git rm -qf sub; git commit -qm gone",
        "cd sub; echo m >m; git add m; cd ..; rm -rf sub; mkdir sub",
        "cd sub/inner; echo m >>inner.txt; git commit -qam m; cd ..; rm -rf inner",
        "cd sub/inner; echo m >>inner.txt; git commit -qam m; cd ../..; rm -rf sub",
        "cd 'lib/two words'; echo m >>two.txt; git commit -qam m; cd ../..; git rm -qf 'lib/two words'",
    ])
    func `what was committed in a submodule that is gone keeps its tree`(work: String) async throws
    {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell(work, in: tree.path)
        let found = await trees.inspect(tree)
        #expect(!found.isUnchanged)
        guard
            case .impossible(let paths) = try await trees.preserve(
                tree,
                PreservationRequest(
                    ref: "refs/treeguild/preserved/r/x", subject: "r/x", reason: "test"))
        else {
            Issue.record("preserved: \(found.findings)")
            return
        }
        #expect(!paths.isEmpty)
        switch try await trees.commitWork(in: tree, message: "work", identity: .fallback) {
        case .committed(_, let left), .nothing(let left): #expect(!left.isEmpty)
        case .refused(let why): Issue.record("\(why)")
        }
    }

    @Test(arguments: [
        "git submodule --quiet deinit -f sub", "rm -rf sub; mkdir sub",
        "git submodule --quiet deinit -f sub; git submodule --quiet update --init sub",
        "git -C sub gc -q; git submodule --quiet deinit -f sub",
    ])
    func `a submodule that is only put away holds nothing`(work: String) async throws {
        let scratch = try SubmoduleTests.makeScratch()
        let trees = try await scratch.maker()
        let tree = try await trees.make(scratch.tree())
        try scratch.shell(
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always; "
                + work, in: tree.path)
        let findings = await trees.inspect(tree).findings
        #expect(findings == [] || findings == [.deleted(PathList([RepositoryPath("sub")]))])
    }
}
