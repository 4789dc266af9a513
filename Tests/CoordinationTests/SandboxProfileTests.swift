import Base
import Git
import Processes
import Tasks
import TestSupport
import Testing

@testable import Coordination

final class SandboxProfileTests {
    private let repository: ScratchRepository
    private var outside: AbsolutePath { repository.outside }
    private var main: AbsolutePath { repository.path }
    private var home: AbsolutePath { outside.appending("home") }
    private var cache: AbsolutePath { home.appending(".cache") }

    init() throws {
        repository = try ScratchRepository()
        for name in ["home/.ssh", "home/.cache/pip"] {
            try Files.makeFolder(repository.outside.appending(name))
        }
    }

    private func profile(
        _ wishes: SandboxWishes = SandboxWishes(), _ support: SandboxSupport = .init(landlock: 7)
    ) throws -> SandboxProfile {
        let common = main.appending(".git")
        let options = SandboxOptions(
            wishes, home: home, repository: main, environment: [:],
            secrets: [main.appending(".env")])
        let trees = cache.appending("treeguild/project-1/r1-abc")
        try Files.makeFolder(trees)
        return SandboxProfile(
            options: options, support: support,
            layout: try Repository(at: main).layout,
            folders: RunFolders(
                state: common.appending("treeguild"), trees: trees, run: try #require(RunID("r1"))))
    }

    private func worker(_ profile: SandboxProfile, branch: Bool = true) throws
        -> SandboxProfile.Worker
    {
        let records = profile.folders.records(of: "a/1.0")
        let base = try #require(ObjectID(String(repeating: "1", count: 40)))
        let worker = SandboxProfile.Worker(
            tree: TreeRecord(
                name: "a", key: "a/1.0", task: nil, path: profile.folders.trees.appending("a"),
                registration: "treeguild-r1-a", branch: branch ? "refs/heads/treeguild/r1/a" : nil,
                base: base, lock: "", provided: [:], shared: []),
            records: records, results: records.appending("out"),
            temporary: profile.folders.temporary.appending("a"))
        try profile.prepare(worker)
        return worker
    }

    private func sandbox(
        _ wishes: SandboxWishes = SandboxWishes(), _ support: SandboxSupport = .init(landlock: 7),
        branch: Bool = true
    ) throws -> Sandbox {
        let profile = try profile(wishes, support)
        return try #require(profile.sandbox(of: worker(profile, branch: branch)))
    }

    private func isWritable(_ name: String, in sandbox: Sandbox) -> Bool {
        let path = AbsolutePath(name, relativeTo: main)
        return sandbox.writable.contains { path.isInside($0) }
    }

    @Test func `a worker gets what a commit needs, and nothing that is the user's`() throws {
        let sandbox = try sandbox()
        for name in [
            ".git/objects/ab/cd", ".git/worktrees/treeguild-r1-a/index",
            ".git/refs/heads/treeguild/r1/a.lock", ".git/logs/refs/heads/treeguild/r1/a",
        ] { #expect(isWritable(name, in: sandbox), "\(name)") }
        for name in [
            "file", ".git/config", ".git/HEAD", ".git/index", ".git/hooks/pre-commit",
            ".git/packed-refs",
            ".git/refs/heads/main", ".git/refs/heads/treeguild/r2/a", ".git/refs/stash",
            ".git/worktrees/treeguild-r1-b/index", ".git/worktrees/new", ".git/info/exclude",
            ".git/treeguild/ledger.db", ".git/treeguild/runs/r1/a/1.0/status",
        ] { #expect(!isWritable(name, in: sandbox), "\(name)") }
    }

    @Test func `a tree without a branch gets no refs`() throws {
        #expect(!isWritable(".git/refs/heads/treeguild/r1/a", in: try sandbox(branch: false)))
    }

    @Test func `what is hidden and what is kept of it`() throws {
        let sandbox = try sandbox()
        #expect(sandbox.covered.contains(home.appending(".ssh")))
        #expect(sandbox.covered.contains(main.appending(".env")))
        #expect(sandbox.covered.contains(main.appending(".git/treeguild")))
        #expect(sandbox.covered.contains(cache.appending("treeguild")))
        #expect(sandbox.frozen == [main])
        #expect(sandbox.kept.contains(main.appending(".git/objects")))
        let above = sandbox.frozen + sandbox.covered
        #expect(sandbox.kept.allSatisfy { kept in above.contains { kept.isInside($0) } })
    }

    @Test func `wishes add to the usual, and showing takes away`() throws {
        var wishes = SandboxWishes()
        wishes.write = ["~/tools", "out"]
        wishes.hide = ["~/private"]
        wishes.show = ["~/.ssh", ".env"]
        let sandbox = try sandbox(wishes)
        #expect(sandbox.writable.contains(home.appending("tools")))
        #expect(sandbox.writable.contains(main.appending("out")))
        #expect(sandbox.covered.contains(home.appending("private")))
        #expect(!sandbox.covered.contains(home.appending(".ssh")))
        #expect(!sandbox.covered.contains(main.appending(".env")))
    }

    @Test func `a grant that holds the repository is none`() throws {
        var wishes = SandboxWishes()
        wishes.write = [outside.description, "/", "."]
        #expect(!isWritable("file", in: try sandbox(wishes)))
    }

    @Test func `without mounts no grant holds the trees of others`() throws {
        let sandbox = try sandbox(SandboxWishes(), .init(landlock: 7, mounts: 1))
        #expect(isWritable(cache.appending("pip/x").description, in: sandbox))
        #expect(
            !isWritable(cache.appending("treeguild/project-1/r2-def/b/x").description, in: sandbox))
        #expect(
            !isWritable(cache.appending("treeguild/project-1/r1-abc/b/x").description, in: sandbox))
        #expect(
            isWritable(cache.appending("treeguild/project-1/r1-abc/a/x").description, in: sandbox))
    }

    @Test func `options come back from the ledger as they were`() throws {
        var options = try profile().options
        #expect(SandboxOptions(json: options.json) == options)
        options.isOn = false
        options.network = .none
        options.memory = 5
        #expect(SandboxOptions(json: options.json) == options)
    }

    @Test func `every gap is said`() {
        let options = SandboxOptions()
        func gaps(_ support: SandboxSupport) -> Int { SandboxRecord(options, support).gaps.count }
        #expect(gaps(.init(landlock: 7)) == 0)
        #expect(gaps(.init(landlock: 0)) == 1)
        #expect(gaps(.init(landlock: 2, mounts: 1)) == 2)
        #expect(gaps(.init(landlock: 7, mounts: 1)) == 1)
        #expect(gaps(.init(landlock: 0, mounts: 1)) == 2)
        var off = options
        off.isOn = false
        #expect(SandboxRecord(off, .init(landlock: 7)).gaps.count == 1)
        #expect(SandboxRecord(off, .init(landlock: 7)).json["enabled"] == false)
    }
}
