import Base
import TestSupport
import Testing

@testable import Commands

/// `overlap --watch` where the system tells no changes.
struct OverlapPollingTests {
    @Test(.timeLimit(.minutes(5)))
    func `work is seen by looking now and then, and that is said once`() async throws {
        let scratch = try ScratchRepository()
        try scratch.write("menu", "one\n")
        try scratch.commit("base")
        try scratch.git("branch", "other")
        let talk = Memory()
        let (reports, written) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .unbounded)
        let data = ByteStream(
            isTerminal: false, size: { nil },
            write: { bytes in
                written.yield(Array(bytes))
                return nil
            })
        let surroundings = Surroundings(
            environment: Shell.environment(home: scratch.outside), folder: scratch.path,
            streams: Output.Streams(data: data, talk: talk.stream(), answer: nil))
        let arguments = try ParsedArguments([
            "overlap", "other", "--worktrees", "--watch", "--json",
        ])
        var mode = Output.Mode(surroundings: surroundings, color: "never")
        mode.isJSON = true
        let invocation = Invocation(
            prepared: .init(arguments: arguments, surroundings: surroundings),
            output: Output(streams: surroundings.streams, mode: mode))
        let watching = Task { try await OverlapWatch(invocation, folderLimit: 0).run() }
        // Each report is one line, written at once.
        var seen: [[Int?]] = []
        for await report in reports {
            let branches = try JSON(parsing: report)["branches"]?.arrayValue
            seen.append((branches ?? []).map { $0["files"]?.intValue })
            if seen.count == 2 { break }
            try scratch.write("menu", "two\n")
        }
        #expect(seen == [[0, 0], [0, 1]])
        watching.cancel()
        #expect(try await watching.value == .done)
        #expect(talk.text.contains("looking every 2 seconds instead"))
        #expect(talk.text.split(separator: "\n").count == 1)
    }
}
