import Base
import Glibc
import TestSupport
import Testing

@testable import Git

/// Files and folders that a tree uses together with the main worktree, and copies of small ones.
struct WorktreeSharingTests {
    private func prepared() throws -> ScratchRepository {
        let repository = try ScratchRepository()
        try repository.write("deps/tracked.txt", "tracked\n")
        try repository.commit()
        try repository.write("deps/lib/one", "one\n")
        try repository.write("deps/lib/.git/HEAD", "no repository\n")
        try repository.write("outside/secret", "secret\n")
        let deps = repository.path.appending("deps").description
        #expect(chmod(deps + "/lib/one", 0o751) == 0)
        #expect(chmod(deps + "/lib", 0o710) == 0)
        #expect(symlink("lib/one", deps + "/near") == 0)
        #expect(symlink("\(deps)/lib/one", deps + "/own") == 0)
        #expect(symlink("/etc", deps + "/far") == 0)
        #expect(mkfifo(deps + "/pipe", 0o600) == 0)
        return repository
    }

    @Test
    func `a shared folder keeps modes and times, and no link of it leads into the main worktree`()
        async throws
    {
        let repository = try prepared()
        let trees = try await repository.maker()
        let tree = try await repository.makeTree()
        var times = [timespec(tv_sec: 1000, tv_nsec: 5), timespec(tv_sec: 2000, tv_nsec: 7)]
        utimensat(AT_FDCWD, repository.path.appending("deps/lib/one").description, &times, 0)
        let sharing = try await trees.share(RepositoryPath("deps"), with: tree, fallback: .copy)
        #expect(sharing == .copied(files: 2) || sharing == .cloned(files: 2), "\(sharing)")
        var status = stat()
        #expect(lstat(tree.path.appending("deps/lib/one").description, &status) == 0)
        #expect(
            status.st_mode & 0o777 == 0o751 && status.st_mtim.tv_sec == 2000
                && status.st_mtim.tv_nsec == 7)
        #expect(lstat(tree.path.appending("deps/lib").description, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o710)
        #expect(try Files.linkTarget(tree.path.appending("deps/near")) == Array("lib/one".utf8))
        #expect(
            try Files.linkTarget(tree.path.appending("deps/own"))
                == Array("\(tree.path)/deps/lib/one".utf8))
        #expect(try Files.linkTarget(tree.path.appending("deps/far")) == Array("/etc".utf8))
        #expect(Files.kind(of: tree.path.appending("deps/pipe")) == nil)
        #expect(try Files.read(tree.path.appending("deps/tracked.txt")) == Array("tracked\n".utf8))

        let rules = TreeRules(shared: [RepositoryPath("deps")])
        #expect(await trees.inspect(tree, rules: rules).isUnchanged)
        #expect(await !trees.inspect(tree).isUnchanged)
        try Files.replace(tree.path.appending("deps/tracked.txt"), with: "changed\n".utf8)
        try Files.replace(tree.path.appending("new.txt"), with: "new\n".utf8)
        let committed = try await trees.commitWork(
            in: tree, message: "work\n", identity: .fallback, rules: rules)
        guard case .committed = committed else { return #expect(Bool(false), "\(committed)") }
        #expect(
            try repository.git(in: tree, "diff", "--name-only", "main")
                == "deps/tracked.txt\nnew.txt")
    }

    @Test func `where the file system cannot copy on write, the fallback decides`() async throws {
        let repository = try prepared()
        let trees = try await repository.maker()
        let tree = try await repository.makeTree()
        let path = RepositoryPath("outside")
        let first = try await trees.share(path, with: tree, fallback: .nothing)
        guard first == .left else {
            #expect(first == .cloned(files: 1))
            return
        }
        #expect(Files.kind(of: tree.path.appending("outside")) == nil)
        #expect(try await trees.share(path, with: tree, fallback: .link) == .linked)
        #expect(
            try Files.linkTarget(tree.path.appending("outside"))
                == Array(repository.path.appending("outside").description.utf8))
        let rules = TreeRules(shared: [path])
        #expect(await trees.inspect(tree, rules: rules).isUnchanged)
        #expect(
            try await trees.share(RepositoryPath("none"), with: tree, fallback: .copy) == .absent)
    }

    @Test func `a link on the way to a shared path or a copied file is not followed`() async throws
    {
        let repository = try prepared()
        let trees = try await repository.maker()
        let tree = try await repository.makeTree()
        let elsewhere = repository.outside.appending("elsewhere")
        try Files.makeFolder(elsewhere)
        try Files.replace(elsewhere.appending(".env"), with: "SECRET\n".utf8)
        #expect(symlink(elsewhere.description, repository.path.appending("way").description) == 0)
        await #expect(throws: WorktreeError.self) {
            _ = try await trees.share(RepositoryPath("way/.env"), with: tree, fallback: .copy)
        }
        let copied = try await trees.copySetup(to: tree) { $0.description.hasSuffix(".env") }
        #expect(copied.isEmpty && Files.kind(of: tree.path.appending("way")) == nil)
    }

    @Test(
        .enabled(
            if: CopyOnWriteFolder.isToBeHad,
            "neither TMPDIR nor a disk that this user could mount copies on write"))
    func `on a file system with copy-on-write, files share their blocks until one is written`()
        async throws
    {
        let folder = try #require(try CopyOnWriteFolder.make())
        defer { folder.remove() }
        func git(_ words: String...) throws -> String {
            try Shell.run(
                ["git"] + words, in: folder.path, environment: Shell.environment(home: folder.path)
            ).line
        }
        _ = try git("init", "-q", "-b", "main", ".")
        _ = try git("commit", "-q", "--allow-empty", "-m", "start")
        try Files.makeFolder(folder.path.appending("deps"))
        try Files.replace(
            folder.path.appending("deps/big"), with: [UInt8](repeating: 7, count: 40 << 20))
        let trees = Worktrees(in: try Repository(at: folder.path), git: nil)
        let base = try #require(ObjectID(try git("rev-parse", "HEAD")))
        for number in 0..<4 {
            let tree = Worktree(
                name: "t\(number)", path: folder.path.appending("trees/t\(number)"),
                branch: nil, base: base, lockReason: "test")
            _ = try await trees.make(tree)
            // On the mounted disk of 128 MB the copies have no room but in the blocks of the first.
            #expect(
                try await trees.share(RepositoryPath("deps"), with: tree, fallback: .nothing)
                    == .cloned(files: 1))
        }
        let changed = folder.path.appending("trees/t1/deps/big")
        try Files.replace(changed, with: Array("mine\n".utf8))
        for other in ["deps/big", "trees/t2/deps/big"] {
            let content = try Files.read(folder.path.appending(other))
            #expect(content.count == 40 << 20 && content.last == 7, "\(other)")
        }
    }
}

