import Base
import Processes
import Store
import TestSupport
import Testing

@testable import Commands

struct DoctorCheckTests {
    private func facts(_ change: (inout DoctorFacts) throws -> Void) throws -> DoctorFacts {
        let path = try #require(AbsolutePath("/r/.git"))
        var facts = DoctorFacts()
        facts.git = "2.39.5"
        facts.libgit2 = "1.5.1"
        facts.sqlite = "3.40.1"
        facts.memory = .init(path: path, free: 4_000_000_000, freeInodes: nil)
        facts.cgroup = .usable
        facts.sandbox = SandboxSupport(landlock: 7, canBoundProcesses: true, canBoundMemory: true)
        facts.inotifyWatches = 65536
        facts.inotifyInstances = 128
        facts.openFiles = 1024
        facts.trees = .init(path: path, free: 3_540_000_000, freeInodes: 1_000_000)
        facts.hasIdentity = true
        facts.repository = .found(
            .init(
                path: path, isBare: false, isShallow: false, isPartial: false, isSparse: false,
                hasSubmodules: false, filters: [], objectFormat: "sha1", worktrees: 2,
                prunableWorktrees: 0))
        try change(&facts)
        return facts
    }

    private func repository(
        _ change: (inout DoctorFacts.RepositoryFacts) -> Void
    ) throws -> DoctorFacts {
        try facts { facts in
            guard case .found(var found) = facts.repository else { return }
            change(&found)
            facts.repository = .found(found)
        }
    }

    @Test func `a good machine has no warnings`() throws {
        let checks = DoctorCheck.judge(try facts { _ in })
        #expect(checks.filter { $0.status != .ok } == [])
        #expect(checks.allSatisfy { $0.advice == nil })
        #expect(checks.contains { $0.found == "3.5 GB, 1000000 inodes free at /r/.git" })
    }

    private func check(
        _ facts: DoctorFacts, _ name: String, is status: DoctorCheck.Status,
        location: SourceLocation = #_sourceLocation
    ) {
        let checks = DoctorCheck.judge(facts)
        let found = checks.first { $0.name == name }
        #expect(found?.status == status, sourceLocation: location)
        let others = checks.filter { $0.name != name && $0.status != .ok }
        #expect(others == [], sourceLocation: location)
    }

    @Test func `each fact about the machine changes its own check alone`() throws {
        check(try facts { $0.git = nil }, "git", is: .failure)
        check(try facts { $0.git = "2.37.1" }, "git", is: .warning)
        check(try facts { $0.git = "3.0.0" }, "git", is: .ok)
        check(try facts { $0.sqlite = "3.36.0" }, "sqlite", is: .failure)
        check(try facts { $0.memory = nil }, "memory file system", is: .warning)
        check(try facts { $0.cgroup = .readOnly }, "control groups", is: .warning)
        check(try facts { $0.cgroup = .absent }, "control groups", is: .warning)
        check(try facts { $0.cgroup = nil }, "control groups", is: .warning)
        check(try facts { $0.sandbox?.landlock = 0 }, "landlock", is: .warning)
        check(try facts { $0.sandbox?.landlock = 2 }, "landlock", is: .warning)
        check(try facts { $0.sandbox?.landlock = 5 }, "landlock", is: .ok)
        check(try facts { $0.sandbox = nil }, "landlock", is: .warning)
        check(try facts { $0.sandbox?.userNamespace = 1 }, "user namespaces", is: .ok)
        check(try facts { $0.sandbox?.mounts = 13 }, "mounts of a worker", is: .warning)
        check(try facts { $0.sandbox?.network = 1 }, "network namespaces", is: .warning)
        check(
            try facts { $0.sandbox?.canBoundProcesses = false }, "limit of processes", is: .warning)
        check(try facts { $0.sandbox?.canBoundMemory = false }, "limit of memory", is: .warning)
        check(try facts { $0.inotifyWatches = 100 }, "inotify watches", is: .warning)
        check(try facts { $0.inotifyInstances = nil }, "inotify instances", is: .warning)
        check(try facts { $0.openFiles = 256 }, "open files", is: .warning)
        check(try facts { $0.hasIdentity = false }, "identity", is: .warning)
        let path = try #require(AbsolutePath("/"))
        let full = DoctorFacts.Space(path: path, free: 10_000_000, freeInodes: nil)
        check(try facts { $0.trees = full }, "room for worktrees", is: .failure)
        let tight = DoctorFacts.Space(path: path, free: 9_000_000_000, freeInodes: 50_000)
        check(try facts { $0.trees = tight }, "room for worktrees", is: .warning)
        check(try facts { $0.trees = nil }, "room for worktrees", is: .warning)
    }

