import Base
import Foundation
import TestSupport
import Testing

@testable import Processes

/// How workers are ended, with and without a cgroup.
struct TeardownTests {
    /// A daemon as programs make it: forked twice, in a session of its own, all signals ignored.
    static let daemon = """
        mkfifo up; (setsid sh -c 'trap "" INT TERM HUP; echo $$ > daemon; echo > up; \(Shell.forever); \(Shell.forever)' \
        > /dev/null 2>&1 < /dev/null &) ; read -r _ < up;
        """

    @Test(arguments: [true, false])
    func `a worker whose time is up is ended`(cgroup: Bool) async throws {
        let fixture = try WorkerFixture()
        let report = try await fixture.report(
            fixture.shell("\(Shell.forever); echo late", timeout: .milliseconds(100)),
            cgroup: cgroup)
        #expect(report.ending == .timedOut)
        #expect(report.ended.seconds(since: report.started) >= 0.1)
        #expect(fixture.marked.isEmpty)
    }

    @Test func `a worker that is done in time is not timed out`() async throws {
        let fixture = try WorkerFixture()
        let report = try await fixture.report(fixture.shell("exit 2", timeout: .seconds(60)))
        #expect(report.ending == .exited(2))
    }

    @Test(arguments: [true, false])
    func `stopping twice is stopping once`(cgroup: Bool) async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(
            fixture.shell(
                "trap 'echo int >> signals' INT; echo $$ > ready; \(WorkerFixture.heeding)"),
            cgroup: cgroup)
        #expect(await eventually { fixture.exists("ready") })
        worker.stop()
        worker.stop()
        let report = await worker.report()
        #expect(report.ending == .stopped)
        worker.stop()
        #expect(try Files.read(fixture.folder.appending("signals")) == Array("int\n".utf8))
        #expect(fixture.marked.isEmpty)
    }

    @Test func `a worker that ends by itself on INT gets no TERM`() async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(
            fixture.shell(
                "trap 'echo term > term' TERM; trap 'kill $!; exit 0' INT; echo > ready; "
                    + "\(WorkerFixture.heeding)",
                teardown: .standard))
        #expect(await eventually { fixture.exists("ready") })
        worker.stop()
        let report = await worker.report()
        #expect(report.ending == .stopped)
        #expect(!fixture.exists("term"))
    }

    @Test func `the steps come in order and KILL after the last`() async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(
            fixture.shell(
                "for s in INT USR1 TERM; do trap \"echo $s >> signals\" $s; done; echo > ready; "
                    + "\(WorkerFixture.heeding)",
                teardown: Teardown(steps: [
                    .init(signal: SIGUSR1, grace: .milliseconds(200)),
                    .init(signal: 0, grace: .milliseconds(10)),
                    .init(signal: SIGTERM, grace: .milliseconds(200)),
                ])))
        #expect(await eventually { fixture.exists("ready") })
        worker.stop()
        #expect(await worker.report().ending == .stopped)
        #expect(try Files.read(fixture.folder.appending("signals")) == Array("USR1\nTERM\n".utf8))
    }

    @Test(arguments: [true, false])
    func `a worker that ignores INT and TERM is killed`(cgroup: Bool) async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(
            fixture.shell("trap '' INT TERM; echo > ready; \(Shell.forever); \(Shell.forever)"),
            cgroup: cgroup)
        #expect(await eventually { fixture.exists("ready") })
        worker.stop()
        #expect(await worker.report().ending == .stopped)
        #expect(fixture.marked.isEmpty)
    }

    @Test(arguments: [true, false])
    func `a daemon in a session of its own does not outlive its worker`(cgroup: Bool) async throws {
        let fixture = try WorkerFixture()
        let report = try await fixture.report(
            fixture.shell(Self.daemon + " exit 5"), cgroup: cgroup)
        #expect(report.ending == .exited(5))
        #expect(report.leftovers >= 1)
        let daemon = try #require(fixture.number(in: "daemon"))
        #expect(kill(daemon, 0) != 0)
        #expect(fixture.marked.isEmpty)
    }

    @Test(arguments: [true, false])
    func `a stopped worker takes its daemon along`(cgroup: Bool) async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(
            fixture.shell(Self.daemon + " echo > ready; \(Shell.forever)"), cgroup: cgroup)
        #expect(await eventually { fixture.exists("ready") })
        worker.stop()
        let report = await worker.report()
        #expect(report.ending == .stopped)
        #expect(report.leftovers >= 1)
        #expect(fixture.marked.isEmpty)
    }

    @Test(arguments: [true, false])
    func `a grandchild that holds the output open does not hold the report`(
        cgroup: Bool
    ) async throws {
        let fixture = try WorkerFixture()
        let report = try await fixture.report(
            fixture.shell("echo before; \(Shell.forever) & echo after"), cgroup: cgroup)
        #expect(report.ending == .exited(0))
        #expect(report.leftovers == 1)
        #expect(try fixture.output() == "before\nafter\n")
    }

    @Test func `a process that is only finishing is no leftover`() async throws {
        let fixture = try WorkerFixture()
        let report = try await fixture.report(
            // The end of the pipe is that of the shell, which alone writes to it. 0.01 s is what the child then takes to
            // finish, and what it must be given.
            fixture.shell("mkfifo gone; (cat gone; sleep 0.01; echo last) & exec 3> gone; exit 0"))
        #expect(report.ending == .exited(0))
        #expect(report.leftovers == 0)
        #expect(try fixture.output() == "last\n")
    }

    @Test(arguments: [true, false])
    func `a tree of stopped processes is ended too`(cgroup: Bool) async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(
            fixture.shell(
                "for i in 1 2 3; do setsid sh -c 'echo > ready$0; kill -STOP $$; \(Shell.forever)' $i & "
                    + "done; wait"),
            cgroup: cgroup)
        #expect(await eventually { (1...3).allSatisfy { fixture.exists("ready\($0)") } })
        worker.stop()
        #expect(await worker.report().ending == .stopped)
        #expect(fixture.marked.isEmpty)
    }

    @Test func `a stopped process goes on to handle its signal`() async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(
            fixture.shell(
                "trap 'echo > saved; exit' TERM; echo > ready; kill -STOP $$",
                teardown: Teardown(steps: [.init(signal: SIGTERM, grace: .seconds(20))])))
        #expect(await eventually { fixture.exists("ready") })
        let pid = worker.identity.pid
        #expect(await eventually { ProcessTableTests.isStopped(pid) })
        worker.stop()
        #expect(await worker.report().ending == .stopped)
        #expect(fixture.exists("saved"))
    }

    @Test(arguments: [true, false])
    func `processes that keep forking are caught`(cgroup: Bool) async throws {
        let fixture = try WorkerFixture()
        // Each link of the chain starts the next in a new session and ends. 0.02 s is how fast the chain grows, and
        // nothing waits for it: without a pace it would take the machine.
        let link = "trap '' INT TERM; test -e stop || { setsid sh ./link & }; sleep 0.02"
        try Files.create(fixture.folder.appending("link"), with: link.utf8)
        let worker = try await fixture.start(
            fixture.shell("sh ./link; echo > ready; \(Shell.forever)"), cgroup: cgroup)
        #expect(await eventually { fixture.exists("ready") })
        worker.stop()
        let report = await worker.report()
        #expect(report.ending == .stopped)
        #expect(fixture.marked.isEmpty)
        try Files.create(fixture.folder.appending("stop"), with: [])
    }

    @Test func `a cgroup holds the worker and is gone afterwards`() async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(
            fixture.shell("cat /proc/self/cgroup; \(Shell.forever)"))
        // Not every system lets us make one.
        guard let cgroup = worker.cgroup else {
            worker.stop()
            return
        }
        #expect(try await eventually { try fixture.output().contains(cgroup.name) })
        worker.stop()
        _ = await worker.report()
        #expect(Files.kind(of: cgroup) == nil)
    }
}
