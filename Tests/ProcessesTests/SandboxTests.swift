import Base
import Glibc
import TestSupport
import Testing

@testable import Processes

/// What the kernel keeps a worker from. Each rule is also tried without its sandbox, where it must succeed.
struct SandboxTests {
    /// A tree that may be written, beside a folder that may not.
    struct Place {
        let fixture: WorkerFixture
        let tree, outside: AbsolutePath

        init() throws {
            fixture = try WorkerFixture()
            tree = try Files.resolve(fixture.folder).appending("tree")
            outside = try Files.resolve(fixture.folder).appending("outside")
            try Files.makeFolder(tree)
            try Files.makeFolder(outside.appending("folder"))
            try Files.replace(outside.appending("file"), with: "user\n".utf8)
            try Files.replace(outside.appending("secret"), with: "key\n".utf8)
        }

        /// What the last worker printed.
        var said: String { (try? fixture.output()) ?? "" }

        func sandbox(_ support: SandboxSupport = .probed) -> Sandbox {
            Sandbox(support: support, writable: [tree] + SandboxTests.devices)
        }

        /// Ending of a shell text in the tree.
        func ending(_ text: String, _ sandbox: Sandbox?) async throws -> Ending {
            try Files.removeTree(tree)
            try Files.makeFolder(tree)
            let command = Command.shell(
                text, in: tree,
                environment: fixture.environment.merging(["O": outside.description]) { $1 },
                teardown: WorkerFixture.quick)
            return try await SupervisedProcess.start(
                command, log: fixture.log, status: fixture.status, sandbox: sandbox
            ).report().ending
        }

        /// All that can be seen of the folder outside, contents, modes and times included.
        func picture() throws -> String {
            try Shell.run(
                [
                    "sh", "-c",
                    "find . -print0 | sort -z | xargs -0 stat -c '%n %f %s %Y %h'; cat file secret",
                ],
                in: outside, environment: fixture.environment
            ).text
        }
    }

    static let devices = ["/dev/null", "/dev/zero", "/dev/tty"].compactMap { AbsolutePath($0) }

    @Test(arguments: [
        "echo x >$O/file", "echo x >>$O/file", "echo x >$O/new", "rm $O/file", "mkdir $O/new",
        "rmdir $O/folder", "mv $O/file $O/other", "mv $O/file here", "ln -s x $O/link",
        "truncate -s 0 $O/file", "mkfifo $O/pipe", "ln $O/file here && echo x >>here",
        "ln -s $O/file link && echo x >link", "echo x >f && mv f $O/file",
        "echo x >f && ln f $O/new",
    ])
    func `nothing outside the writable places is written`(_ text: String) async throws {
        let place = try Place()
        try #require(SandboxSupport.probed.landlock >= 3)
        let before = try place.picture()
        #expect(try await !place.ending(text, place.sandbox()).isSuccess, "\(place.said)")
        #expect(try place.picture() == before)
        #expect(try await place.ending(text, nil).isSuccess)
        #expect(try place.picture() != before)
    }

    @Test(arguments: ["chmod 777 $O/file", "touch -d 2001-01-01 $O/file", "chmod 0 $O/folder"])
    func `modes and times of frozen places stay`(_ text: String) async throws {
        let place = try Place()
        try #require(SandboxSupport.probed.canMount)
        var sandbox = place.sandbox()
        sandbox.frozen = [place.outside]
        let before = try place.picture()
        #expect(try await !place.ending(text, sandbox).isSuccess)
        #expect(try place.picture() == before)
        #expect(try await place.ending(text, nil).isSuccess)
        #expect(try place.picture() != before)
    }

    @Test func `a worker does in its tree what it likes, and what is kept of a frozen place`()
        async throws
    {
        let place = try Place()
        var sandbox = place.sandbox()
        let kept = place.outside.appending("folder")
        sandbox.frozen = [place.outside]
        sandbox.kept = [kept]
        sandbox.writable.append(kept)
        let text = """
            set -e; echo x >f; mkdir d; mv f d/; ln d/f g; ln -s g h; chmod +x g; truncate -s 9 g; mkfifo p
            rm h; rmdir /nowhere 2>/dev/null || true; echo x >/dev/null; echo y >$O/folder/x; chmod 600 $O/folder/x
            """
        #expect(try await place.ending(text, sandbox) == .exited(0), "\(place.said)")
        #expect(Files.kind(of: kept.appending("x")) == .file)
    }

    @Test(arguments: [true, false])
    func `what is covered cannot be read`(mounting: Bool) async throws {
        let place = try Place()
        var support = SandboxSupport.probed
        if mounting { try #require(support.canMount) } else { support.mounts = ENOSYS }
        var sandbox = place.sandbox(support)
        try Files.replace(place.outside.appending("folder/key"), with: "key\n".utf8)
        sandbox.covered = [
            place.outside.appending("secret"), place.outside.appending("folder"),
            place.outside.appending("missing"),
        ]
        let text = "grep -q key $O/secret"
        #expect(try await !place.ending(text, sandbox).isSuccess)
        #expect(try await !place.ending("grep -q key $O/folder/key", sandbox).isSuccess)
        #expect(
            try await place.ending("grep -q user $O/file && ls $O $O/folder", sandbox).isSuccess)
        #expect(try await place.ending(text, nil).isSuccess)
    }