    @Test func `each fact about the repository changes its own check alone`() throws {
        check(try facts { $0.repository = .none }, "repository", is: .ok)
        check(try facts { $0.repository = .unreadable("odd") }, "repository", is: .failure)
        check(try repository { $0.isBare = true }, "kind", is: .ok)
        check(try repository { $0.isShallow = true }, "history", is: .warning)
        check(try repository { $0.isPartial = true }, "objects", is: .warning)
        check(try repository { $0.isSparse = true }, "sparse checkout", is: .warning)
        check(try repository { $0.hasSubmodules = true }, "submodules", is: .ok)
        check(try repository { $0.hasSubmodules = nil }, "submodules", is: .warning)
        check(try repository { $0.filters = ["lfs"] }, "filters", is: .ok)
        check(try repository { $0.filters = nil }, "filters", is: .warning)
        check(try repository { $0.objectFormat = "sha256" }, "object format", is: .failure)
        check(try repository { $0.prunableWorktrees = 1 }, "worktrees", is: .warning)
    }

    @Test func `a broken chain of events is a failure`() throws {
        let broken: [ChainState] = [
            .broken(seq: 3), .missingTail(last: 2, head: 3), .forgedHead(last: 2),
        ]
        for state in broken {
            check(try facts { $0.ledger = .found(state) }, "ledger", is: .failure)
        }
        check(try facts { $0.ledger = .unreadable("odd") }, "ledger", is: .failure)
        check(try facts { $0.ledger = .found(.intact(events: 1)) }, "ledger", is: .ok)
        check(try facts { $0.ledger = .none }, "ledger", is: .ok)
    }

    @Test(arguments: [
        ("2.38.0", true), ("2.38", true), ("2.37.9", false), ("3.0", true), ("1.99", false),
        ("2", false), ("", false), ("two.forty", false),
    ])
    func `versions are compared by number`(version: String, isEnough: Bool) {
        #expect(Versions.isAtLeast(version, 2, 38) == isEnough)
    }
}

struct DoctorProbeTests {
    private func facts(
        _ folder: AbsolutePath, _ environment: [String: String]
    ) async -> DoctorFacts {
        await DoctorProbe(
            program: ProgramProbe(folder: folder, environment: environment),
            places: SettingsPlaces(folder: folder, environment: environment), worktrees: nil
        ).facts()
    }

    private func found(
        _ folder: AbsolutePath, _ environment: [String: String]
    ) async throws -> DoctorFacts.RepositoryFacts {
        guard case .found(let found) = await facts(folder, environment).repository else {
            Issue.record("no repository found")
            throw CancellationError()
        }
        return found
    }

    @Test func `the machine's facts are found`() async throws {
        let repository = try ScratchRepository()
        let facts = await facts(repository.path, repository.environment)
        let version = try repository.git("--version")
        #expect(facts.git.map { version.hasPrefix("git version \($0)") } == true)
        #expect((facts.openFiles ?? 0) > 0)
        #expect((facts.trees?.free ?? 0) > 0)
        #expect(facts.hasIdentity == true)
    }

    @Test func `a missing git program is told`() async throws {
        let scratch = try Scratch()
        #expect(await facts(scratch.path, ["PATH": scratch.path.description]).git == nil)
    }