/// A folder on a file system that can copy on write: in `TMPDIR`, else on a small disk where the machine lets one be
/// mounted.
private struct CopyOnWriteFolder {
    let path: AbsolutePath
    /// What holds the folder, and goes with it.
    private let parent: AbsolutePath
    private let isMounted: Bool

    /// Whether ``make()`` makes one here.
    static let isToBeHad: Bool = {
        // What cannot be tried is not to be had.
        guard let folder = try? make() else { return false }
        folder.remove()
        return true
    }()

    /// Nil where there is none.
    static func make() throws -> CopyOnWriteFolder? {
        let temporary = getenv("TMPDIR").flatMap { AbsolutePath(String(cString: $0)) }
        let system = try #require(AbsolutePath("/tmp"))
        if let made = try make(
            in: temporary ?? system, ["echo x >file && cp --reflink=always file copy"],
            mounting: false)
        {
            return made
        }
        guard geteuid() == 0 else { return nil }
        return try make(
            in: system,
            [
                "truncate -s 128M image && mkfs.btrfs -q image && mount -o loop image folder",
                "truncate -s 320M image && mkfs.xfs -q -m reflink=1 image && mount -o loop image folder",
            ], mounting: true)
    }

    private static func make(
        in place: AbsolutePath, _ commands: [String], mounting: Bool
    ) throws -> CopyOnWriteFolder? {
        let parent = try Files.makePrivateFolder(in: place, prefix: "treeguild-disk-")
        try Files.makeFolder(parent.appending("folder"))
        for command in commands
        where try Shell.run(
            ["sh", "-c", "{ \(command); } 2>errors"], in: parent,
            environment: Shell.environment(home: parent)
        ).status == 0 {
            return CopyOnWriteFolder(
                path: parent.appending("folder"), parent: parent, isMounted: mounting)
        }
        try Files.removeTree(parent)
        return nil
    }

    /// Best effort: the test has its answer by then.
    func remove() {
        if isMounted {
            _ = try? Shell.run(["umount", path.description], in: parent, environment: [:])
        }
        try? Files.removeTree(parent)
    }
}
