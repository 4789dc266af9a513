import Base
import Testing

@testable import Review
@testable import Store

/// Lines of a run that another process works on.
struct RunBoardTests {
    @Test(arguments: [
        ("failed", "sync failed: exit 3", "✗ sync  exit 3"), ("killed", "sync killed", "killed"),
        ("skipped", "sync skipped", "skipped"), ("running", "sync running", "▸ sync"),
    ])
    func `a task's end is told once, with its reason`(
        _ status: String, _ told: String, _ shown: String
    ) throws {
        let (run, task) = (try #require(RunID("r1")), try #require(TaskID("sync")))
        var board = RunBoard(watching: [task], started: Timestamp(milliseconds: 0))
        let data: JSON = status == "failed" ? ["error": ["message": "exit 3"]] : [:]
        let line = board.take(
            Event(
                seq: 1, time: Timestamp(milliseconds: 0), run: run, task: task,
                actor: "treeguild", kind: "task.\(status)", data: data, mac: []))
        #expect(line.plain.hasSuffix("] " + told), "\(line.plain)")
        let lines = board.lines(at: Timestamp(milliseconds: 0), tails: [:]).map(\.plain)
        #expect(lines.contains { $0.contains(shown) }, "\(lines)")
    }
}
