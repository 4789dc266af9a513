import Base
import Foundation
import TestSupport
import Testing

@testable import Processes

struct SupervisedProcessTests {
    @Test(arguments: [0, 1, 3, 127, 255] as [Int32])
    func `an exit status is reported as it was`(status: Int32) async throws {
        let fixture = try WorkerFixture()
        let report = try await fixture.report(fixture.shell("exit \(status)"))
        #expect(report.ending == .exited(status))
        #expect(report.leftovers == 0)
        #expect(report.droppedBytes == 0)
        #expect(report.started <= report.ended)
    }

    @Test(arguments: [SIGTERM, SIGKILL, SIGSEGV, SIGPIPE, SIGINT])
    func `a signal is reported as it was`(signal: Int32) async throws {
        let fixture = try WorkerFixture()
        let report = try await fixture.report(fixture.shell("kill -\(signal) $$"))
        #expect(report.ending == .signaled(signal))
    }

    @Test func `what is reported is what the status file says`() async throws {
        let fixture = try WorkerFixture()
        #expect(try SupervisedProcess.recordedReport(status: fixture.status) == nil)
        let report = try await fixture.report(fixture.shell("exit 7"))
        #expect(try SupervisedProcess.recordedReport(status: fixture.status) == report)
        #expect(!fixture.exists("status.tmp"))
    }