    @Test func `an address that git would make up is none`() async throws {
        let repository = try ScratchRepository()
        var environment = repository.environment
        for name in ["GIT_COMMITTER_EMAIL", "GIT_AUTHOR_EMAIL"] { environment[name] = nil }
        #expect(await facts(repository.path, environment).hasIdentity == false)
        try repository.git("config", "user.email", "ada@example.com")
        #expect(await facts(repository.path, environment).hasIdentity == true)
    }

    @Test func `a plain repository has nothing odd`() async throws {
        let repository = try ScratchRepository()
        try repository.commit()
        let facts = try await found(repository.path, repository.environment)
        #expect(
            facts
                == .init(
                    path: try Files.resolve(repository.path.appending(".git")), isBare: false,
                    isShallow: false, isPartial: false, isSparse: false, hasSubmodules: false,
                    filters: [], objectFormat: "sha1", worktrees: 0, prunableWorktrees: 0))
    }

    @Test func `what is odd about a repository is found`() async throws {
        let repository = try ScratchRepository()
        try repository.write(".gitattributes", "*.bin filter=lfs diff=lfs\n*.x filter=own\n")
        try repository.write(".gitmodules", "")
        try repository.commit()
        try repository.commit()
        for name in ["kept", "gone"] {
            let path = repository.outside.appending(name).description
            try repository.git("worktree", "add", "-q", "--detach", path)
        }
        try Files.removeTree(repository.outside.appending("gone"))
        try repository.git("config", "core.sparseCheckout", "true")
        try repository.git("config", "remote.origin.promisor", "true")
        let facts = try await found(repository.path, repository.environment)
        #expect(facts.filters == ["lfs", "own"])
        #expect(facts.hasSubmodules == true)
        #expect(facts.isSparse == true)
        #expect(facts.isPartial == true)
        #expect(facts.worktrees == 2)
        #expect(facts.prunableWorktrees == 1)
    }

    @Test func `shallow and bare repositories are told`() async throws {
        let repository = try ScratchRepository()
        try repository.commit()
        try repository.commit()
        let shallow = repository.outside.appending("shallow")
        let source = "file://" + repository.path.description
        try repository.git("clone", "-q", "--depth", "1", source, shallow.description)
        #expect(try await found(shallow, repository.environment).isShallow == true)
        let bare = try ScratchRepository(bare: true)
        #expect(try await found(bare.path, bare.environment).isBare == true)
    }

    @Test func `doctor prints its checks and ends by them`() async throws {
        let repository = try ScratchRepository()
        try repository.commit()
        let good = await Captured.run(["doctor"], in: repository.path)
        #expect(good.code == .done)
        #expect(good.data.contains("ok       git "))
        let json = await Captured.run(
            ["doctor", "--json"], in: repository.path,
            environment: ["PATH": repository.outside.description])
        #expect(json.code == .notDone)
        #expect((try json.json["failures"]?.intValue ?? 0) > 0)
    }

    @Test func `the ledger is looked at where runs keep it`() async throws {
        let repository = try ScratchRepository()
        try repository.commit()
        let common = repository.path.appending(".git")
        #expect(await LedgerProbe.state(below: common) == .none)
        _ = try await Ledger.open(at: common.appending("treeguild"))
        #expect(await LedgerProbe.state(below: common) == .found(.intact(events: 0)))
        // In a folder of its own: a ledger that is being closed still writes to its files.
        let damaged = repository.outside.appending("damaged")
        try Files.makeFolder(damaged.appending("treeguild"), mode: 0o700)
        try Files.create(damaged.appending("treeguild/ledger.db"), with: "no database".utf8)
        guard case .unreadable = await LedgerProbe.state(below: damaged) else {
            Issue.record("a damaged ledger is not told")
            return
        }
    }

    @Test func `version tells the libraries and git`() async throws {
        let scratch = try Scratch()
        let captured = await Captured.run(["version"], in: scratch.path)
        #expect(captured.data.hasPrefix("treeguild \(Version.program)\nlibgit2 1."))
        let json = await Captured.run(
            ["--version", "--json"], in: scratch.path,
            environment: ["PATH": scratch.path.description])
        #expect(try json.json["programs"]?["git"] == .null)
        #expect(try json.json["libraries"]?.objectValue?.pairs.count == 6)
    }
}