    @Test func `a kept folder is there below a covered one, and its neighbours are not`()
        async throws
    {
        let place = try Place()
        try #require(SandboxSupport.probed.canMount)
        var sandbox = place.sandbox()
        try Files.makeFolder(place.outside.appending("folder/a/b"))
        try Files.makeFolder(place.outside.appending("folder/a/c"))
        sandbox.covered = [place.outside]
        sandbox.kept = [place.outside.appending("folder/a/b")]
        let text = "test -d $O/folder/a/b && test ! -e $O/folder/a/c && ! touch $O/x"
        #expect(try await place.ending(text, sandbox) == .exited(0), "\(place.said)")
    }

    @Test(arguments: [true, false])
    func `what is covered inside a kept folder stays covered`(mounting: Bool) async throws {
        let place = try Place()
        var support = SandboxSupport.probed
        if mounting { try #require(support.canMount) } else { support.mounts = ENOSYS }
        var sandbox = place.sandbox(support)
        let kept = place.outside.appending("folder")
        for name in ["key", "seen", "inner/key", "inner/own/seen"] {
            try Files.makeFolder(kept.appending(name).parent)
            try Files.replace(kept.appending(name), with: "\(name)\n".utf8)
        }
        sandbox.frozen = [place.outside]
        sandbox.covered = ["key", "inner", "missing"].map { kept.appending($0) }
        sandbox.kept = [kept, kept.appending("inner/own")]
        sandbox.writable.append(kept)
        let text = "cat $O/folder/seen $O/folder/inner/own/seen && echo x >$O/folder/new"
        #expect(try await place.ending(text, sandbox) == .exited(0), "\(place.said)")
        for name in ["key", "inner/key"] {
            let text = "grep key $O/folder/\(name)"
            #expect(try await !place.ending(text, sandbox).isSuccess, "\(name)")
            #expect(try await place.ending(text, nil).isSuccess, "\(name)")
        }
    }

    @Test(arguments: Sandbox.Network.allCases)
    func `the network is as it was asked for`(_ network: Sandbox.Network) async throws {
        let place = try Place()
        try #require(SandboxSupport.probed.network == 0)
        var sandbox = place.sandbox()
        sandbox.network = network
        let names = try await place.ending("cat /proc/net/dev >d; grep -c : d >n; cat n", sandbox)
        #expect(names == .exited(0))
        let loopback =
            "python3 -c 'import socket; s=socket.create_server((\"127.0.0.1\", 0)); "
            + "socket.create_connection(s.getsockname())'"
        #expect(try await place.ending(loopback, sandbox).isSuccess == (network != .none))
    }

    @Test func `no process outside can be signalled`() async throws {
        let place = try Place()
        try #require(SandboxSupport.probed.landlock >= 6)
        let text = "kill -0 \(getpid())"
        #expect(try await place.ending(text, nil).isSuccess)
        #expect(try await !place.ending(text, place.sandbox()).isSuccess)
        #expect(try await place.ending("\(Shell.forever) & kill $!", place.sandbox()).isSuccess)
    }

    @Test func `the number of processes is bounded`() async throws {
        let place = try Place()
        try #require(SandboxSupport.probed.holdsProcesses)
        var sandbox = place.sandbox()
        let text = "for i in $(seq 60); do \(Shell.forever) & done; echo done"
        #expect(try await place.ending(text, sandbox) == .exited(0))
        sandbox.processes = 20
        #expect(try await place.ending(text, sandbox) != .exited(0))
        #expect(place.fixture.marked == [])
    }

    @Test func `memory is bounded`() async throws {
        let place = try Place()
        guard SandboxSupport.probed.canBoundMemory else { return }
        var sandbox = place.sandbox()
        let text = "python3 -c 'x = bytearray(200 << 20); print(len(x))'"
        #expect(try await place.ending(text, sandbox) == .exited(0))
        sandbox.memory = 60 << 20
        #expect(try await place.ending(text, sandbox) != .exited(0))
    }

    @Test func `files are bounded, and no core is left`() async throws {
        let place = try Place()
        var sandbox = place.sandbox()
        sandbox.fileSize = 1 << 20
        #expect(try await !place.ending("head -c 2000000 /dev/zero >f", sandbox).isSuccess)
        #expect(try await place.ending("test $(ulimit -c) = 0", sandbox) == .exited(0))
    }

    @Test func `mounts cannot be taken away, even by root`() async throws {
        let place = try Place()
        try #require(SandboxSupport.probed.canMount)
        var sandbox = place.sandbox()
        sandbox.covered = [place.outside.appending("folder")]
        #expect(try await !place.ending("umount $O/folder", sandbox).isSuccess)
        #expect(try await !place.ending("mount -t tmpfs none .", sandbox).isSuccess)
        sandbox.support.landlock = 0
        #expect(try await !place.ending("umount $O/folder", sandbox).isSuccess)
    }

    @Test func `a program that gains rights gains none`() async throws {
        let place = try Place()
        let text = "grep -q 'NoNewPrivs:.1' /proc/self/status"
        #expect(try await place.ending(text, place.sandbox()) == .exited(0))
        #expect(try await !place.ending(text, nil).isSuccess)
    }

    @Test func `a sandbox that cannot be made is an ending, and nothing runs`() async throws {
        let place = try Place()
        var sandbox = place.sandbox()
        sandbox.support.landlock = 0
        sandbox.frozen = [place.outside.appending("file/below")]
        let ending = try await place.ending("touch ran", sandbox)
        guard case .couldNotStart(let code) = ending, let failure = SandboxFailure(startCode: code)
        else {
            Issue.record("\(ending)")
            return
        }
        #expect(failure.part == .mounts)
        #expect(failure.code == ENOTDIR)
    }
}
