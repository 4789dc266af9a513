import Base
import Foundation
import TestSupport
import Testing

@testable import Processes

struct ProcessPipesTests {
    private func start(
        _ fixture: WorkerFixture, _ script: String, talking: Bool = true
    ) async throws -> (SupervisedProcess, ProcessPipes) {
        let pipes = try ProcessPipes(talking: talking)
        let worker = try await SupervisedProcess.start(
            fixture.shell(script), log: fixture.log, status: fixture.status, pipes: pipes)
        return (worker, pipes)
    }

    private func all(_ output: ProcessOutput) async -> [UInt8] {
        var bytes: [UInt8] = []
        while let more = await output.next() { bytes += more }
        return bytes
    }

    @Test func `a program answers what it is told, one message after another`() async throws {
        let fixture = try WorkerFixture()
        let (worker, pipes) = try await start(
            fixture, "while read -r line; do echo \"<$line>\"; done")
        for word in ["one", "two"] {
            #expect(await pipes.input?.write(Array("\(word)\n".utf8)) == true)
            #expect(await pipes.output.next() == Array("<\(word)>\n".utf8))
        }
        await pipes.input?.close()
        #expect(await pipes.output.next() == nil)
        #expect(await worker.report().ending == .exited(0))
        #expect(await pipes.input?.write([10]) == false)
    }

    @Test func `errors go to the log and output does not`() async throws {
        let fixture = try WorkerFixture()
        let (worker, pipes) = try await start(fixture, "echo out; echo err >&2", talking: false)
        #expect(await all(pipes.output) == Array("out\n".utf8))
        _ = await worker.report()
        #expect(try LogFile.read(fixture.log, last: 100).bytes == Array("err\n".utf8))
    }

    @Test func `a program that is ended with its children closes its output`() async throws {
        let fixture = try WorkerFixture()
        let (worker, pipes) = try await start(
            fixture, "setsid \(Shell.forever) & echo on; \(Shell.forever)")
        #expect(await pipes.output.next() == Array("on\n".utf8))
        worker.stop()
        #expect(await pipes.output.next() == nil)
        #expect(await worker.report().ending == .stopped)
        #expect(await pipes.input?.write([10]) == false)
    }

    @Test func `a program that is not read from waits, and nothing of 50 MB is lost`() async throws
    {
        let fixture = try WorkerFixture()
        let (worker, pipes) = try await start(
            fixture, "head -c 50000000 /dev/zero; echo over", talking: false)
        #expect(await all(pipes.output).count == 50_000_005)
        #expect(await worker.report().ending == .exited(0))
    }

    @Test func `a program that cannot start leaves no pipe open`() async throws {
        let fixture = try WorkerFixture()
        let pipes = try ProcessPipes(talking: true)
        let worker = try await SupervisedProcess.start(
            Command(["/no/such/program"], in: fixture.folder, environment: fixture.environment),
            log: fixture.log, status: fixture.status, pipes: pipes)
        #expect(await pipes.output.next() == nil)
        #expect(await worker.report().ending == .couldNotStart(ENOENT))
    }
}
