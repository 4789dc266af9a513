import Base
import Foundation
import TestSupport
import Testing

@testable import Processes

struct LogFileTests {
    /// Numbered lines of 10 bytes.
    static func lines(_ count: Int) -> String {
        "awk 'BEGIN { for (i = 0; i < \(count); i++) printf \"%09d\\n\", i }'"
    }

    @Test func `20 MB into a log of 1 MB: bounded, the end right, the rest counted`() async throws {
        let fixture = try WorkerFixture()
        let limit = 1_000_000
        let report = try await fixture.report(
            fixture.shell(Self.lines(2_000_000)), logLimit: limit)
        #expect(report.ending == .exited(0))
        let tail = try LogFile.read(fixture.log, last: .max)
        #expect(tail.skipped == 0)
        #expect((limit / 2...limit).contains(tail.bytes.count))
        #expect(tail.bytes.count + report.droppedBytes == 20_000_000)
        let kept = String(decoding: tail.bytes, as: UTF8.self)
            .split(separator: "\n").compactMap { Int($0) }
        #expect(kept.suffix(50_000) == Array(1_950_000..<2_000_000)[...])
    }

    @Test(arguments: [0, 1, 10, 499, 500, 501, 749, 750, 5000])
    func `the last bytes of both files come in order`(wanted: Int) async throws {
        let fixture = try WorkerFixture()
        // Segments of 500 bytes; 75 lines leave 250 bytes in the current one.
        let report = try await fixture.report(
            fixture.shell(Self.lines(75)), logLimit: 1000)
        #expect(report.droppedBytes == 0)
        let all = (0..<75).map { String(String(1_000_000_000 + $0).dropFirst()) + "\n" }
            .joined().utf8
        let tail = try LogFile.read(fixture.log, last: wanted)
        #expect(tail.bytes == Array(all.suffix(wanted)))
        #expect(tail.skipped == all.count - tail.bytes.count)
    }

    @Test func `a log that was never begun is empty`() throws {
        let scratch = try Scratch()
        let tail = try LogFile.read(scratch.path.appending("log"), last: 100)
        #expect(tail == LogFile.Tail(bytes: [], skipped: 0))
    }

    @Test func `a new worker's log begins empty`() async throws {
        let fixture = try WorkerFixture()
        _ = try await fixture.report(fixture.shell(Self.lines(90)), logLimit: 1000)
        _ = try await fixture.report(fixture.shell("echo new"), logLimit: 1000)
        #expect(try fixture.output() == "new\n")
        #expect(!fixture.exists("log.1"))
    }

    @Test func `logs are for their owner alone`() async throws {
        let fixture = try WorkerFixture()
        _ = try await fixture.report(fixture.shell(Self.lines(90)), logLimit: 1000)
        for name in ["log", "log.1", "status"] {
            let path = fixture.folder.appending(name).description
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    @Test func `output that cannot be written is counted and harms nobody`() async throws {
        let fixture = try WorkerFixture()
        let log = try #require(AbsolutePath("/dev/full"))
        // The device refuses every byte; its name with .1 is never made, as nothing fills it.
        let worker = try await SupervisedProcess.start(
            fixture.shell("echo 12345; exit 3"), log: log, logLimit: 1000, status: fixture.status)
        let report = await worker.report()
        #expect(report.ending == .exited(3))
        #expect(report.droppedBytes == 6)
    }

    @Test func `standard error goes where standard output goes`() async throws {
        let fixture = try WorkerFixture()
        _ = try await fixture.report(fixture.shell("echo a; echo b >&2; echo c"))
        #expect(try fixture.output() == "a\nb\nc\n")
    }
}
