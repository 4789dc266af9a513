import Base
import TestSupport
import Testing

@testable import Git

struct FingerprintTests {
    /// Looks, runs a shell text in the repository, looks again.
    private func changes(
        _ text: String, except: (AbsolutePath) -> [AbsolutePath] = { _ in [] }
    ) async throws -> [String] {
        let repository = try ScratchRepository()
        for name in ["a.txt", "src/b.txt", "src/deep/c.txt", "-odd \n name"] {
            try repository.write(name, "\(name)\n")
        }
        try repository.write(".gitignore", "*.o\n")
        try repository.commit()
        try repository.git("branch", "other")
        let layout = try Repository(at: repository.path).layout
        let before = RepositoryFingerprint(of: layout)
        let result = try Shell.run(
            ["sh", "-c", text], in: repository.path, environment: repository.environment)
        #expect(result.status == 0, "\(result.text)")
        return RepositoryFingerprint(of: layout, after: before).changes(
            since: before, except: except(repository.path))
    }

    @Test(arguments: [
        "true", "git status", "touch .git/FETCH_HEAD", "mkdir -p .git/refs/treeguild/preserved",
        "git update-ref refs/heads/treeguild/r1/a HEAD", "git update-ref refs/treeguild/x HEAD",
        "git worktree add -q --detach ../tree", "echo x >.git/treeguild; rm .git/treeguild",
        "git hash-object -w a.txt", "cat a.txt src/b.txt; ls -R",
    ])
    func `looking, and what is treeguild's, changes nothing`(text: String) async throws {
        #expect(try await changes(text) == [])
    }

    @Test(arguments: [
        ("echo x >>a.txt", ["a.txt"]), ("chmod +x src/b.txt", ["src/b.txt"]),
        ("touch -d 2001-01-01 src/deep/c.txt", ["src/deep/c.txt"]),
        ("cp -p a.txt keep; echo x >a.txt; cp -p keep a.txt; rm keep", ["a.txt"]),
        ("ln a.txt hard", ["a.txt", "hard"]), ("rm src/deep/c.txt", ["src/deep/c.txt"]),
        ("echo x >new.txt", ["new.txt"]), ("mkdir src/new; echo x >src/new/f", ["src/new"]),
        ("mv src source", ["source", "src/b.txt", "src/deep/c.txt"]),
        ("echo x >src/x.o", ["src/x.o"]), ("echo x >'-odd \n name'", ["-odd \n name"]),
        ("git add -N .; echo n >n; git add n", [".git/index", "n"]),
        ("git config a.b c", [".git/config"]), ("git tag t", [".git/refs/tags/t"]),
        ("git update-ref -d refs/heads/other", [".git/refs/heads/other"]),
        ("git branch evil", [".git/refs/heads/evil"]),
        ("echo x >.git/hooks/pre-commit", [".git/hooks/pre-commit"]),
        ("echo x >>.git/info/exclude", [".git/info/exclude"]),
        ("echo /x >.git/objects/info/alternates", [".git/objects/info/alternates"]),
        ("echo ref: refs/heads/other >.git/HEAD", [".git/HEAD"]),
    ])
    func `every change is found and named`(text: String, names: [String]) async throws {
        let found = try await changes(text)
        #expect(Set(names).isSubset(of: found), "\(found)")
        #expect(
            found.allSatisfy { name in names.contains { name.hasPrefix($0) } || name.hasSuffix("/")
            }, "\(found)")
    }

    @Test func `a folder that does not count is left out`() async throws {
        #expect(
            try await changes("mkdir trees; echo x >trees/x") { [$0.appending("trees")] } == [])
    }

    @Test func `links in a tree's registration and branch are found`() async throws {
        let repository = try ScratchRepository()
        try repository.write("a.txt", "a\n")
        try repository.commit()
        try repository.git("worktree", "add", "-q", "-b", "topic/a", "../tree")
        let opened = try Repository(at: repository.path)
        let tree = Worktree(
            name: "tree", path: repository.outside.appending("tree"), branch: "refs/heads/topic/a",
            base: try await opened.commit(named: "HEAD"), lockReason: "")
        #expect(await opened.plantedLinks(of: tree) == [])
        let common = repository.path.appending(".git")
        for name in [
            "worktrees/tree/index", "worktrees/tree/logs/HEAD", "refs/heads/topic/a",
            "logs/refs/heads/topic/a", "refs/heads/topic",
        ] {
            let file = common.appending(name)
            let aside = repository.outside.appending("aside")
            try Files.rename(file, to: aside)
            _ = try Shell.run(
                ["ln", "-s", aside.description, file.description], in: repository.path,
                environment: repository.environment)
            #expect(await opened.plantedLinks(of: tree) == [file])
            try Files.removeFile(file)
            try Files.rename(aside, to: file)
        }
        _ = try Shell.run(
            ["ln", "logs/HEAD", "worktrees/tree/planted"], in: common,
            environment: repository.environment)
        #expect(
            await opened.plantedLinks(of: tree) == [common.appending("worktrees/tree/planted")])
    }
}
