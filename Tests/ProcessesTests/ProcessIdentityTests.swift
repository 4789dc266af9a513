import Base
import Foundation
import TestSupport
import Testing

@testable import Processes

struct ProcessIdentityTests {
    @Test func `an identity survives its text`() throws {
        let identity = ProcessIdentity.current
        #expect(identity.pid == getpid())
        #expect(identity.start > 0)
        #expect(identity.isAlive)
        #expect(ProcessIdentity(identity.description) == identity)
        #expect(identity.description.split(separator: ":").count == 3)
        #expect(ProcessIdentity(pid: getpid()) == identity)
    }

    @Test(arguments: ["", "1", "1:2", "x:2:b", "1:x:b", "-1:2:b", "0:2:b", "1:2:b:c", "1:-2:b"])
    func `other texts are refused`(text: String) {
        #expect(ProcessIdentity(text) == nil)
    }

    @Test func `another start or boot is another process`() throws {
        let own = ProcessIdentity.current
        #expect(try !#require(ProcessIdentity("\(own.pid):\(own.start + 1):\(own.boot)")).isAlive)
        #expect(try !#require(ProcessIdentity("\(own.pid):\(own.start):other")).isAlive)
    }

    @Test func `no process, no identity`() {
        #expect(ProcessIdentity(pid: 0) == nil)
        #expect(ProcessIdentity(pid: -1) == nil)
        #expect(ProcessIdentity(pid: Int32.max) == nil)
    }

    @Test func `an ended process that nobody reaped is dead`() async throws {
        let fixture = try WorkerFixture()
        // The child ends when its parent has become a program that waits for nobody.
        let command = fixture.shell(
            "sh -c 'until grep -q sleep /proc/$PPID/comm; do :; done' & echo $! > child; "
                + "exec \(Shell.forever)")
        let worker = try await fixture.start(command)
        #expect(await eventually { fixture.number(in: "child") != nil })
        let child = try #require(fixture.number(in: "child"))
        #expect(await eventually { ProcessIdentity(pid: child) == nil })
        #expect(kill(child, 0) == 0)
        worker.stop()
        _ = await worker.report()
    }

    @Test(arguments: ["evil) R 1 1", "a b", "((("])
    func `a program's name cannot forge its identity`(name: String) async throws {
        let fixture = try WorkerFixture()
        let program = fixture.folder.appending(name)
        try Files.create(
            program, with: try Files.read(#require(AbsolutePath("/bin/sleep"))), mode: 0o755)
        let worker = try await fixture.start(
            Command(
                [program.description, "infinity"], in: fixture.folder,
                environment: fixture.environment,
                teardown: .immediate))
        #expect(ProcessIdentity(pid: worker.identity.pid) == worker.identity)
        worker.stop()
        #expect(await worker.report().ending == .stopped)
    }
}