    @Test func `a worker that runs has no recorded report`() async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(fixture.shell(Shell.forever))
        #expect(worker.identity.isAlive)
        #expect(worker.supervisor.isAlive)
        #expect(try SupervisedProcess.recordedReport(status: fixture.status) == nil)
        worker.stop()
        _ = await worker.report()
        #expect(!worker.identity.isAlive)
    }

    @Test func `a program that cannot run is an ending of its own`() async throws {
        let fixture = try WorkerFixture()
        try Files.create(fixture.folder.appending("plain"), with: "text".utf8, mode: 0o644)
        try Files.create(fixture.folder.appending("noformat"), with: "text".utf8, mode: 0o755)
        let cases: [([String], Int32)] = [
            (["no-such-program-here"], ENOENT), (["/no/such/program"], ENOENT),
            ([fixture.folder.description + "/plain"], EACCES), (["./plain"], EACCES),
            (["./noformat"], ENOEXEC), (["./plain/inside"], ENOTDIR),
        ]
        for (arguments, code) in cases {
            let command = Command(
                arguments, in: fixture.folder, environment: fixture.environment)
            let expected: Set<Ending> =
                code == ENOTDIR
                ? [.couldNotStart(ENOTDIR), .couldNotStart(ENOENT)] : [.couldNotStart(code)]
            #expect(expected.contains(try await fixture.report(command).ending), "\(arguments)")
        }
    }

    @Test func `a missing folder is an ending of its own`() async throws {
        let fixture = try WorkerFixture()
        let command = Command(
            ["true"], in: fixture.folder.appending("missing"), environment: fixture.environment)
        let report = try await fixture.report(command)
        #expect(report.ending == .couldNotStart(ENOENT))
        #expect(try SupervisedProcess.recordedReport(status: fixture.status) == report)
    }

    @Test func `a status file that cannot be made is an error`() async throws {
        let fixture = try WorkerFixture()
        await #expect(throws: ProcessError.self) {
            try await SupervisedProcess.start(
                fixture.shell("true"), log: fixture.log, logLimit: 1000,
                status: fixture.folder.appending("missing/status"))
        }
        await #expect(throws: ProcessError.self) {
            try await SupervisedProcess.start(
                fixture.shell("true"), log: fixture.folder.appending("missing/log"),
                logLimit: 1000, status: fixture.status)
        }
        #expect(!fixture.exists("status.tmp"))
    }

    @Test(arguments: [["a\0b"], []])
    func `a command that C would cut is refused`(arguments: [String]) async throws {
        let fixture = try WorkerFixture()
        await #expect(throws: ProcessError.self) {
            try await fixture.start(
                Command(arguments, in: fixture.folder, environment: [:]))
        }
    }

    @Test func `the environment is exactly the given one`() async throws {
        let fixture = try WorkerFixture()
        let variables = ["A": "one two", "B": "", "C": "x=y\nz", "PATH": "/usr/bin:/bin"]
        let report = try await fixture.report(
            Command(["env", "-0"], in: fixture.folder, environment: variables))
        #expect(report.ending == .exited(0))
        let lines = try fixture.output().split(separator: "\0").map(String.init)
        #expect(Set(lines) == Set(variables.map { "\($0.key)=\($0.value)" }))
    }

    @Test func `folder, arguments and input arrive`() async throws {
        let fixture = try WorkerFixture()
        let input = Array((0..<50_000).map { "line \($0)\n" }.joined().utf8)
        let command = fixture.shell("pwd -P; printf '%s|' \"$0\"; md5sum; cat", input: input)
        #expect(try await fixture.report(command).ending == .exited(0))
        let expected = try Shell.run(
            ["md5sum"], in: fixture.folder, environment: fixture.environment, input: input)
        #expect(
            try fixture.output()
                == "\(try Files.resolve(fixture.folder))\n/bin/sh|\(expected.text)")
    }

    @Test func `without input a worker reads an empty one`() async throws {
        let fixture = try WorkerFixture()
        let report = try await fixture.report(fixture.shell("cat; readlink /proc/self/fd/0"))
        #expect(report.ending == .exited(0))
        #expect(try fixture.output() == "/dev/null\n")
    }

    @Test func `no descriptor, ignored signal or mask of ours is inherited`() async throws {
        let fixture = try WorkerFixture()
        let file = open("/etc/passwd", O_RDONLY)  // inheritable on purpose
        defer { close(file) }
        #expect(try await fixture.report(fixture.shell(inheritedText)).ending == .exited(0))
        #expect(isClean(try fixture.output().split(separator: "\n")[...]))
    }

    @Test func `the supervisor holds nothing of ours open`() async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(fixture.shell(Shell.forever))
        let folder = "/proc/\(worker.supervisor.pid)/fd"
        let targets = try FileManager.default.contentsOfDirectory(atPath: folder)
            .map { try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        let kept = targets.filter { target in
            !["/dev/null", "anon_inode:[signalfd]"].contains(target)
                && !target.hasPrefix(fixture.folder.description)
                && worker.cgroup?.description != target
        }
        // The channel and the worker's output.
        #expect(kept.count == 2, "\(targets)")
        #expect(
            try Files.resolve(try #require(AbsolutePath("/proc/\(worker.supervisor.pid)/cwd")))
                == AbsolutePath("/"))
        worker.stop()
        _ = await worker.report()
    }

    @Test func `any number may wait, before and after the end`() async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(fixture.shell("read line < pipe || exit 4"))
        async let reports = withTaskGroup(of: WorkerReport.self) { group in
            for _ in 0..<20 { group.addTask { await worker.report() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let first = await worker.report()
        #expect(await reports == Array(repeating: first, count: 20))
        #expect(await worker.report() == first)
    }

    @Test(arguments: [true, false])
    func `100 workers at once end each with its own status`(cgroup: Bool) async throws {
        let scratch = try Scratch()
        let folder = scratch.path
        let endings = try await withThrowingTaskGroup(of: (Int32, WorkerReport).self) { group in
            for number in Int32(0)..<100 {
                group.addTask {
                    let worker = try await SupervisedProcess.start(
                        .shell(
                            "echo \(number); exit \(number)", in: folder,
                            environment: ["PATH": "/usr/bin:/bin"]),
                        log: folder.appending("log-\(number)"), logLimit: 1000,
                        status: folder.appending("status-\(number)"), cgroup: cgroup)
                    return (number, await worker.report())
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1.ending }
        }
        #expect(endings == Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, .exited($0)) }))
        for number in 0..<100 {
            let log = try LogFile.read(folder.appending("log-\(number)"), last: 100)
            #expect(log.bytes == Array("\(number)\n".utf8))
        }
    }

    @Test func `a worker that ended leaves no process, descriptor or cgroup of ours`() async throws
    {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(fixture.shell("true"))
        _ = await worker.report()
        #expect(ProcessIdentity(pid: worker.supervisor.pid) != worker.supervisor)
        // Reaped, not only ended: then it is not listed at all.
        #expect(Files.kind(of: try #require(AbsolutePath("/proc/\(worker.supervisor.pid)"))) == nil)
        if let cgroup = worker.cgroup { #expect(Files.kind(of: cgroup) == nil) }
    }
}
