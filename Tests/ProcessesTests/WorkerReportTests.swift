import Base
import TestSupport
import Testing

@testable import Processes

struct WorkerReportTests {
    static let tail = "dropped 5\nleftovers 2\nstarted 1000\nended 2500\n"

    @Test(arguments: [
        ("exited 3", Ending.exited(3)), ("signaled 9", .signaled(9)), ("timedOut 0", .timedOut),
        ("stopped 0", .stopped), ("couldNotStart 2", .couldNotStart(2)), ("orphaned 0", .orphaned),
    ])
    func `a status file is read`(first: String, ending: Ending) throws {
        let report = try #require(WorkerReport(statusFile: "\(first)\n\(Self.tail)"))
        #expect(report.ending == ending)
        #expect(report.droppedBytes == 5)
        #expect(report.leftovers == 2)
        #expect(report.ended.seconds(since: report.started) == 1.5)
    }

    @Test(arguments: [
        "", "\n\n", "exited\n\(tail)", "exited x\n\(tail)", "vanished 0\n\(tail)", "exited 0\n",
        "exited 0\ndropped 5\nleftovers 2\nstarted 1000\n", "exited 0\ndropped x\n\(tail)",
    ])
    func `what no supervisor wrote is refused`(text: String) throws {
        #expect(WorkerReport(statusFile: text) == nil)
        let scratch = try Scratch()
        let path = scratch.path.appending("status")
        try Files.create(path, with: text.utf8)
        #expect(throws: ProcessError.malformedStatus(path)) {
            try SupervisedProcess.recordedReport(status: path)
        }
    }
}
