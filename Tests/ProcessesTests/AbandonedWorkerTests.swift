import Base
import Dispatch
import Foundation
import TestSupport
import Testing

@testable import Processes

/// What becomes of workers when those who watch them are killed.
struct AbandonedWorkerTests {
    @Test(arguments: [true, false])
    func `a worker ends with the process that started it, and its ending is known`(
        cgroup: Bool
    ) async throws {
        let fixture = try WorkerFixture()
        let folder = fixture.folder.description
        let mark = fixture.mark
        let daemon = TeardownTests.daemon
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [
                folder = folder as String, mark = mark as String, cgroup = cgroup as Bool,
                daemon = daemon as String
            ] in
            let folder = try #require(AbsolutePath(folder))
            let environment = ["PATH": "/usr/bin:/bin", WorkerFixture.markName: mark]
            _ = try await SupervisedProcess.start(
                .shell(
                    daemon + " echo $$ > ready; \(Shell.forever)", in: folder,
                    environment: environment,
                    teardown: WorkerFixture.quick),
                log: folder.appending("log"), logLimit: 1000,
                status: folder.appending("status"), cgroup: cgroup)
            let isReady = await eventually {
                Files.kind(of: folder.appending("ready")) != nil
            }
            if isReady { kill(getpid(), SIGKILL) }
        }
        #expect(await eventually { fixture.exists("status") })
        let report = try #require(
            try SupervisedProcess.recordedReport(status: fixture.status))
        #expect(report.ending == .orphaned)
        #expect(fixture.marked.isEmpty)
    }

    @Test(arguments: 0..<6)
    func `killed at any moment, we leave no worker running`(seed: Int) async throws {
        let fixture = try WorkerFixture()
        let folder = fixture.folder.description
        let mark = fixture.mark
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [folder = folder as String, mark = mark as String, seed = seed as Int] in
            let folder = try #require(AbsolutePath(folder))
            var random = SeededRandom(seed: UInt64(seed))
            let moment = Int.random(in: 0..<30_000, using: &random)
            let environment = ["PATH": "/usr/bin:/bin", WorkerFixture.markName: mark]
            // A thread of its own, so that the moment does not wait for the starts.
            DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(moment)) {
                _ = kill(getpid(), SIGKILL)
            }
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let worker = try? await SupervisedProcess.start(
                            .shell(
                                "setsid \(Shell.forever) & \(Shell.forever)", in: folder,
                                environment: environment, teardown: .immediate),
                            log: folder.appending("log-\(number)"), logLimit: 1000,
                            status: folder.appending("status-\(number)"))
                        _ = await worker?.report()
                    }
                }
            }
        }
        // Those that were being started become visible only with their program: all supervisors
        // have to be gone as well, which is when their drafts have become status files. One
        // draft may be that of a supervisor that was never forked.
        let hasEnded = await eventually {
            fixture.marked.isEmpty
                && ((try? Files.list(fixture.folder)) ?? []).count { $0.hasSuffix(".tmp") } <= 1
        }
        #expect(hasEnded)
        #expect(fixture.marked.isEmpty)
        for name in try Files.list(fixture.folder)
        where name.hasPrefix("status-") && !name.hasSuffix(".tmp") {
            let status = fixture.folder.appending(name)
            let report = try #require(try SupervisedProcess.recordedReport(status: status))
            #expect(report.ending == .orphaned)
        }
    }

    @Test func `an ending shortly before our own is known with its status`() async throws {
        let fixture = try WorkerFixture()
        let folder = fixture.folder.description
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            let folder = try #require(AbsolutePath(folder))
            _ = try await SupervisedProcess.start(
                .shell("exit 9", in: folder, environment: ["PATH": "/usr/bin:/bin"]),
                log: folder.appending("log"), logLimit: 1000,
                status: folder.appending("status"))
            let isDone = await eventually { Files.kind(of: folder.appending("status")) != nil }
            if isDone { kill(getpid(), SIGKILL) }
        }
        let report = try SupervisedProcess.recordedReport(status: fixture.status)
        #expect(report?.ending == .exited(9))
    }

    @Test(arguments: [true, false])
    func `a worker whose supervisor is killed is ended and reported`(cgroup: Bool) async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(
            fixture.shell("echo > ready; \(Shell.forever)"), cgroup: cgroup)
        #expect(await eventually { fixture.exists("ready") })
        #expect(kill(worker.supervisor.pid, SIGKILL) == 0)
        let report = await worker.report()
        #expect(report.ending == .orphaned)
        #expect(await eventually { !worker.identity.isAlive })
        #expect(try SupervisedProcess.recordedReport(status: fixture.status) == nil)
        if let cgroup = worker.cgroup { #expect(Files.kind(of: cgroup) == nil) }
        await ProcessTable.end(fixture.marked, grace: .zero)
    }

    @Test func `a worker does not outlive supervisor and starter killed together`() async throws {
        let fixture = try WorkerFixture()
        let folder = fixture.folder.description
        let mark = fixture.mark
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [folder = folder as String, mark = mark as String] in
            let folder = try #require(AbsolutePath(folder))
            let worker = try await SupervisedProcess.start(
                Command(
                    ["sleep", "infinity"], in: folder,
                    environment: ["PATH": "/usr/bin:/bin", WorkerFixture.markName: mark]),
                log: folder.appending("log"), logLimit: 1000,
                status: folder.appending("status"), cgroup: false)
            // Stopped, the supervisor cannot answer the end of its starter.
            kill(worker.supervisor.pid, SIGSTOP)
            let pid = "\(worker.supervisor.pid)\n"
            try Files.create(folder.appending("supervisor"), with: pid.utf8)
            kill(getpid(), SIGKILL)
        }
        let supervisor = fixture.number(in: "supervisor")
        #expect(fixture.marked.count == 1)
        #expect(kill(try #require(supervisor), SIGKILL) == 0)
        #expect(await eventually { fixture.marked.isEmpty })
    }

    @Test func `TERM to a supervisor is a stop`() async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(fixture.shell(Shell.forever))
        #expect(kill(worker.supervisor.pid, SIGTERM) == 0)
        #expect(await worker.report().ending == .stopped)
        #expect(fixture.marked.isEmpty)
    }
}
