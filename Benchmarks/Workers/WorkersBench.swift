import Base
import Glibc
import TestSupport

/// What model workers of one process cost, against a scripted server that is another process.
///
/// Each worker reads and edits a file in turns. What a run costs beside its turns is taken off: every
/// figure is from the difference between workers of many turns and workers of one. The same requests, sent with
/// nothing around them in the same minute, say how much of a turn is the server's and the wire's own.
enum WorkersBench: Benchmark {
    static let name = "workers"
    static let purpose =
        "model workers in one process: processor time a turn, memory a worker, latency"

    /// Turns of the long workers.
    private static let turns = 21
    private static let rounds = 3

    static func run(_ arguments: [String]) async throws {
        let counts = arguments.isEmpty ? [1, 10, 100] : arguments.compactMap { Int($0) }
        let program = try builtProgram()
        let bare = try recorded(program)
        let scene = try Scene(program: program, turns: turns)
        defer { scene.end() }
        var table = Table([
            "workers", "CPU ms a turn", "MB a worker beyond the first", "wall ms a turn",
            "bare requests, ms", "added, ms", "wall s",
        ])
        var first: Double?
        for count in counts {
            var short: [ChildRun] = []
            var long: [ChildRun] = []
            var alone: [Double] = []
            for _ in 0..<rounds {
                short.append(try scene.run(workers: count, "short"))
                long.append(try scene.run(workers: count, "long"))
                alone.append(try await bare.secondsPerTurn(workers: count, to: scene.url))
            }
            let extra = Double(count * (turns - 1))
            let memory = median(long.map { Double($0.memory) })
            let beyond = first.map { (memory - $0) / Double(count - 1) / 1e6 }
            if count == 1 { first = memory }
            let processor = (median(long.map(\.processor)) - median(short.map(\.processor))) / extra
            let wall = (median(long.map(\.wall)) - median(short.map(\.wall))) / Double(turns - 1)
            table.add([
                "\(count)", text(processor * 1000),
                beyond.map { text($0) } ?? "(\(text(memory / 1e6)) in all)", text(wall * 1000),
                text(median(alone) * 1000), text((wall - median(alone)) * 1000),
                text(median(long.map(\.wall))),
            ])
        }
        print(table.text)
        try await compareWithAgentProgram(scene)
    }

    /// What one worker of many turns asks the server, in its order.
    private static func recorded(_ program: AbsolutePath) throws -> BareRequests {
        let scene = try Scene(program: program, turns: turns, keepsRequests: true)
        defer { scene.end() }
        _ = try scene.run(workers: 1, "long")
        return try BareRequests(log: scene.log)
    }

    /// The same work by an agent program, where one is installed.
    private static func compareWithAgentProgram(_ scene: Scene) async throws {
        guard let runs = try scene.agentProgram() else {
            print("claude is not installed: nothing to compare with")
            return
        }
        guard runs.status == 0 else {
            print("claude ended with \(runs.status): nothing to compare with")
            return
        }
        print(
            "claude, one worker of \(turns) turns: CPU \(text(runs.processor)) s, "
                + "\(text(Double(runs.memory) / 1e6)) MB, wall \(text(runs.wall)) s")
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[sorted.count / 2]
    }

    private static func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

    /// The program beside this one.
    private static func builtProgram() throws -> AbsolutePath {
        let own = try Files.resolve(
            AbsolutePath("/proc/self/exe", relativeTo: Files.currentFolder()))
        return own.parent.appending("treeguild")
    }
}
