import Base
import CSystem
import Foundation
import TestSupport
import Testing

@testable import Processes

struct ProcessTableTests {
    /// A small family: two children, one of them in a session of its own with a child.
    static let family = """
        \(Shell.forever) & setsid sh -c '\(Shell.forever) & echo > ready; wait' & wait
        """

    @Test func `marked processes are found in whatever session they are`() async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(fixture.shell(Self.family))
        #expect(await eventually { fixture.exists("ready") && fixture.marked.count == 4 })
        #expect(fixture.marked.contains(worker.identity))
        #expect(ProcessTable.marked(WorkerFixture.markName, value: fixture.mark + "x").isEmpty)
        #expect(ProcessTable.marked(WorkerFixture.markName, value: "").isEmpty)
        #expect(ProcessTable.marked("MARK", value: fixture.mark).isEmpty)
        worker.stop()
        _ = await worker.report()
        #expect(fixture.marked.isEmpty)
    }

    @Test(arguments: [0, 1] as [Int32])
    func `both ways of finding descendants find all of them`(scanning: Int32) async throws {
        let fixture = try WorkerFixture()
        let worker = try await fixture.start(fixture.shell(Self.family))
        #expect(await eventually { fixture.exists("ready") && fixture.marked.count == 4 })
        var pids = [Int32](repeating: 0, count: 64)
        let count = Int(wt_descendants(worker.supervisor.pid, &pids, 64, scanning))
        #expect(Set(pids[..<count]) == Set(fixture.marked.map(\.pid)))
        #expect(
            Set(ProcessTable.descendants(of: worker.supervisor)) == Set(fixture.marked))
        #expect(wt_descendants(worker.supervisor.pid, &pids, 2, scanning) == 2)
        worker.stop()
        _ = await worker.report()
        #expect(ProcessTable.descendants(of: worker.supervisor).isEmpty)
    }

    @Test func `processes are found by the folder they are in`() async throws {
        let fixture = try WorkerFixture()
        for name in ["a/b", "ab", "gone"] { try Files.makeFolder(fixture.folder.appending(name)) }
        let inside = fixture.folder.appending("a")
        #expect(ProcessTable.inFolder(inside) == [])
        let worker = try await fixture.start(
            fixture.shell(
                "(cd a/b && \(Shell.forever)) & (cd ab && \(Shell.forever)) & "
                    + "(cd gone && rmdir ../gone && \(Shell.forever)) & echo > ready; wait"))
        #expect(
            await eventually {
                ProcessTable.inFolder(inside)?.count == 1
                    && ProcessTable.inFolder(fixture.folder)?.count == 4
                    && ProcessTable.inFolder(fixture.folder.appending("gone"))?.count == 1
            })
        let link = fixture.folder.appending("link")
        try FileManager.default.createSymbolicLink(
            atPath: link.description, withDestinationPath: "a")
        #expect(ProcessTable.inFolder(link) == ProcessTable.inFolder(inside))
        worker.stop()
        _ = await worker.report()
        #expect(ProcessTable.inFolder(fixture.folder) == [])
    }

    @Test func `our own folder is seen to be in use`() throws {
        #expect(try ProcessTable.inFolder(Files.currentFolder())?.contains(.current) == true)
    }

    @Test(arguments: ["", "trap '' TERM; ", "kill -STOP $$; "])
    func `processes are ended whether they want or not`(habit: String) async throws {
        let fixture = try WorkerFixture()
        var command = fixture.shell("echo > ready; \(habit)\(WorkerFixture.heeding)")
        command.timeout = .seconds(60)
        let program = command
        async let run = ProgramRun.run(program)
        #expect(await eventually { fixture.exists("ready") && !fixture.marked.isEmpty })
        #expect(
            await eventually {
                habit.contains("STOP") == false
                    || fixture.marked.contains { Self.isStopped($0.pid) }
            })
        // A process that is just becoming another program shows no environment for a moment.
        for _ in 0..<100 where !fixture.marked.isEmpty {
            #expect(await ProcessTable.end(fixture.marked, grace: .milliseconds(200)) == [])
        }
        #expect(fixture.marked.isEmpty)
        let ending = try await run.ending
        // TERM may arrive before the trap is set.
        #expect([.signaled(SIGTERM), .signaled(SIGKILL)].contains(ending))
    }

    @Test func `an ended process is not mistaken for the one that has its number now`() async throws
    {
        let other = ProcessIdentity(
            pid: ProcessIdentity.current.pid, start: ProcessIdentity.current.start + 1)
        #expect(await ProcessTable.end([other], grace: .zero) == [])
    }

    static func isStopped(_ pid: Int32) -> Bool {
        var process = wt_process()
        return wt_process_read(pid, &process) == 0
            && process.state == CChar(UInt8(ascii: "T"))
    }
}
