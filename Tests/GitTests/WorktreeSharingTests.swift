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

    @Test
    func `on a file system with copy-on-write, files share their blocks until one is written`()
        async throws
    {
        guard geteuid() == 0, let folder = try CopyOnWriteDisk.mount() else {
            print("skipped: no file system with copy-on-write could be mounted here")
            return
        }
        defer { folder.unmount() }
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
            #expect(
                try await trees.share(RepositoryPath("deps"), with: tree, fallback: .nothing)
                    == .cloned(files: 1))
        }
        // Five times 40 MB on a disk of 128 MB.
        try Files.replace(folder.path.appending("trees/t1/deps/big"), with: Array("mine\n".utf8))
        #expect(try Files.read(folder.path.appending("deps/big")).count == 40 << 20)
    }
}

/// A small disk with a file system that can copy on write, where the machine lets one be mounted.
private struct CopyOnWriteDisk {
    let path: AbsolutePath
    private let image: AbsolutePath

    static func mount() throws -> CopyOnWriteDisk? {
        let parent = try #require(AbsolutePath("/tmp"))
        let folder = try Files.makePrivateFolder(in: parent, prefix: "treeguild-disk-")
        let disk = CopyOnWriteDisk(
            path: folder.appending("mount"), image: folder.appending("image"))
        try Files.makeFolder(disk.path)
        let commands = [
            "truncate -s 128M \(disk.image) && mkfs.btrfs -q \(disk.image) && mount -o loop \(disk.image) \(disk.path)",
            "truncate -s 320M \(disk.image) && mkfs.xfs -q -m reflink=1 \(disk.image) && mount -o loop \(disk.image) \(disk.path)",
        ]
        for command in commands
        where try Shell.run(
            ["sh", "-c", command], in: folder, environment: Shell.environment(home: folder)
        ).status == 0 {
            return disk
        }
        try Files.removeTree(folder)
        return nil
    }

    func unmount() {
        _ = try? Shell.run(["umount", path.description], in: image.parent, environment: [:])
        try? Files.removeTree(image.parent)
    }
}
